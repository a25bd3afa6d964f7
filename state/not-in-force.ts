import type { Location, Problem } from '../crds/problem.ts';
import type { AnyResource, Kind, ResourceKey } from '../crds/resource.ts';
import type { Verdict } from './conditions.ts';
import type { Files, SourceFile } from './directory.ts';
import { invalidity, ownProblems } from './file-problems.ts';
import { isSpared } from './force.ts';
import { allOf, type Evidence, isNamesake } from './judge.ts';

/** Something the status speaks of: a resource, a document that is not in force, or a file. */
export interface Subject {
  readonly key: string;
  readonly kind: Kind | 'File';
  readonly metadata: { readonly name: string };
  readonly location: Location;
}

const nowhere: Location = { file: '-', line: 0, column: 0, length: 1, excerpt: '' };

/** A subject that no document in force is about, and what is said of it. */
type Refused = Subject & { readonly verdicts: readonly Verdict[] };

/** Documents that are refused, broken files, and what is being deleted because its document is gone. */
export function notInForce(evidence: Evidence, files: Files): readonly Refused[] {
  const { desired, failures, inventory } = evidence;
  const refused = [...desired.refused.values()].map(({ resource, reason, problems }) => ({
    ...(isNamesake(problems) ? fileSubject(resource.location.file) : subjectOf(resource)),
    verdicts: failed(reason, allOf(problems)),
  }));
  const doomed = ownersOf(inventory)
    .filter((key) => !desired.resources.has(key) && !isSpared(desired.inForce, key))
    .map((key) => {
      const [kind, name] = key.split('/') as [Kind, string];
      const message = failures.get(key) ?? farewell(key, inventory);
      const reason = failures.has(key) ? 'PruneFailed' : 'Progressing';
      return { key, kind, metadata: { name }, location: nowhere, verdicts: failed(reason, message) };
    });
  return [...refused, ...[...files].flatMap(([file, entry]) => brokenDocuments(file, entry)), ...doomed];
}

/** What becomes of what is left of a document. */
function farewell(key: ResourceKey, { links }: Evidence['inventory']): string {
  const returning = Object.keys(links).filter((name) => links[name]?.owner === key && links[name].former);
  const back = returning.length === 0 ? '' : `; ${returning.join(', ')} becomes again what it was before`;
  return `its document is gone; its links and units are being deleted${back}`;
}

function ownersOf(inventory: Evidence['inventory']): readonly ResourceKey[] {
  const all = [...Object.values(inventory.units), ...Object.values(inventory.links)].map(
    ({ owner }) => owner,
  );
  return [...new Set(inventory.resolver ? [...all, inventory.resolver.owner] : all)];
}

function subjectOf({ key, kind, metadata, location }: AnyResource): Subject {
  return { key, kind, metadata, location };
}

function fileSubject(file: string): Subject {
  const name = file.split('/').at(-1) ?? file;
  return {
    key: `File/${name}`,
    kind: 'File',
    metadata: { name },
    location: { ...nowhere, file, line: 1, column: 1 },
  };
}

function brokenDocuments(file: string, entry: SourceFile | Problem): readonly Refused[] {
  const problems = 'code' in entry ? [entry] : entry.loaded.problems;
  if (problems.length === 0) return [];
  const documents = 'code' in entry ? [] : entry.loaded.documents;
  if (documents.length === 0) return [{ ...fileSubject(file), verdicts: invalid(problems) }];
  return documents.map(({ key, kind, name, location }) => ({
    key,
    kind,
    metadata: { name },
    location,
    verdicts: invalid(ownProblems(location.line, documents, problems)),
  }));
}

function invalid(problems: readonly Problem[]): readonly Verdict[] {
  return failed(invalidity(problems), allOf(problems));
}

function failed(reason: Verdict['reason'], message: string): readonly Verdict[] {
  const types = reason === 'Progressing' ? (['Reconciling'] as const) : (['Stalled'] as const);
  return [
    { type: 'Ready', status: 'False', reason, message },
    { type: 'Synced', status: 'False', reason, message },
    ...types.map((type): Verdict => ({ type, status: 'True', reason, message })),
  ];
}
