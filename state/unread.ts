import { languageOf } from '../crds/language/document.ts';
import { byPlace } from '../crds/problem.ts';
import type { AnyResource } from '../crds/resource.ts';
import { type DirectoryView, resourcesOf, type SourceFile } from './directory.ts';

/**
 * The directory as systemd of a version reads it: a document of which it would leave out something has problems, so that
 * its file keeps its last good version. A spec that is in force stays in force, whatever a later osa-net or systemd makes
 * of it: its links would not be repaired any more.
 * @param inForce the last good files
 * @returns files without such documents are the same objects, and so are the others as long as nothing changes
 */
export function asRead(
  view: DirectoryView,
  inForce: ReadonlyMap<string, SourceFile>,
  version: number,
): DirectoryView {
  const read = [...view.files].map(
    ([file, entry]) => [file, 'code' in entry ? entry : fileAsRead(entry, inForce, version)] as const,
  );
  const isSame = read.every(([file, entry]) => view.files.get(file) === entry);
  return isSame ? view : { ...view, files: new Map(read) };
}

/** One file as systemd of a version reads it. */
export function fileAsRead(
  source: SourceFile,
  inForce: ReadonlyMap<string, SourceFile>,
  version: number,
): SourceFile {
  const unread = source.loaded.resources
    .filter((resource) => languageOf(resource, version).unread.length > 0)
    .filter((resource) => !specsOf(inForce).has(specOf(resource)));
  return unread.length === 0 ? source : withProblems(source, unread, version);
}

interface Memo {
  readonly unread: readonly AnyResource[];
  readonly version: number;
  readonly result: SourceFile;
}

const memos = new WeakMap<SourceFile, Memo>();

function withProblems(source: SourceFile, unread: readonly AnyResource[], version: number): SourceFile {
  const memo = memos.get(source);
  const isSame = memo?.version === version && memo.unread.length === unread.length;
  if (isSame && memo.unread.every((one, i) => one === unread[i])) return memo.result;
  const { loaded } = source;
  const problems = [...loaded.problems, ...unread.flatMap((one) => languageOf(one, version).unread)];
  const result: SourceFile = {
    ...source,
    loaded: {
      ...loaded,
      problems: problems.sort(byPlace),
      resources: loaded.resources.filter((one) => !unread.includes(one)),
    },
  };
  memos.set(source, { unread, version, result });
  return result;
}

const specs = new WeakMap<ReadonlyMap<string, SourceFile>, ReadonlySet<string>>();

/** What is said in files, without the names of the documents: whoever renames one changes nothing of that. */
function specsOf(files: ReadonlyMap<string, SourceFile>): ReadonlySet<string> {
  const known = specs.get(files) ?? new Set(resourcesOf(files.values()).map(specOf));
  specs.set(files, known);
  return known;
}

function specOf({ kind, specHash }: AnyResource): string {
  return `${kind} ${specHash}`;
}
