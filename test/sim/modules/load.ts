import { type LoadedFile, loadFile as reallyLoadFile } from '../../../crds/load.ts';

export type { LoadedFile };

const known = new Map<string, LoadedFile>();

/** `crds/load.ts`, which is pure, with a memory: most of a simulation would be parsing the same documents. */
export function loadFile(file: string, bytes: Uint8Array): LoadedFile {
  const key = `${file}\n${Buffer.from(bytes).toString('latin1')}`;
  const before = known.get(key);
  if (before) return before;
  if (known.size > 500) known.clear();
  const loaded = reallyLoadFile(file, bytes);
  known.set(key, loaded);
  return loaded;
}
