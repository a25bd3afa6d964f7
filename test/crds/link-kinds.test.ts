import { expect } from 'chai';
import { assemble } from '../../crds/assemble.ts';
import { crossCheck } from '../../crds/check.ts';
import { compileAll } from '../../crds/compile.ts';
import { languageOf } from '../../crds/language/document.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { problemLine } from '../../crds/problem.ts';
import { linkCases } from '../kinds/cases.ts';
import { resourcesOf } from './documents.ts';

const cases = linkCases();

describe('every field of every kind of link', () => {
  for (const version of [247, 252, 257, 262]) {
    it(`becomes a line that systemd ${version} reads, or says that it cannot`, () => {
      for (const { kind, field, text } of cases) {
        for (const resource of resourcesOf(text)) {
          const { unread, warnings } = languageOf(resource, version);
          expect(warnings.map(problemLine), `${kind} ${field}`).to.deep.equal([]);
          const others = unread.filter(({ code }) => code !== 'UNSUPPORTED_BY_SYSTEMD');
          expect(others.map(problemLine), `${kind} ${field}`).to.deep.equal([]);
        }
      }
    });
  }

  it('changes what is written', () => {
    const textsOf = (text: string) => {
      const { units } = assemble(compileAll(resourcesOf(text), capabilitiesOf(257)));
      return units
        .map((unit) => unit.text.replaceAll(/\b(c|p|pe)\d+\b/g, '$1').replaceAll(/Hash=.*/g, ''))
        .join('\n');
    };
    const least = new Map(
      cases.filter(({ field }) => field === 'spec').map(({ kind, text }) => [kind, textsOf(text)]),
    );
    const silent = new Set(['spec', 'spec.interface', 'spec.match', 'spec.networkd', 'spec.requiredState']);
    // What a bridge without ports has anyway.
    const asBefore = new Set(['Bridge spec.requiredForOnline']);
    for (const { kind, field, text } of cases) {
      if (silent.has(field) || asBefore.has(`${kind} ${field}`)) continue;
      expect(textsOf(text), `${kind} ${field}`).to.not.equal(least.get(kind));
    }
  });

  it('fits together with what it needs', () => {
    for (const { kind, field, text } of cases) {
      const resources = resourcesOf(text);
      const compiled = compileAll(resources, capabilitiesOf(262));
      const problems = compiled.flatMap((one) => one.problems ?? []);
      const refused = crossCheck(resources, compiled).refused.flatMap((one) => one.problems);
      expect([...problems, ...refused].map(problemLine), `${kind} ${field}`).to.deep.equal([]);
    }
  });
});
