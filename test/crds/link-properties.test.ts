import { expect } from 'chai';
import fc from 'fast-check';
import { assemble } from '../../crds/assemble.ts';
import { type LinkKind, shapes } from '../../crds/compile/links/shapes.ts';
import { compileAll } from '../../crds/compile.ts';
import { languageOf } from '../../crds/language/document.ts';
import { loadFile } from '../../crds/load.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { ownSection, parseUnit, type UnitSection } from '../../crds/unit.ts';
import { specsOf } from '../kinds/random.ts';

/** More for a proof: OSA_NET_RUNS=10000. */
const numRuns = Number(process.env['OSA_NET_RUNS'] ?? 200);

function load(kind: LinkKind, spec: unknown) {
  const document = { apiVersion: 'osa-net.dev/v1alpha1', kind, metadata: { name: 'x1' }, spec };
  return loadFile('a.yaml', new TextEncoder().encode(JSON.stringify(document)));
}

/** What sections say, whichever comes first. */
function linesOf(sections: readonly UnitSection[]): readonly string[] {
  const others = sections.filter(({ name }) => name !== ownSection);
  return others
    .flatMap(({ name, entries }) => entries.map(([key, value]) => `[${name}] ${key}=${value}`))
    .sort();
}

describe('any document of a link', function () {
  this.timeout(600_000);

  for (const kind of Object.keys(shapes) as LinkKind[]) {
    it(`of kind ${kind} is refused with its place, or becomes units that say the same when they are read`, () => {
      let accepted = 0;
      const specs = fc.oneof(specsOf(kind, 'careful'), specsOf(kind, 'careless'));
      fc.assert(
        fc.property(specs, fc.constantFrom(247, 252, 257, 262), (spec, version) => {
          const { resources, problems } = load(kind, spec);
          expect(resources.length + problems.length).to.be.above(0);
          for (const { location } of problems) expect(location.line).to.equal(1);
          for (const resource of resources) languageOf(resource, version);
          const compiled = compileAll(resources, capabilitiesOf(version));
          for (const { name, text } of assemble(compiled).units) {
            const fragments = compiled.flatMap((one) => one.fragments.filter(({ unit }) => unit === name));
            const wanted = fragments.map(({ section, entries }) => ({ name: section, entries }));
            expect(linesOf(parseUnit(text))).to.deep.equal(linesOf(wanted));
          }
          accepted += resources.length;
        }),
        { numRuns },
      );
      expect(accepted).to.be.above(numRuns / 20);
    });
  }
});
