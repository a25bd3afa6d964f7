import { type Draft, produce } from 'immer';
import type { ResourceKey } from '../crds/resource.ts';
import type { Inventory } from './inventory.ts';

/** The inventory with resources held still; none: everything. */
export function withSuspended(inventory: Inventory, resources: readonly ResourceKey[]): Inventory {
  const before = inventory.suspended ?? [];
  const all = resources.length === 0 || before === 'all';
  return { ...inventory, suspended: all ? 'all' : [...new Set([...before, ...resources])].sort() };
}

/** The inventory with nothing suspended, held on a generation or taken back any more. */
export function resumedAll(inventory: Inventory): Inventory {
  return produce(inventory, (draft) => {
    delete draft.suspended;
    delete draft.rolledBack;
    if (draft.transaction) delete draft.transaction.lifted;
    // No directory looks like this: the next pass ends the hold.
    if (draft.hold) draft.hold.directory = '';
  });
}

/** The inventory with these resources going on. */
export function resumedSome(inventory: Inventory, resources: readonly ResourceKey[]): Inventory {
  return produce(inventory, (draft) => {
    const suspended = Array.isArray(draft.suspended) ? draft.suspended : [];
    const rest = suspended.filter((key) => !resources.includes(key));
    if (rest.length > 0) draft.suspended = rest;
    else delete draft.suspended;
    for (const key of resources) delete draft.transaction?.lifted?.[key];
    forgetRefusals(draft, resources);
  });
}

/** Who tries documents lifts what held everything still, and whatever speaks against these documents from earlier tries. */
export function readyToTry(inventory: Inventory, keys: readonly ResourceKey[]): Inventory {
  return produce(inventory, (draft) => {
    if (draft.suspended === 'all') delete draft.suspended;
    forgetRefusals(draft, keys);
  });
}

/** Refusals that were there before and are no more; undefined where there were none. */
export function liftedBetween(
  { rolledBack = {} }: Inventory,
  { rolledBack: kept = {} }: Inventory,
): Inventory['rolledBack'] {
  const lifted = Object.entries(rolledBack).filter(([key]) => !(key in kept));
  return lifted.length > 0 ? Object.fromEntries(lifted) : undefined;
}

/** Refuses again what was refused before something else was tried, beside that: the directory may have either. */
export function refuseAgain(draft: Draft<Inventory>, lifted: Inventory['rolledBack'] = {}): void {
  const entries = Object.entries(lifted).flatMap(([key, earlier]) => {
    const newer = draft.rolledBack?.[key as ResourceKey];
    if (!earlier || newer?.specHash === earlier.specHash) return [];
    return [[key, newer ? { ...newer, earlier } : earlier] as const];
  });
  if (entries.length > 0) draft.rolledBack = { ...draft.rolledBack, ...Object.fromEntries(entries) };
}

/** Nothing speaks against the specs of these resources any more. */
export function forgetRefusals(draft: Draft<Inventory>, keys: readonly ResourceKey[]): void {
  const rest = Object.entries(draft.rolledBack ?? {}).filter(([key]) => !keys.includes(key as ResourceKey));
  if (rest.length > 0) draft.rolledBack = Object.fromEntries(rest);
  else delete draft.rolledBack;
}
