import type { LoadedFile } from '../crds/load.ts';
import type { Problem } from '../crds/problem.ts';
import type { AnyResource, ResourceKey } from '../crds/resource.ts';
import { emptyInventory, type Inventory, isRefused, type RolledBack } from './inventory.ts';
import { guard, nothingHeld, type PruneGuard } from './prune-guard.ts';

/** One file of the directory that could be read and is valid, with its bytes so that it can be kept. */
export interface SourceFile {
  readonly file: string;
  /** sha256 (hex) of `bytes`. */
  readonly hash: string;
  readonly bytes: Uint8Array;
  readonly loaded: LoadedFile;
}

/** What reading the directory gave: for each file its content, or why there is none. */
export interface DirectoryView {
  /** Why the directory as a whole cannot be read; empty when it can. */
  readonly trouble: string;
  /** In lexical order. */
  readonly files: ReadonlyMap<string, SourceFile | Problem>;
  /** These documents are in force instead of the directory's: what was there before a change, or an earlier generation. */
  readonly isStandIn?: boolean;
}

/** The documents that count: the directory's where they are good, the last good ones where they are not. */
export interface InForce {
  /** In (file, position) order; each key once, unless the directory itself has it twice. */
  readonly resources: readonly AnyResource[];
  /** The last good files before this reading: what a document falls back to when it is refused. */
  readonly previous: ReadonlyMap<string, SourceFile>;
  /** The files that are the last good ones now; kept across restarts. */
  readonly lastGood: ReadonlyMap<string, SourceFile>;
  /** Problems by file, in file order. */
  readonly problems: ReadonlyMap<string, readonly Problem[]>;
  /** Documents that stand in the directory, valid or not: nothing of theirs is ever pruned. */
  readonly present: ReadonlySet<ResourceKey>;
  readonly prune: PruneGuard;
  /** Specs of today's documents (or removals of documents) that were tried and taken back. */
  readonly rolledBack: ReadonlyMap<ResourceKey, RolledBack>;
  /** Not the directory's documents: they say nothing of what changed there. */
  readonly isStandIn: boolean;
  /** What `osa-net suspend` holds still. */
  readonly suspended: 'all' | ReadonlySet<ResourceKey>;
}

/** What of the inventory decides which documents count. */
type Decisions = Pick<Inventory, 'documents' | 'held' | 'resources' | 'rolledBack' | 'suspended'>;

/** Whether the units and links of an owner must stay, although perhaps no document in force wants them. */
export function isSpared({ present, prune, suspended, rolledBack }: InForce, owner: ResourceKey): boolean {
  if (prune.everything === true || suspended === 'all') return true;
  if (prune.held.includes(owner) || suspended.has(owner)) return true;
  return present.has(owner) && !isRefused(rolledBack.get(owner));
}

/**
 * Decides which documents are in force.
 *
 * - A file that has problems keeps its last good version.
 * - A document that moved into a file that has problems stays as it was in its old one.
 * - While a file cannot be read nothing is pruned: what vanished may stand in it.
 * - A directory that cannot be read keeps everything.
 * - A directory that loses more than half of its (four or more) resources at once keeps those, unless each is approved.
 * - What was held once is held until it is back or approved: a directory may come back one file at a time.
 * - A document whose removal was taken back stays until it is there again; one that is suspended, until it goes on.
 */
export function inForce(
  view: DirectoryView,
  lastGood: ReadonlyMap<string, SourceFile>,
  approved: ReadonlySet<ResourceKey>,
  inventory: Decisions = emptyInventory,
): InForce {
  if (view.trouble !== '') return keepEverything(view.trouble, lastGood, inventory);
  const now = goodFiles(view, lastGood);
  const problems = problemsOf(view);
  const present = presentKeys(view, now);
  for (const key of keysFrom(problems, inventory)) present.add(key);
  const before = keysOf(lastGood.values());
  const isStandIn = view.isStandIn === true;
  const rolledBack: InForce['rolledBack'] = isStandIn
    ? new Map()
    : stillRolledBack(inventory, now, problems, present);
  const back = [...rolledBack].flatMap(([key, { specHash }]) => (specHash === '' ? [key] : []));
  for (const key of back) present.add(key);
  // What is there only because the file is broken in which it once stood is not back.
  const stillHeld = (inventory.held ?? []).filter((key) => !present.has(key) || !isWritten(key, view, back));
  // What stands in for the directory is our own record: nobody lost anything of it.
  const prune = isStandIn ? nothingHeld : guard({ before, present, stillHeld, approved }, inventory);
  const { held } = prune;
  // What vanished may have moved into the file that cannot be read.
  if (hidesSomething(view)) for (const key of before) present.add(key);
  const good = keysOf(now.values());
  const moved = [...before].filter((key) => present.has(key) && !good.has(key));
  const suspended = suspendedBy(inventory);
  const still = [...before].filter((key) => suspended === 'all' || suspended.has(key));
  const stay = new Set([
    ...held.filter((key) => !good.has(key)),
    ...moved,
    ...still.filter((key) => !present.has(key)),
  ]);
  const kept = heldFiles(lastGood, stay);
  return {
    resources: byPosition([...resourcesOf(now.values()), ...kept.flatMap((source) => only(source, stay))]),
    previous: lastGood,
    lastGood: new Map([...now, ...kept.map((source) => [source.file, source] as const)]),
    problems,
    present,
    prune,
    rolledBack,
    isStandIn,
    suspended,
  };
}

