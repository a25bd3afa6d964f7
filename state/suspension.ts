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
    // Everything goes on together, or stays suspended.
    const rest =
      draft.suspended === 'all' ? 'all' : draft.suspended?.filter((key) => !resources.includes(key));
    if (rest?.length) draft.suspended = rest;
    else delete draft.suspended;
    for (const key of resources) delete draft.transaction?.lifted?.rolledBack?.[key];
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

/** What spoke against documents until they were tried: refusals, and that everything was suspended. */
export interface Lifted extends Pick<Inventory, 'rolledBack'> {
  readonly suspended?: 'all' | undefined;
}

/** What was there before and is no more; undefined where there was nothing. */
export function liftedBetween(before: Inventory, after: Inventory): Lifted | undefined {
  const kept = after.rolledBack ?? {};
  const refusals = Object.entries(before.rolledBack ?? {}).filter(([key]) => !(key in kept));
  const isSuspended = before.suspended === 'all' && after.suspended === undefined;
  if (refusals.length === 0 && !isSuspended) return undefined;
  return {
    ...(refusals.length > 0 && { rolledBack: Object.fromEntries(refusals) }),
    ...(isSuspended && { suspended: 'all' }),
  };
}

/**
 * Suspends and refuses again what was so before something else was tried, refusals beside that of what was tried: the
 * directory may have either.
 */
export function putAgain(draft: Draft<Inventory>, { suspended, rolledBack = {} }: Lifted = {}): void {
  if (suspended) draft.suspended = suspended;
  const entries = Object.entries(rolledBack).flatMap(([key, earlier]) => {
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
