import { expect } from 'chai';
import { type CrossChecked, crossCheck } from '../../crds/check.ts';
import { compileAll } from '../../crds/compile.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { resourcesOf } from './documents.ts';
import { brief, documentOf, unmarked } from './marked.ts';

export type Doc = readonly [kind: string, name: string, spec: string];

/** reason, documents with a mark where each problem is expected, what refused ones say: `later <- first: CODES`. */
export type CrossCase = readonly [reason: string, docs: readonly Doc[], ...refused: string[]];

/** Documents in one file `a.yaml`. */
export function fileOf(docs: readonly Doc[]): string {
  return docs.map((doc) => documentOf(...doc)).join('---\n');
}

/** What becomes of the documents of a file. */
export function crossChecked(text: string): CrossChecked {
  const resources = resourcesOf(text, 'a.yaml');
  return crossCheck(resources, compileAll(resources, capabilitiesOf(252)));
}

/** One test for each case. */
export function itSettles(cases: readonly CrossCase[]): void {
  for (const [reason, docs, ...wanted] of cases) {
    it(reason, () => {
      const { text, at } = unmarked(fileOf(docs));
      const { accepted, refused } = crossChecked(text);
      const said = refused.map(
        ({ resource, first, problems }) =>
          `${resource.key} <- ${first}: ${problems.map(({ code }) => code).join(' ')}`,
      );
      expect(said).to.deep.equal(wanted);
      const places = refused.flatMap(({ problems }) => problems.map(brief));
      expect(places.map((place) => place.split(' ')[1])).to.deep.equal(at);
      expect(accepted).to.have.length(docs.length - wanted.length);
    });
  }
}
