import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import type { HistoryEntry } from '../../../state/history.ts';
import { ago, type Ended, osaNet, program } from './program.ts';

const hash = (digit: string) => digit.repeat(64);
const hours = 3600;

const entries: readonly HistoryEntry[] = [
  {
    generation: 1,
    startedAt: ago(30.5 * hours),
    endedAt: ago(30.5 * hours - 72),
    result: 'confirmed',
    message: '',
    by: 'documents',
    changes: [
      { key: 'ContainerBridge/a', change: 'added', file: '/etc/osa-net.d/a.yaml' },
      { key: 'ContainerBridge/b', change: 'added', file: '/etc/osa-net.d/a.yaml' },
      { key: 'NetDev/c', change: 'removed', file: '/etc/osa-net.d/c.yaml' },
    ],
    files: { '/etc/osa-net.d/a.yaml': { after: hash('a') }, '/etc/osa-net.d/c.yaml': { before: hash('c') } },
    revision: '0123456789abcdef0123456789abcdef01234567',
  },
  {
    generation: 2,
    startedAt: ago(29.5 * hours),
    endedAt: ago(29.5 * hours),
    result: 'rolled-back',
    message: 'default gateway (IPv4) does not answer\u001b[2J',
    by: 'try',
    changes: [{ key: 'ContainerBridge/a', change: 'changed', file: '/etc/osa-net.d/a.yaml' }],
    files: { '/etc/osa-net.d/a.yaml': { before: hash('a'), after: hash('b') } },
  },
];

describe('osa-net history', () => {
  let dir: string;

  before(function () {
    this.timeout(20_000);
    program();
  });

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'osa-net-history-'));
  });

  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  function record(history: unknown): void {
    const text = typeof history === 'string' ? history : JSON.stringify(history);
    writeFileSync(join(dir, 'history.json'), text);
  }

  const history = (...args: string[]): Ended => osaNet(['history', '--state-dir', dir, ...args]);
  const cells = ({ stdout }: Ended): readonly string[][] =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {3,}/));

  it('lists the generations, each in a row', () => {
    record({ schemaVersion: 1, entries });
    const shown = history();
    expect(shown.code).to.equal(0);
    expect(cells(shown)).to.deep.equal([
      ['GENERATION', 'WHEN', 'DURATION', 'RESULT', 'CHANGES', 'WHO'],
      ['1', '30h ago', '72s', 'confirmed', '2 added, 1 removed', 'a.yaml +1 (0123456789ab)'],
      ['2', '29h ago', '0s', 'rolled-back', 'ContainerBridge/a changed', 'try a.yaml'],
    ]);
  });

  it('adds files and messages, and says when exactly, with -o wide', () => {
    record({ schemaVersion: 1, entries });
    const [header, first, second] = cells(history('-o', 'wide'));
    expect(header?.slice(-2)).to.deep.equal(['FILES', 'MESSAGE']);
    expect(first?.[1]).to.equal(entries[0]?.startedAt);
    expect(first?.slice(-2)).to.deep.equal(['/etc/osa-net.d/a.yaml,/etc/osa-net.d/c.yaml', '-']);
    expect(second?.at(-1)).to.equal('default gateway (IPv4) does not answer\ufffd[2J');
  });

  it('gives them as data, all or one', () => {
    record({ schemaVersion: 1, entries });
    expect(JSON.parse(history('-o', 'json').stdout)).to.deep.equal(entries);
    expect(parse(history('2', '-o', 'yaml').stdout)).to.deep.equal(entries[1]);
  });

  it('shows one in full', () => {
    record({ schemaVersion: 1, entries });
    const { code, stdout } = history('1');
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^Result: +confirmed$/m)
      .and.to.contain(entries[0]?.revision);
    expect(stdout).to.match(/^ {2}removed +NetDev\/c +\/etc\/osa-net\.d\/c\.yaml$/m);
    expect(stdout).to.match(/^ {2}\/etc\/osa-net\.d\/a\.yaml +- +aaaaaaaaaaaa$/m);
    expect(stdout).to.match(/^ {2}\/etc\/osa-net\.d\/c\.yaml +cccccccccccc +-$/m);
    expect(history('2').stdout).to.match(/^Message: +default gateway .*\ufffd\[2J$/m);
  });

  it('knows nothing yet where nothing was applied', () => {
    expect(history()).to.deep.equal({ code: 0, stdout: '', stderr: 'osa-net: nothing was applied yet\n' });
    expect(history('-o', 'json').stdout).to.equal('[]\n');
    expect(history('1')).to.include({ code: 1 });
  });

  it('says which generations there are', () => {
    record({ schemaVersion: 1, entries });
    const { code, stdout, stderr } = history('3');
    expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
    expect(stderr).to.equal('osa-net: there is no generation 3: there are those from 1 to 2\n');
  });

  for (const [what, text] of [
    ['half written', '{"schemaVersion":1,"entr'],
    ['something else', 'null'],
    ["a later osa-net's", '{"schemaVersion":2,"entries":[]}'],
  ] as const) {
    it(`ends with 1 where the file is ${what}`, () => {
      record(text);
      const { code, stderr } = history();
      expect(code).to.equal(1);
      expect(stderr).to.match(/^osa-net: cannot read the history .*history\.json: .+\n$/);
    });
  }
}).timeout(15_000);
