import { produce } from 'immer';
import type { ResourceKey } from '../crds/resource.ts';
import type { Change, Changes } from './changes.ts';
import type { SourceFile } from './directory.ts';
import { type FormerUnits, owed } from './former-units.ts';
import type { HistoryEntry, TrialResult } from './history.ts';
import { type Inventory, isRefused, type RolledBack } from './inventory.ts';
import type { Plan } from './plan.ts';
import type { Probe } from './probe.ts';
import type { Scene } from './scene.ts';
import { conditionOf, type Reason, type StatusItem } from './status.ts';
import { forgetRefusals, type Lifted, putAgain } from './suspension.ts';

/**
 * A generation of the documents that is applied and not yet known to be good. It is part of the inventory, so that one
 * write makes both durable before the first step, and a crash leaves no change that nobody answers for.
 */
export interface Transaction {
  readonly generation: number;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly by: HistoryEntry['by'];
  /** Git revision of the documents directory, where it is a checkout. */
  readonly revision?: string | undefined;
  /** `reverting`: the host goes back to what was before it, whatever stands in the directory meanwhile. */
  readonly phase: 'trial' | 'reverting';
  /** Set: it is taken back unless somebody confirms it within so many ms. */
  readonly confirmWithin?: number | undefined;
  /** What passed before the change, and has to pass after it. */
  readonly probes: readonly Probe[];
  readonly changes: Changes;
  readonly files: HistoryEntry['files'];
  /** Why it is being taken back; only while reverting. */
  readonly failure?: Failure | undefined;
  /** Kernel settings of links that no unit of ours described before. */
  readonly scene: Scene;
  /** Units of others that it writes over. Absent: none. */
  readonly formerUnits?: FormerUnits | undefined;
  /** What was lifted to try its documents. */
  readonly lifted?: Lifted | undefined;
  /** The scene was put back by the last pass that could, or is as it was. */
  readonly isRestored?: boolean | undefined;
}

/** Why a transaction does not last. */
export interface Failure {
  readonly result: Exclude<TrialResult, 'confirmed'>;
  readonly message: string;
}

/**
 * The transaction after more changes: those that lead back to what was before drop out.
 * @param hold what the host is held on; without it the documents of the directory are in it, and are to blame
 */
export function extended(
  open: Transaction,
  changes: Changes,
  files: Transaction['files'],
  hold: Inventory['hold'],
): Transaction {
  const merged = Object.entries({ ...open.changes, ...changes }).flatMap(([key, change]) => {
    const first = open.changes[key as ResourceKey];
    const next = change && first ? since(first, change) : change;
    return next && next.specHash !== next.before ? [[key, next] as const] : [];
  });
  return {
    ...open,
    by: open.by === 'rollback' && !hold ? 'documents' : open.by,
    changes: Object.fromEntries(merged),
    files: mergedFiles(open.files, files),
  };
}

/** A change of what changed before in the same transaction. */
function since({ before, wasReady, mayRecreate }: Change, later: Change): Change {
  return { ...later, before, wasReady, ...(mayRecreate && { mayRecreate }) };
}

function mergedFiles(first: Transaction['files'], later: Transaction['files']): Transaction['files'] {
  const names = [...new Set([...Object.keys(first), ...Object.keys(later)])].sort();
  const entries = names.flatMap((name) => {
    const { before } = first[name] ?? later[name] ?? {};
    const { after } = later[name] ?? first[name] ?? {};
    return before === after ? [] : [[name, { ...(before && { before }), ...(after && { after }) }] as const];
  });
  return Object.fromEntries(entries);
}

/** Files whose text in force changes, with the hash of each text. */
export function filesBetween(
  before: ReadonlyMap<string, SourceFile>,
  after: ReadonlyMap<string, SourceFile>,
): Transaction['files'] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const entries = names.flatMap((name) => {
    const [old, next] = [before.get(name)?.hash, after.get(name)?.hash];
    return old === next
      ? []
      : [[name, { ...(old && { before: old }), ...(next && { after: next }) }] as const];
  });
  return Object.fromEntries(entries);
}

/** The inventory with its transaction on the way back. */
export function reverting(inventory: Inventory, failure: Failure): Inventory {
  return produce(inventory, (draft) => {
    if (draft.transaction) Object.assign(draft.transaction, { phase: 'reverting', failure });
  });
}

/**
 * The inventory once a transaction is over, and what history says of it. One that was taken back leaves word of the
 * specs that are not to be tried again.
 */
