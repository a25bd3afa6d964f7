import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { kinds } from '../../crds/kinds/index.ts';
import { loadFile } from '../../crds/load.ts';
import { problemText } from '../../crds/problem.ts';
import { checkout } from '../bed/places.ts';

const read = (file: string) => readFileSync(join(checkout, file), 'utf8');
const reference = read('deploy/docs/reference.md');
const readme = read('README.md');

/** The members of a closed union of words, as its source lists them. */
function unionOf(file: string, name: string): readonly string[] {
  const body = new RegExp(`export type ${name} =\\n([^;]*);`).exec(read(file))?.[1] ?? '';
  return [...body.matchAll(/\| '(\w+)'/g)].map(([, word = '']) => word);
}

/** The part of the reference between a heading and the next one that is no deeper. */
function part(from: string, to?: string): string {
  const start = reference.indexOf(`\n${from}\n`);
  return reference.slice(start, to === undefined ? undefined : reference.indexOf(`\n${to}\n`, start));
}

const firstCells = (text: string) => [...text.matchAll(/^\| `(\w+)` +\|/gm)].map(([, word = '']) => word);

/** Everything that the product's own source says. */
function source(): string {
  return ['crds', 'state', 'controller']
    .flatMap((room) =>
      readdirSync(join(checkout, room), { recursive: true, encoding: 'utf8' }).map((f) => join(room, f)),
    )
    .filter((file) => file.endsWith('.ts') && file !== 'state/status.ts')
    .map(read)
    .join('\n');
}

describe('the reference', () => {
  const reasons = unionOf('state/status.ts', 'Reason');
  const reserved = [...part('### Reserved', '## Problem codes').matchAll(/`(\w+)`/g)].map(([, r = '']) => r);

  it('explains each problem code once, and no other', () => {
    const codes = unionOf('crds/problem.ts', 'ProblemCode');
    expect(codes.length).to.be.above(30);
    expect(firstCells(part('## Problem codes')))
      .to.have.members(codes)
      .and.have.length(codes.length);
  });

  it('explains each reason once, and no other', () => {
    const explained = [...firstCells(part('## Reasons', '### Reserved')), ...reserved];
    expect(reasons.length).to.be.above(20);
    expect(explained).to.have.members(reasons).and.have.length(reasons.length);
  });

  it('calls exactly those reasons reserved that the operator never gives', () => {
    const text = source();
    expect(reserved).to.have.members(reasons.filter((reason) => !text.includes(`'${reason}'`)));
  });

  it('has something to say in every cell', () => {
    for (const row of reference.split('\n').filter((line) => line.startsWith('| '))) {
      const cells = row.split('|').slice(1, -1);
      expect(cells, row).to.have.length(3);
      for (const cell of cells) expect(cell.trim(), row).to.not.equal('');
    }
  });
});

describe('the readme', () => {
  it('names every kind', () => {
    for (const kind of Object.keys(kinds)) expect(readme).to.include(`\`${kind}\``);
  });

  it('shows what osa-net says about its example', () => {
    const example = /```yaml\n(apiVersion[^`]*)```/.exec(readme)?.[1] ?? '';
    const { problems } = loadFile('/etc/osa-net.d/mgmt.yaml', Buffer.from(example));
    expect(problems).to.have.length(1);
    for (const problem of problems) expect(readme).to.include(problemText(problem));
  });
});
