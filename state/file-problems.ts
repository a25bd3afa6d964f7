import type { Problem } from '../crds/problem.ts';
import type { AnyResource } from '../crds/resource.ts';
import type { Files } from './directory.ts';

/** What is wrong with the newer text of a resource in force; nothing, where the text in force is the newest. */
export function problemsIn(files: Files): (resource: AnyResource) => readonly Problem[] {
  const broken = brokenByKey(files);
  return (resource) => {
    const moved = broken.get(resource.key);
    return moved && isMoved(resource, files) ? moved : heldBack(resource, files);
  };
}

/** Why a text with these problems is not in force. */
export function invalidity(problems: readonly Problem[]): 'ValidationFailed' | 'UnsupportedBySystemd' {
  const isSystemd = problems.every(({ code }) => code === 'UNSUPPORTED_BY_SYSTEMD');
  return isSystemd ? 'UnsupportedBySystemd' : 'ValidationFailed';
}

/** Problems of a newer text of the resource's file, when that text would change the resource or is its own. */
function heldBack(resource: AnyResource, files: Files): readonly Problem[] {
  const entry = files.get(resource.location.file);
  if (!entry) return [];
  if ('code' in entry) return [entry];
  const { problems, documents, resources } = entry.loaded;
  if (problems.length === 0) return [];
  const now = resources.find(({ key }) => key === resource.key);
  if (now) return now.specHash === resource.specHash ? [] : problems;
  const start = documents.find(({ key }) => key === resource.key);
  return start ? ownProblems(start.location.line, documents, problems) : problems;
}

/** Problems of documents in broken files, by key. */
function brokenByKey(files: Files): ReadonlyMap<string, readonly Problem[]> {
  const problems = new Map<string, readonly Problem[]>();
  for (const entry of files.values()) {
    if ('code' in entry || entry.loaded.problems.length === 0) continue;
    const { documents } = entry.loaded;
    for (const { key, location } of documents) {
      problems.set(key, ownProblems(location.line, documents, entry.loaded.problems));
    }
  }
  return problems;
}

/** Whether a resource in force does not stand any more in the file that it is from. */
function isMoved({ key, location }: AnyResource, files: Files): boolean {
  const entry = files.get(location.file);
  if (!entry) return true;
  return !('code' in entry) && !entry.loaded.documents.some((document) => document.key === key);
}

/** Problems between the start of a document and the start of the next. */
export function ownProblems(
  line: number,
  documents: readonly { readonly location: { readonly line: number } }[],
  problems: readonly Problem[],
): readonly Problem[] {
  const next =
    documents.map(({ location }) => location.line).find((start) => start > line) ?? Number.POSITIVE_INFINITY;
  const own = problems.filter(({ location }) => location.line >= line && location.line < next);
  return own.length > 0 ? own : problems;
}
