import type { Problem } from '../crds/problem.ts';
import type { AnyResource, ResourceKey } from '../crds/resource.ts';
import {
  type DirectoryView,
  goodFiles,
  hidesSomething,
  keysOf,
  problemsOf,
  resourcesOf,
  type SourceFile,
  writtenIn,
} from './directory.ts';
import { emptyInventory, type Inventory, isRefused, type RolledBack } from './inventory.ts';
import { guard, heldStill, nothingHeld, type PruneGuard } from './prune-guard.ts';

/** The documents that count: the directory's where they are good, the last good ones where they are not. */
export interface InForce {
  /** In (file, position) order; each key once, unless the directory itself has it twice. */
  readonly resources: readonly AnyResource[];
  /** The last good files before this reading: what a document falls back to when it is refused. */
  readonly previous: ReadonlyMap<string, SourceFile>;
  /** The good files of today, and the last good texts of those that are not. */
  readonly good: ReadonlyMap<string, SourceFile>;
  /** Problems by file, in file order. */
  readonly problems: ReadonlyMap<string, readonly Problem[]>;
  /** Documents that stand in the directory, valid or not: nothing of theirs is ever pruned. */
  readonly present: ReadonlySet<ResourceKey>;
  readonly prune: PruneGuard;
  /** Specs of today's documents (or removals of documents) that were tried and taken back. */
  readonly rolledBack: ReadonlyMap<ResourceKey, RolledBack>;
  /** Not the directory's documents: they say nothing of what changed there. */
  readonly isStandIn: boolean;
  /** Documents that are only tried are among them. */
  readonly isCovered: boolean;
  /** What `osa-net suspend` holds still. */
  readonly suspended: 'all' | ReadonlySet<ResourceKey>;
  /** Resources whose change is being taken back: their earlier texts count although they may say `suspended`. */
  readonly undone: ReadonlySet<ResourceKey>;
}

/** What of the inventory decides which documents count. */
type Decisions = Pick<
  Inventory,
  'documents' | 'held' | 'resources' | 'rolledBack' | 'suspended' | 'transaction'
>;

/** Whether the units and links of an owner must stay, although perhaps no document in force wants them. */
export function isSpared(force: InForce, owner: ResourceKey): boolean {
  return isHeldStill(force, owner) || (force.present.has(owner) && !isRefused(force.rolledBack.get(owner)));
}

/** Whether nothing of an owner may go whatever the documents say. */
export function isHeldStill({ prune, suspended }: InForce, owner: ResourceKey): boolean {
  if (prune.everything === true || suspended === 'all') return true;
  return prune.held.includes(owner) || suspended.has(owner);
}

/**
 * Decides which documents are in force.
 *
 * - A file that has problems keeps its last good version.
 * - A document that moved into a file that has problems stays as it was in its old one.
 * - While a file cannot be read nothing is pruned: what vanished may stand in it.
 * - A directory that cannot be read keeps everything.
 * - A directory that loses more than half of its (four or more) resources at once keeps those, unless each is approved.
 * - What was held once is held until it is back or approved: a directory may come back one file at a time. What only a
 *   change brought that is being taken back goes with that.
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
  const written = writtenIn(view);
  const present = new Set([...keysOf(now.values()), ...written]);
  for (const key of keysFrom(problems, inventory)) present.add(key);
  const before = keysOf(lastGood.values());
  const isStandIn = view.isStandIn === true;
  const rolledBack = isStandIn ? new Map() : stillRolledBack(inventory, now, problems, present);
  const back = [...rolledBack].flatMap(([key, { specHash }]) => (specHash === '' ? [key] : []));
  for (const key of back) present.add(key);
  // What is there only because the file is broken in which it once stood is not back.
  const isBack = (key: ResourceKey) => written.has(key) || back.includes(key);
  const stillHeld = (inventory.held ?? []).filter(
    (key) => (!present.has(key) || !isBack(key)) && !(isStandIn && isWithdrawn(key, inventory)),
  );
  const reading = { before, present, stillHeld, approved };
  // What stands in for the directory is our own record: nobody lost anything of it.
  const prune = isStandIn ? heldStill(reading) : guard(reading, inventory);
  // What vanished may have moved into the file that cannot be read.
  if (hidesSomething(view)) for (const key of [...before, ...recorded(inventory)]) present.add(key);
  const suspended = suspendedBy(inventory);
  const stay = staying({ before, present, suspended, held: prune.held }, keysOf(now.values()));
  const kept = heldFiles(lastGood, stay);
  return {
    resources: byPosition([...resourcesOf(now.values()), ...kept.flatMap((source) => only(source, stay))]),
    previous: lastGood,
    good: now,
    problems,
    present,
    prune,
    rolledBack,
    isStandIn,
    isCovered: view.isCovered === true,
    suspended,
    undone: undoneBy(inventory),
  };
}

/** Whether a resource came with a change that is being taken back. */
function isWithdrawn(key: ResourceKey, { transaction }: Decisions): boolean {
  return transaction?.phase === 'reverting' && transaction.changes[key]?.before === '';
}

