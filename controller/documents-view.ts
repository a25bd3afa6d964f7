import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadFile } from '../crds/load.ts';
import type { Problem } from '../crds/problem.ts';
import type { DirectoryView, SourceFile } from '../state/directory.ts';
import { type DirectoryReading, readDocuments } from './documents.ts';

/** The documents directory, read anew on each call; unchanged files cost a stat and stay the same objects. */
export interface Documents {
  /** @param held resources that vanished and are held: they may be on their way back */
  view(held?: readonly string[]): Promise<DirectoryView>;
}

/** Starts with the last good files, so that an unchanged file is the same object after a restart too. */
export function createDocuments(directory: string, lastGood: ReadonlyMap<string, SourceFile>): Documents {
  let reading: DirectoryReading | undefined;
  let known: ReadonlyMap<string, SourceFile> = lastGood;
  const taken = () => {
    if (reading?.state !== 'ok') return [];
    return [...reading.files].map(
      ([file, entry]) => [file, entry.ok ? source(file, entry, known) : entry.problem] as const,
    );
  };
  return {
    async view(held = []) {
      reading = await readSettled(directory, reading);
      let files = taken();
      let longest = longestWait;
      // A file that is being written in place may show the half of its documents, and none of it looks broken.
      for (
        let waited = 0;
        waited < longest && isHalfWritten(reading, [...keysOf(known), ...held], files);
        waited += quietTime
      ) {
        await sleep(quietTime);
        const before = reading;
        reading = await readSettled(directory, reading);
        files = taken();
        // What began to move only now gets as long, but not for ever.
        if (isOther(before, reading)) longest = Math.min(waited + longestWait, 2 * longestWait);
      }
      if (reading.state !== 'ok') return { trouble: reading.message, files: new Map() };
      known = new Map(files.flatMap(([file, entry]) => ('code' in entry ? [] : [[file, entry] as const])));
      return { trouble: '', files: new Map(files) };
    },
  };
}

type Entries = readonly (readonly [string, SourceFile | Problem])[];

/** Whether documents are nowhere to be found any more while a file changed only just now. */
function isHalfWritten(reading: DirectoryReading, known: readonly string[], files: Entries): boolean {
  if (reading.state !== 'ok') return false;
  const { stamps } = reading;
  if (files.every(([file]) => stamps.has(file))) return false;
  const now = new Set(files.flatMap(([, entry]) => ('code' in entry ? [] : keysIn(entry))));
  return known.some((key) => !now.has(key));
}

function isOther(before: DirectoryReading, now: DirectoryReading): boolean {
  if (before.state !== 'ok' || now.state !== 'ok') return before.state !== now.state;
  return (
    before.files.size !== now.files.size ||
    [...now.files].some(([file, entry]) => before.files.get(file) !== entry)
  );
}

function keysOf(files: ReadonlyMap<string, SourceFile>): readonly string[] {
  return [...files.values()].flatMap(keysIn);
}

function keysIn({ loaded }: SourceFile): readonly string[] {
  return loaded.documents.map(({ key }) => key);
}

/** Time without a change after which a directory counts as quiet, ms. */
const quietTime = 100;
/** Longest wait for that, ms. */
const longestWait = 1_000;

/**
 * A file that an editor replaces is away for a moment, and a directory that is being removed loses one file after the
 * other; a pass that something else woke may look just then. So what vanished counts once the directory is quiet.
 */
async function readSettled(
  directory: string,
  previous: DirectoryReading | undefined,
): Promise<DirectoryReading> {
  let reading = await readDocuments(directory, previous);
  for (let waited = 0; waited < longestWait; waited += quietTime) {
    if (!hasLost(previous, reading) || !changedLately(directory)) break;
    await sleep(quietTime);
    reading = await readDocuments(directory, previous);
  }
  return reading;
}

function hasLost(previous: DirectoryReading | undefined, reading: DirectoryReading): boolean {
  if (previous?.state !== 'ok' || reading.state !== 'ok') return false;
  return [...previous.files.keys()].some((file) => !reading.files.has(file));
}

/** Whether a file came or went just now. */
function changedLately(directory: string): boolean {
  const mtime = statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  // Without the sign: a file system's clock is finer than ours, and may be a fraction of a millisecond ahead.
  return Math.abs(Date.now() - mtime) < quietTime;
}

function source(
  file: string,
  { bytes, hash }: { readonly bytes: Uint8Array; readonly hash: string },
  known: ReadonlyMap<string, SourceFile>,
): SourceFile {
  const before = known.get(file);
  return before?.hash === hash ? before : { file, bytes, hash, loaded: loadFile(file, bytes) };
}
