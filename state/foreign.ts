import type { LinkExpectation, Unit } from '../crds/compiled.ts';
import { at } from '../crds/problem.ts';
import { type AnyResource, isAnnotated, locate, type ResourceKey } from '../crds/resource.ts';
import type { Desired } from './desired.ts';
import type { Inventory } from './inventory.ts';
import {
  identityOf,
  type Observed,
  type ObservedLink,
  type ObservedUnit,
  unseenIdentity,
} from './observed.ts';

/**
 * Resources whose names are taken by units or links that osa-net did not make, with what to tell the user. Nothing of
 * such a resource is touched.
 */
export function foreignConflicts(
  desired: Desired,
  observed: Observed,
  inventory: Inventory,
): ReadonlyMap<ResourceKey, string> {
  const conflicts = new Map<ResourceKey, string>();
  for (const resource of desired.resources.values()) {
    const message = conflictOf(resource, desired, observed, inventory);
    if (message !== undefined) conflicts.set(resource.key, message);
  }
  return conflicts;
}

function conflictOf(
  resource: AnyResource,
  desired: Desired,
  observed: Observed,
  inventory: Inventory,
): string | undefined {
  const adopt = isAnnotated(resource, 'adopt');
  for (const unit of desired.unitsOf.get(resource.key) ?? []) {
    if (isForeignUnit(unit, observed, inventory) && !adopt) {
      return `${at(resource.location)}: ${unit.name} exists and osa-net did not write it; ${advice('move it away')}`;
    }
  }
  for (const link of desired.linksOf.get(resource.key) ?? []) {
    const seen = observed.links.get(link.link);
    if (!seen || !isForeignLink(link, seen, observed, inventory)) continue;
    const where = at(locate(resource, link.field));
    if (!adopt)
      return `${where}: link ${link.link} exists and osa-net did not make it; ${advice('delete it')}`;
    if (seen.kind !== link.kind) {
      return `${where}: link ${link.link} is a ${seen.kind ?? 'hardware'} link and cannot be taken over as ${link.kind ?? 'another'}; delete it or choose another name`;
    }
  }
  return undefined;
}

function advice(first: string): string {
  return `${first}, or take it over with the annotation osa-net.dev/adopt: "true"`;
}

/** Whether under the name of a unit stands one that osa-net did not write. */
export function isForeignUnit(unit: Unit, observed: Observed, inventory: Inventory): boolean {
  const seen = observed.units.get(unit.name);
  if (!seen || seen.hash === unit.hash) return false;
  return inventory.units[unit.name] === undefined && seen.intactOwner === undefined;
}

/**
 * Whether a link is the one that the inventory speaks of, of the kind on record or the one that is to take its place:
 * the very link that was seen last, or one that our .netdev, which is still there, may have made since (networkd makes
 * what is missing when it starts). Before anybody has seen the link that we asked for in this boot, somebody may have
 * deleted its .netdev.
 */
export function isOnRecord(seen: ObservedLink, observed: Observed, { links, units }: Inventory): boolean {
  const owned = links[seen.name];
  if (!owned || seen.kind === undefined) return false;
  if (![owned.kind, owned.becomes].includes(seen.kind)) return false;
  const known = [identityOf(seen, observed), unseenIdentity(observed)];
  if (owned.identity !== undefined && known.includes(owned.identity)) return true;
  const netdev = observed.units.get(owned.netdev);
  return units[owned.netdev] !== undefined && netdev !== undefined && mayHaveMade(netdev, seen, seen.kind);
}

/** Whether a link of a name that we want to make is somebody else's. */
export function isForeignLink(
  expected: LinkExpectation,
  seen: ObservedLink,
  observed: Observed,
  inventory: Inventory,
): boolean {
  if (!expected.made) return false;
  if (inventory.links[expected.link]) return !isOnRecord(seen, observed, inventory);
  // The inventory may have been lost; a .netdev with our intact signature says the same of a link of its kind.
  const netdev = expected.netdev === undefined ? undefined : observed.units.get(expected.netdev);
  return netdev?.intactOwner === undefined || !mayHaveMade(netdev, seen, expected.kind);
}

/** Whether a link is one that a .netdev makes. @param otherwise its kind where that says nothing, so that it was made before */
function mayHaveMade(
  { makes }: ObservedUnit,
  { name, kind }: ObservedLink,
  otherwise: string | undefined,
): boolean {
  return makes ? makes[name] === (kind ?? '') : kind === otherwise;
}
