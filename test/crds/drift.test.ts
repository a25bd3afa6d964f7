import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { shapes } from '../../crds/compile/links/shapes.ts';
import { driftCoverage } from '../../crds/drift.ts';
import { comparedOptions } from '../../crds/networkd/link-options.ts';
import { checkout } from '../bed/places.ts';

const reference = readFileSync(join(checkout, 'deploy/docs/reference.md'), 'utf8').replace(/ {2,}/g, ' ');

describe('what is known of drift', () => {
  for (const [kind, { compared, unseen }] of Object.entries(driftCoverage)) {
    // Kinds of links are compared as the raw kinds that they become.
    const sources = kind in shapes ? ['NetDev', 'Network'] : [kind];
    it(`of ${kind} is in the reference`, () => {
      expect(compared.length).to.be.above(0);
      for (const { what, step } of compared) expect(reference).to.match(rowOf(what, '[^|]+', step));
      for (const { what, why } of unseen) {
        const known = sources.some((one) => rowOf(one, what, why).test(reference));
        expect(known, `${kind}: ${what}`).to.equal(true);
      }
    });
  }

  it('names steps that there are', () => {
    const source = readFileSync(join(checkout, 'state/step.ts'), 'utf8');
    const named = Object.values(driftCoverage).flatMap(({ compared }) => compared.map(({ step }) => step));
    for (const step of named
      .filter((text) => !text.startsWith('none:'))
      .flatMap((text) => text.split(', '))) {
      expect(source, step).to.include(`kind: '${step}'`);
    }
  });

  it('names every kind of link of which settings are compared', () => {
    const named = JSON.stringify(driftCoverage.NetDev.compared).toLowerCase();
    const kinds = Object.keys(comparedOptions).filter((section) => section !== 'IPVTAP');
    for (const section of kinds) expect(named).to.include(section.toLowerCase());
  });
});

function rowOf(...cells: readonly string[]): RegExp {
  const escaped = cells.map((cell) =>
    cell === '[^|]+' ? cell : cell.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
  );
  return new RegExp(`\\| ${escaped.join(' \\| ')} \\|`);
}