export function closed(
  inventory: Inventory,
  transaction: Transaction,
  failure: Failure | undefined,
  now: string,
): { inventory: Inventory; entry: HistoryEntry } {
  const { generation, startedAt, by, revision, changes, files, formerUnits, lifted } = transaction;
  const ended = produce(inventory, (draft) => {
    delete draft.transaction;
    draft.generation = generation;
    if (!failure) {
      for (const link of Object.values(draft.links)) {
        const { specHash, before } = changes[link.owner] ?? {};
        const refused = draft.rolledBack?.[link.owner];
        // A link that only a text had which was taken back in the meantime is still on its way back.
        const isBack = isRefused(refused) && [specHash, before].includes(refused?.specHash);
        if (specHash && !isBack) delete link.former;
      }
      // What was tried again lasts; what was taken back from among it does not.
      const isTried = (key: ResourceKey) => draft.rolledBack?.[key]?.specHash === changes[key]?.specHash;
      return forgetRefusals(draft, (Object.keys(changes) as ResourceKey[]).filter(isTried));
    }
    delete draft.hold;
    if (by === 'rollback') return undefined;
    const refusals = Object.entries(changes).flatMap(([key, change]): [string, RolledBack][] => {
      // What was put back of a change that was refused by itself leaves that refused.
      const isWayBack =
        change &&
        isRefused(draft.rolledBack?.[key as ResourceKey]) &&
        draft.rolledBack?.[key as ResourceKey]?.specHash === change.before;
      if (isWayBack) return [];
      const { specHash = '', file = '' } = change ?? {};
      return [[key, { specHash, file, message: failure.message }]];
    });
    if (refusals.length > 0) draft.rolledBack = { ...draft.rolledBack, ...Object.fromEntries(refusals) };
    return putAgain(draft, lifted);
  });
  const entry: HistoryEntry = {
    generation,
    startedAt,
    endedAt: now,
    result: failure?.result ?? 'confirmed',
    message: failure?.message ?? '',
    by,
    changes: Object.entries(changes)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([key, change]) =>
        change ? [{ key: key as ResourceKey, change: change.change, file: change.file }] : [],
      ),
    files,
    ...(revision !== undefined && { revision }),
    ...(formerUnits && { formerUnits }),
  };
  const left = owed({ ...inventory.formerUnits, ...formerUnits }, ended);
  return { inventory: left ? { ...ended, formerUnits: left } : ended, entry };
}

/** Takes single changes out of a transaction, and refuses their specs: the rest of it goes on. */
export function without(inventory: Inventory, failed: ReadonlyMap<ResourceKey, string>): Inventory {
  const { transaction } = inventory;
  if (!transaction || failed.size === 0) return inventory;
  return produce(inventory, (draft) => {
    const refusals: Record<string, RolledBack> = {};
    for (const [key, message] of failed) {
      const change = transaction.changes[key];
      if (!change) continue;
      refusals[key] = { specHash: change.specHash, file: change.file, message };
    }
    draft.rolledBack = { ...draft.rolledBack, ...refusals };
    const rest = Object.entries(transaction.changes).filter(([key]) => !failed.has(key as ResourceKey));
    if (draft.transaction) draft.transaction.changes = Object.fromEntries(rest);
  });
}

/** A pass that costs those who use the network something, or takes something away from them. */
export function isDisruptive(plan: Plan): boolean {
  return plan.steps.some(
    ({ kind, disruption }) => disruption !== 'none' || kind === 'delete-link' || kind === 'remove-unit',
  );
}

/** Whether all that a transaction is about has come about. @param converged resources that are as written */
export function isSettled(
  { changes, phase, isRestored }: Transaction,
  converged: ReadonlySet<ResourceKey>,
  inventory: Inventory,
): boolean {
  if (phase === 'reverting' && !isRestored) return false;
  return Object.entries(changes).every(([key, change]) => {
    const goes = phase === 'trial' ? change?.specHash === '' : change?.before === '';
    return goes ? inventory.resources[key as ResourceKey] === undefined : converged.has(key as ResourceKey);
  });
}

/** Resources that a way back has not brought where they were: still there, or no longer as written although they were. */
export function notAsBefore(
  { changes }: Transaction,
  converged: ReadonlySet<ResourceKey>,
  { resources }: Inventory,
): readonly ResourceKey[] {
  const entries = Object.entries(changes) as [ResourceKey, Change][];
  return entries.flatMap(([key, { before, wasReady }]) => {
    const isBack = before === '' ? resources[key] === undefined : !wasReady || converged.has(key);
    return isBack ? [] : key;
  });
}

/** Why a resource is not Ready that its change is to blame for. */
const blamed: readonly (Reason | undefined)[] = ['ProgressingWithRetry', 'ApplyFailed'];

/** Resources that were Ready before the change and are not any more, with what they say. */
export function regressions(
  { changes, by }: Transaction,
  items: readonly StatusItem[],
): ReadonlyMap<ResourceKey, string> {
  const lost = new Map<ResourceKey, string>();
  for (const item of items) {
    const key = `${item.kind}/${item.metadata.name}` as ResourceKey;
    const ready = conditionOf(item.status, 'Ready');
    if (!changes[key]?.wasReady || changes[key]?.specHash === '' || by !== 'documents') continue;
    if (ready?.status === 'False' && blamed.includes(ready.reason)) lost.set(key, ready.message);
  }
  return lost;
}