function suspendedBy({ suspended = [] }: Decisions): InForce['suspended'] {
  return suspended === 'all' ? suspended : new Set(suspended);
}

/** Documents that are looked at by themselves: all of them count, and there was nothing before. */
export function everythingOf(resources: readonly AnyResource[]): InForce {
  return {
    resources,
    previous: new Map(),
    lastGood: new Map(),
    problems: new Map(),
    present: new Set(),
    prune: nothingHeld,
    rolledBack: new Map(),
    isStandIn: false,
    suspended: new Set(),
  };
}

/** What was taken back counts until the document changes; while its file is broken nobody knows whether it did. */
function stillRolledBack(
  { rolledBack = {} }: Decisions,
  now: ReadonlyMap<string, SourceFile>,
  problems: ReadonlyMap<string, unknown>,
  present: ReadonlySet<ResourceKey>,
): InForce['rolledBack'] {
  const entries = Object.entries(rolledBack) as [ResourceKey, RolledBack][];
  if (entries.length === 0) return new Map();
  const specs = new Map(resourcesOf(now.values()).map(({ key, specHash }) => [key, specHash]));
  const still = entries.filter(([key, { specHash, file }]) => {
    if (problems.has(file)) return true;
    return specHash === '' ? !present.has(key) : specs.get(key) === specHash;
  });
  return new Map(still);
}

/** The documents that can be read in the directory, valid or not. */
function writtenIn({ files }: DirectoryView): ReadonlySet<ResourceKey> {
  const entries = [...files.values()].flatMap((entry) => (isProblem(entry) ? [] : entry.loaded.documents));
  return new Set(entries.map(({ key }) => key));
}

/** Whether a document can be read in the directory today, or is there by decision. */
function isWritten(key: ResourceKey, view: DirectoryView, back: readonly ResourceKey[]): boolean {
  const entries = [...view.files.values()];
  return back.includes(key) || entries.some((entry) => !isProblem(entry) && hasDocument(entry, key));
}

function hasDocument({ loaded }: SourceFile, key: ResourceKey): boolean {
  return loaded.documents.some((document) => document.key === key);
}

/** Resources whose last text in force stood in a file that is broken now: nobody knows whether it still does. */
function keysFrom(
  problems: ReadonlyMap<string, readonly Problem[]>,
  { resources }: Pick<Inventory, 'resources'>,
): readonly ResourceKey[] {
  if (problems.size === 0) return [];
  const keys = Object.keys(resources) as ResourceKey[];
  return keys.filter((key) => problems.has(resources[key]?.file ?? ''));
}

function keepEverything(
  trouble: string,
  lastGood: ReadonlyMap<string, SourceFile>,
  inventory: Decisions,
): InForce {
  const held = [...keysOf(lastGood.values())].sort();
  return {
    resources: byPosition(resourcesOf(lastGood.values())),
    previous: lastGood,
    lastGood,
    problems: new Map(),
    present: new Set(),
    prune: {
      blocked: `${trouble}; nothing is deleted until the directory is back`,
      held,
      everything: true,
    },
    rolledBack: new Map(Object.entries(inventory.rolledBack ?? {}) as [ResourceKey, RolledBack][]),
    isStandIn: false,
    suspended: suspendedBy(inventory),
  };
}

function hidesSomething({ files }: DirectoryView): boolean {
  return [...files.values()].some((entry) => isProblem(entry) && entry.code === 'UNREADABLE_FILE');
}

function isProblem(entry: SourceFile | Problem): entry is Problem {
  return 'code' in entry;
}

function goodFiles(
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

function problemsOf(view: DirectoryView): ReadonlyMap<string, readonly Problem[]> {
  const problems = new Map<string, readonly Problem[]>();
  for (const [file, entry] of view.files) {
    const found = isProblem(entry) ? [entry] : entry.loaded.problems;
    if (found.length > 0) problems.set(file, found);
  }
  return problems;
}

function presentKeys(view: DirectoryView, good: ReadonlyMap<string, SourceFile>): Set<ResourceKey> {
  const keys = keysOf(good.values());
  for (const key of writtenIn(view)) keys.add(key);
  return keys;
}

/** Files that must stay as they were because a resource that is held or moved stands in them. */
function heldFiles(
  lastGood: ReadonlyMap<string, SourceFile>,
  held: ReadonlySet<ResourceKey>,
): readonly SourceFile[] {
  return [...lastGood.values()].filter((source) => source.loaded.resources.some(({ key }) => held.has(key)));
}

function only(source: SourceFile, keys: ReadonlySet<ResourceKey>): readonly AnyResource[] {
  return source.loaded.resources.filter(({ key }) => keys.has(key));
}

function keysOf(files: Iterable<SourceFile>): Set<ResourceKey> {
  return new Set(resourcesOf(files).map(({ key }) => key));
}

function resourcesOf(files: Iterable<SourceFile>): readonly AnyResource[] {
  return [...files].flatMap((source) => source.loaded.resources);
}

function byPosition(resources: readonly AnyResource[]): readonly AnyResource[] {
  return [...resources].sort(
    (a, b) => compareText(a.location.file, b.location.file) || a.location.line - b.location.line,
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
