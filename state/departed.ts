import { isStacked } from '../crds/networkd/stacked.ts';
import { type Carried, deletedIn, isTold } from './carried.ts';
import type { Desired } from './desired.ts';
import { isOnRecord } from './foreign.ts';
import type { Inventory, OwnedLink } from './inventory.ts';
import type { Observed, ObservedLink } from './observed.ts';

/** Links on record that no document wants, that are gone, and that networkd makes no more. */
export function departed(inventory: Inventory, desired: Desired, carried: Carried): readonly string[] {
  const known = knowingRemoved(inventory, carried);
  return Object.entries(inventory.links).flatMap(([name, owned]) => {
    const seen = known.links.get(name);
    if (desired.made.has(name) || (seen && isOnRecord(seen, known, inventory))) return [];
    const stays = mayCome(owned, inventory, desired, carried.after) || !isOver(name, inventory, carried);
    return stays ? [] : name;
  });
}

/** While the text of its .netdev is there that made it, networkd may make the link at any time. */
function mayCome({ netdev }: OwnedLink, { units }: Inventory, desired: Desired, after: Observed): boolean {
  const there = after.units.get(netdev);
  return units[netdev] !== undefined && there !== undefined && there.hash !== desired.units.get(netdev)?.hash;
}

/** Nor is it sure at once that a link which was not there will not come: networkd may just be making it. */
function isOver(
  name: string,
  { reloadPending }: Inventory,
  { before, after, done, isQuiet }: Carried,
): boolean {
  const { kind, parent } = before.links.get(name) ?? {};
  const comesAgain = isStacked(kind) && parent !== undefined && after.links.has(parent);
  if (deletedIn(done).has(name) && !comesAgain) return true;
  return isQuiet && !isTold(done) && !reloadPending;
}

/**
 * The host after a plan, with the .netdevs that it removed and that tell our links: networkd may have made one between the
 * look and the removal, where there was none or one of others. Where the look saw ours and another has its name now,
 * somebody else took the name: networkd that goes on makes nothing anew before it is told to reload, but what stands on
 * another link.
 */
export function knowingRemoved(inventory: Inventory, { before, after, isStartedAnew }: Carried): Observed {
  const isTaken = ({ name, ifindex, kind, parent }: ObservedLink) => {
    const seen = before.links.get(name);
    if (!seen || seen.ifindex === ifindex || !isOnRecord(seen, before, inventory)) return false;
    if (isStartedAnew || after.units.has(inventory.links[name]?.netdev ?? '')) return false;
    return !isStacked(kind) || kind !== seen.kind || parent !== seen.parent;
  };
  return {
    ...after,
    links: new Map([...after.links].filter(([, link]) => !isTaken(link))),
    units: before.units,
  };
}

/** Whether links are on record that no document wants, that are not there, and that are forgotten in time. */
export function hasDeparting(inventory: Inventory, desired: Desired, seen: Observed): boolean {
  return Object.entries(inventory.links).some(
    ([name, owned]) =>
      !desired.made.has(name) && !seen.links.has(name) && !mayCome(owned, inventory, desired, seen),
  );
}
