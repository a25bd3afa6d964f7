import { loadFile } from '../crds/load.ts';
import type { DirectoryView, SourceFile } from '../state/force.ts';
import { type DirectoryReading, readDocuments } from './documents.ts';

/** The documents directory, read anew on each call; unchanged files cost a stat and stay the same objects. */
export interface Documents {
  view(): Promise<DirectoryView>;
}

/** Starts with the last good files, so that an unchanged file is the same object after a restart too. */
export function createDocuments(directory: string, lastGood: ReadonlyMap<string, SourceFile>): Documents {
  let reading: DirectoryReading | undefined;
  let known: ReadonlyMap<string, SourceFile> = lastGood;
  return {
    async view() {
      reading = await readDocuments(directory, reading);
      if (reading.state !== 'ok') return { trouble: reading.message, files: new Map() };
      const files: [string, DirectoryView['files'] extends ReadonlyMap<string, infer V> ? V : never][] = [];
      for (const [file, entry] of reading.files)
        files.push([file, entry.ok ? source(file, entry, known) : entry.problem]);
      known = new Map(files.flatMap(([file, entry]) => ('code' in entry ? [] : [[file, entry] as const])));
      return { trouble: '', files: new Map(files) };
    },
  };
}

function source(
  file: string,
  { bytes, hash }: { readonly bytes: Uint8Array; readonly hash: string },
  known: ReadonlyMap<string, SourceFile>,
): SourceFile {
  const before = known.get(file);
  return before?.hash === hash ? before : { file, bytes, hash, loaded: loadFile(file, bytes) };
}
