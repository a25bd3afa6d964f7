import { castDraft, type Draft, produce } from 'immer';
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

/** What is lifted to try documents. */
export type Lifted = Pick<Inventory, 'suspended' | 'rolledBack'>;

/** What spoke against documents before and does no more; undefined where nothing did. */
export function liftedBetween(
  { suspended, rolledBack = {} }: Inventory,
  { suspended: left, rolledBack: kept = {} }: Inventory,
): Lifted | undefined {
  const refusals = Object.entries(rolledBack).filter(([key]) => !(key in kept));
  if (suspended === left && refusals.length === 0) return undefined;
  return { ...(suspended !== left && { suspended }), rolledBack: Object.fromEntries(refusals) };
}

/** Puts back what was lifted. What was refused before counts: the directory may still say that. */
export function putBack(draft: Draft<Inventory>, { suspended, rolledBack = {} }: Lifted): void {
  if (suspended !== undefined) draft.suspended = castDraft(suspended);
  if (Object.keys(rolledBack).length > 0)
    draft.rolledBack = { ...draft.rolledBack, ...castDraft(rolledBack) };
}

/** Nothing speaks against the specs of these resources any more. */
export function forgetRefusals(draft: Draft<Inventory>, keys: readonly ResourceKey[]): void {
  const rest = Object.entries(draft.rolledBack ?? {}).filter(([key]) => !keys.includes(key as ResourceKey));
  if (rest.length > 0) draft.rolledBack = Object.fromEntries(rest);
  else delete draft.rolledBack;
}
