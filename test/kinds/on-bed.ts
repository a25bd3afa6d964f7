import { crossCheck } from '../../crds/check.ts';
import { compileAll } from '../../crds/compile.ts';
import { languageOf } from '../../crds/language/document.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { render } from '../../crds/render.ts';
import type { AnyResource } from '../../crds/resource.ts';
import type { Bed } from '../bed/bed.ts';
import { resourcesOf } from '../crds/documents.ts';
import { readByNetworkd } from '../language/on-bed.ts';
import type { Case } from './cases.ts';

/** What became of one case on one systemd. */
export interface Outcome {
  readonly one: Case;
  readonly verdict: 'read' | 'unsupported' | 'complained';
  /** What networkd said of its units. */
  readonly words: readonly string[];
}

/** Sorts behind all others, and has something to complain of. */
const last = '99-last.network';

/** Gives networkd the units of each case that a version can have, and listens to what it says of them. */
export async function read(bed: Bed, version: number, cases: readonly Case[]): Promise<readonly Outcome[]> {
  const possible = new Map(cases.map((one) => [one, resourcesOf(one.text)] as const));
  for (const [one, resources] of possible) if (!isFor(version, resources)) possible.delete(one);
  const owners = new Map<string, Case>();
  bed.remove('/etc/systemd/network');
  for (const [one, resources] of possible) {
    for (const { name, text } of render(resources, capabilitiesOf(version)).units) {
      owners.set(name, one);
      bed.write(`/etc/systemd/network/${name}`, text);
    }
  }
  bed.write(`/etc/systemd/network/${last}`, '[Match]\nName=nobody\n[Network]\nNoSuchKey=yes\n');
  const lines = (await readByNetworkd(bed))
    .split('\n')
    .filter((line) => line.includes('/etc/systemd/network/'));
  if (!lines.some((line) => line.includes(last))) throw new Error('networkd did not read all files');
  return cases.map((one) => {
    const words = lines.filter((line) => owners.get(/network\/([^:]+?):/.exec(line)?.[1] ?? '') === one);
    const verdict = !possible.has(one) ? 'unsupported' : words.length > 0 ? 'complained' : 'read';
    return { one, verdict, words };
  });
}

function isFor(version: number, resources: readonly AnyResource[]): boolean {
  const compiled = compileAll(resources, capabilitiesOf(version));
  const isRefused =
    compiled.some(({ problems }) => problems) || crossCheck(resources, compiled).refused.length > 0;
  return !isRefused && resources.every((resource) => languageOf(resource, version).unread.length === 0);
}
