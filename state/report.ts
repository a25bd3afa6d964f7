import { at, type Location, type Problem } from '../crds/problem.ts';
import { type AnyResource, apiVersion, type Kind, type ResourceKey } from '../crds/resource.ts';
import { nextConditions, type Verdict } from './conditions.ts';
import type { SourceFile } from './directory.ts';
import { equal } from './equal.ts';
import { isSpared } from './force.ts';
import { allOf, type Evidence, isNamesake, type Judgement, judge } from './judge.ts';
import type { Progress } from './progress.ts';
import type { StatusItem } from './status.ts';

/** The judgement of every resource and every broken file, as the items of the published status. */
export interface Report {
  /** Sorted by kind, then name; items that did not change are the same objects as before. */
  readonly items: readonly StatusItem[];
  /** Resources in force whose units and links are as written, whatever else is wrong with their documents. */
  readonly converged: ReadonlySet<ResourceKey>;
  /** Resources in force that are not converged and for which nothing is to be tried again. */
  readonly waiting: ReadonlySet<ResourceKey>;
  /** Resources that only something outside gets any further. */
  readonly stuck: ReadonlySet<ResourceKey>;
}

/** Judges everything and keeps what did not change from the last report. */
export function report(
  evidence: Evidence,
  files: ReadonlyMap<string, SourceFile | Problem>,
  before: readonly StatusItem[],
): Report {
  const old = new Map(before.map((item) => [itemKey(item), item]));
  const converged = new Set<ResourceKey>();
  const items = new Map<string, StatusItem>();
  const add = (subject: Subject, judgement: Judgement) => {
    const item = nextItem(subject, judgement, evidence, old.get(subject.key));
    items.set(subject.key, item);
  };
  const waiting = new Set<ResourceKey>();
  const stuck = new Set<ResourceKey>();
  const judged = judgementsOf(evidence, files);
  for (const resource of evidence.desired.resources.values()) {
    const judgement = judged(resource);
    if (judgement.converged) converged.add(resource.key);
    if (judgement.waits) waiting.add(resource.key);
    if (judgement.isStuck) stuck.add(resource.key);
    add(resource, judgement);
  }
  for (const subject of notInForce(evidence, files)) {
    if (!items.has(subject.key)) add(subject, { ...notJudged, verdicts: subject.verdicts });
  }
  return { items: [...items.values()].sort(byKindAndName), converged, waiting, stuck };
}

const notJudged = {
  ok: false,
  converged: false,
  waits: false,
  isStuck: false,
  standing: 'not ready',
  links: [],
} as const;

/** Judges each resource once, and what it depends on before it; the checks leave no circles. */
function judgementsOf(
  evidence: Evidence,
  files: ReadonlyMap<string, SourceFile | Problem>,
): (resource: AnyResource) => Judgement {
  const known = new Map<ResourceKey, Judgement>();
  const spoiled = brokenByKey(files);
  const problemsWith = (resource: AnyResource) => {
    const moved = spoiled.get(resource.key);
    return moved && isMoved(resource, files) ? moved : heldBack(resource, files);
  };
  const standingOf = (key: ResourceKey) => {
    const resource = evidence.desired.resources.get(key);
    return resource ? judged(resource).standing : 'not ready';
  };
  const judged = (resource: AnyResource): Judgement => {
    const judgement =
      known.get(resource.key) ?? judge(resource, evidence, problemsWith(resource), standingOf);
    known.set(resource.key, judgement);
    return judgement;
  };
  return judged;
}

/** Something the status speaks of: a resource, a document that is not in force, or a file. */
interface Subject {
  readonly key: string;
  readonly kind: Kind | 'File';
  readonly metadata: { readonly name: string };
  readonly location: Location;
}

const nowhere: Location = { file: '-', line: 0, column: 0, length: 1, excerpt: '' };

function itemKey(item: StatusItem): string {
  return `${item.kind}/${item.metadata.name}`;
}

function byKindAndName(a: StatusItem, b: StatusItem): number {
  const [left, right] = [itemKey(a), itemKey(b)];
  return left < right ? -1 : Number(left > right);
}

