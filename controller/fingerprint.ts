import { hashOf } from '../crds/hash.ts';
import type { DirectoryView } from '../state/directory.ts';

/** Tells one content of the documents directory from every other; sha256, hex. */
export function fingerprintOf({ files }: DirectoryView): string {
  const lines = [...files].map(([file, entry]) => `${file} ${'code' in entry ? entry.message : entry.hash}`);
  return hashOf(lines.join('\n'));
}
