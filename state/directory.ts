import type { LoadedFile } from '../crds/load.ts';
import type { Problem } from '../crds/problem.ts';
import type { AnyResource, ResourceKey } from '../crds/resource.ts';

/** One file of the directory that could be read, valid or not, with its bytes so that it can be kept. */
export interface SourceFile {
  readonly file: string;
  /** sha256 (hex) of `bytes`. */
  readonly hash: string;
  readonly bytes: Uint8Array;
  readonly loaded: LoadedFile;
}

/** Files by path: what was read from each, or why it cannot be read. */
export type Files = ReadonlyMap<string, SourceFile | Problem>;

/** What reading the directory gave. */
export interface DirectoryView {
  /** Why the directory as a whole cannot be read; empty when it can. */
  readonly trouble: string;
  /** In lexical order. */
  readonly files: Files;
  /** These documents are in force instead of the directory's: what was there before a change, or an earlier generation. */
  readonly isStandIn?: boolean;
  /** Documents that are only tried lie over those of the directory. */
  readonly isCovered?: boolean;
}

/** The documents that can be read in the directory, valid or not. */
export function writtenIn({ files }: DirectoryView): ReadonlySet<ResourceKey> {
  const entries = [...files.values()].flatMap((entry) => (isProblem(entry) ? [] : entry.loaded.documents));
  return new Set(entries.map(({ key }) => key));
}

/** Whether there is a file of which nobody knows what stands in it. */
export function hidesSomething({ files }: DirectoryView): boolean {
  return [...files.values()].some((entry) => isProblem(entry) && entry.code === 'UNREADABLE_FILE');
}

/** The files that are good, and the last good text of those that are not. */
export function goodFiles(
  view: DirectoryView,
  lastGood: ReadonlyMap<string, SourceFile>,
): ReadonlyMap<string, SourceFile> {
  const good = new Map<string, SourceFile>();
  for (const [file, entry] of view.files) {
    const source = !isProblem(entry) && entry.loaded.problems.length === 0 ? entry : lastGood.get(file);
    if (source) good.set(file, source);
  }
  return good;
}

/** What is wrong with each file, in file order. */
export function problemsOf(view: DirectoryView): ReadonlyMap<string, readonly Problem[]> {
  const problems = new Map<string, readonly Problem[]>();
  for (const [file, entry] of view.files) {
    const found = isProblem(entry) ? [entry] : entry.loaded.problems;
    if (found.length > 0) problems.set(file, found);
  }
  return problems;
}

/** The valid documents of files. */
export function resourcesOf(files: Iterable<SourceFile>): readonly AnyResource[] {
  return [...files].flatMap((source) => source.loaded.resources);
}

/** The keys of the valid documents of files. */
export function keysOf(files: Iterable<SourceFile>): Set<ResourceKey> {
  return new Set(resourcesOf(files).map(({ key }) => key));
}

function isProblem(entry: SourceFile | Problem): entry is Problem {
  return 'code' in entry;
}