/** Documents that stand in no good file (any more) and stay in force all the same: held, moved into a broken file, suspended. */
function staying(
  known: Pick<InForce, 'present' | 'suspended'> &
    Pick<PruneGuard, 'held'> & { before: ReadonlySet<ResourceKey> },
  good: ReadonlySet<ResourceKey>,
): ReadonlySet<ResourceKey> {
  const { before, present, suspended, held } = known;
  const isSuspended = (key: ResourceKey) => suspended === 'all' || suspended.has(key);
  const kept = [...before].filter((key) => (present.has(key) ? !good.has(key) : isSuspended(key)));
  return new Set([...held.filter((key) => !good.has(key)), ...kept]);
}

function suspendedBy({ suspended = [] }: Decisions): InForce['suspended'] {
  return suspended === 'all' ? suspended : new Set(suspended);
}

function undoneBy({ transaction }: Decisions): InForce['undone'] {
  return new Set(
    transaction?.phase === 'reverting' ? (Object.keys(transaction.changes) as ResourceKey[]) : [],
  );
}

/** Documents that are looked at by themselves: all of them count, and there was nothing before. */
export function everythingOf(resources: readonly AnyResource[]): InForce {
  return {
    resources,
    previous: new Map(),
    good: new Map(),
    problems: new Map(),
    present: new Set(),
    prune: nothingHeld,
    rolledBack: new Map(),
    isStandIn: false,
    isCovered: false,
    suspended: new Set(),
    undone: new Set(),
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
  const counts = (key: ResourceKey, { specHash, file }: RolledBack) => {
    if (problems.has(file)) return true;
    return specHash === '' ? !present.has(key) : specs.get(key) === specHash;
  };
  const still = entries.flatMap(([key, entry]) => {
    const one = [entry, entry.earlier].find((entry) => entry && counts(key, entry));
    return one ? [[key, one] as const] : [];
  });
  return new Map(still);
}

/** Resources whose last text in force stood in a file that is broken now: nobody knows whether it still does. */
function keysFrom(
  problems: ReadonlyMap<string, readonly Problem[]>,
  { resources }: Pick<Inventory, 'resources'>,
): readonly ResourceKey[] {
  if (problems.size === 0) return [];
  return recorded({ resources }).filter((key) => problems.has(resources[key]?.file ?? ''));
}

function recorded({ resources }: Pick<Inventory, 'resources'>): readonly ResourceKey[] {
  return Object.keys(resources) as ResourceKey[];
}

function keepEverything(
  trouble: string,
  lastGood: ReadonlyMap<string, SourceFile>,
  inventory: Decisions,
): InForce {
  const held = [...new Set([...keysOf(lastGood.values()), ...(inventory.held ?? [])])].sort();
  return {
    resources: byPosition(resourcesOf(lastGood.values())),
    previous: lastGood,
    good: lastGood,
    problems: new Map(),
    present: new Set(),
    prune: {
      blocked: `${trouble}; nothing is deleted until the directory is back`,
      held,
      everything: true,
    },
    rolledBack: new Map(Object.entries(inventory.rolledBack ?? {}) as [ResourceKey, RolledBack][]),
    isStandIn: false,
    isCovered: false,
    suspended: suspendedBy(inventory),
    undone: undoneBy(inventory),
  };
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

function byPosition(resources: readonly AnyResource[]): readonly AnyResource[] {
  return [...resources].sort(
    (a, b) => compareText(a.location.file, b.location.file) || a.location.line - b.location.line,
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