/** Problems of a newer text of the resource's file, when that text would change the resource or is its own. */
function heldBack(
  resource: AnyResource,
  files: ReadonlyMap<string, SourceFile | Problem>,
): readonly Problem[] {
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
function brokenByKey(
  files: ReadonlyMap<string, SourceFile | Problem>,
): ReadonlyMap<string, readonly Problem[]> {
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
function isMoved({ key, location }: AnyResource, files: ReadonlyMap<string, SourceFile | Problem>): boolean {
  const entry = files.get(location.file);
  if (!entry) return true;
  return !('code' in entry) && !entry.loaded.documents.some((document) => document.key === key);
}

/** Problems between the start of a document and the start of the next. */
function ownProblems(
  line: number,
  documents: readonly { readonly location: { readonly line: number } }[],
  problems: readonly Problem[],
): readonly Problem[] {
  const next =
    documents.map(({ location }) => location.line).find((start) => start > line) ?? Number.POSITIVE_INFINITY;
  const own = problems.filter(({ location }) => location.line >= line && location.line < next);
  return own.length > 0 ? own : problems;
}

type Refused = Subject & { readonly verdicts: readonly Verdict[] };

function notInForce(
  evidence: Evidence,
  files: ReadonlyMap<string, SourceFile | Problem>,
): readonly Refused[] {
  const { desired, failures, inventory } = evidence;
  const refused = [...desired.refused.values()].map(({ resource, reason, problems }) => ({
    ...(isNamesake(problems) ? fileSubject(resource.location.file) : subjectOf(resource)),
    verdicts: failed(reason, allOf(problems)),
  }));
  const doomed = ownersOf(inventory)
    .filter((key) => !desired.resources.has(key) && !isSpared(desired.inForce, key))
    .map((key) => {
      const [kind, name] = key.split('/') as [Kind, string];
      const message = failures.get(key) ?? 'its document is gone; its links and units are being deleted';
      const reason = failures.has(key) ? 'PruneFailed' : 'Progressing';
      return { key, kind, metadata: { name }, location: nowhere, verdicts: failed(reason, message) };
    });
  return [...refused, ...[...files].flatMap(([file, entry]) => brokenDocuments(file, entry)), ...doomed];
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
  const verdicts = failed('ValidationFailed', allOf(problems));
  if (documents.length === 0) return [{ ...fileSubject(file), verdicts }];
  return documents.map(({ key, kind, name, location }) => ({
    key,
    kind,
    metadata: { name },
    location,
    verdicts: failed('ValidationFailed', allOf(ownProblems(location.line, documents, problems))),
  }));
}

function failed(reason: Verdict['reason'], message: string): readonly Verdict[] {
  const types = reason === 'Progressing' ? (['Reconciling'] as const) : (['Stalled'] as const);
  return [
    { type: 'Ready', status: 'False', reason, message },
    { type: 'Synced', status: 'False', reason, message },
    ...types.map((type): Verdict => ({ type, status: 'True', reason, message })),
  ];
}

function nextItem(
  subject: Subject,
  judgement: Judgement,
  evidence: Evidence,
  old: StatusItem | undefined,
): StatusItem {
  const { inventory, desired, progress, now } = evidence;
  const key = subject.key as ResourceKey;
  const record = inventory.resources[key];
  const time = new Date(now).toISOString();
  const generation = record?.generation ?? old?.metadata.generation ?? 0;
  const own = progress.get(key);
  const item: StatusItem = {
    apiVersion,
    kind: subject.kind,
    metadata: {
      name: subject.metadata.name,
      source: at(subject.location).replace(/:\d+$/, ''),
      creationTimestamp: record?.createdAt ?? old?.metadata.creationTimestamp ?? time,
      generation,
    },
    status: {
      observedGeneration: generation,
      conditions: nextConditions(old?.status.conditions ?? [], judgement.verdicts, generation, time),
      links: judgement.links,
      units: (desired.unitsOf.get(key) ?? []).map(({ name }) => name).sort(),
      ...retryOf(own, judgement.ok),
    },
  };
  return old && equal(old, item) ? old : item;
}

function retryOf(own: Progress | undefined, ok: boolean): Pick<StatusItem['status'], 'retry'> {
  if (ok || !own || own.since === 0) return {};
  return { retry: { attempts: own.attempts, nextAt: new Date(own.nextAt).toISOString() } };
}
