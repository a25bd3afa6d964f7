import type { LinkExpectation } from '../crds/compiled.ts';
import { isStacked } from '../crds/networkd/stacked.ts';
import type { ResourceKey } from '../crds/resource.ts';
import type { Desired } from './desired.ts';
import { isForeignLink } from './foreign.ts';
import type { PlanInput } from './plan-input.ts';

/** Units that name a link besides its own: networkd must look at them again when the link is made anew. */
export function dependentsOf(link: string, desired: Desired): readonly string[] {
  return (indexOf(desired).get(link) ?? []).filter((unit) => unit.endsWith('.network'));
}

const indexes = new WeakMap<Desired, ReadonlyMap<string, readonly string[]>>();

function indexOf(desired: Desired): ReadonlyMap<string, readonly string[]> {
  const known = indexes.get(desired);
  if (known) return known;
  const index = new Map<string, string[]>();
  for (const unit of desired.units.values()) {
    for (const link of unit.dependsOn) index.set(link, [...(index.get(link) ?? []), unit.name]);
  }
  indexes.set(desired, index);
  return index;
}

/** Kinds whose device v257+ never changes in place (keep_existing in networkd's netdev tables). */
const keptAsTheyAre = new Set('bareudp ipvlan ipvtap macvlan macvtap veth vrf vxcan wireguard'.split(' '));

/**
 * Whether a link of ours exists with settings that only a new link can have, and why. For the typed kinds the kernel
 * shows what matters; of a raw `NetDev` only the text it was made from tells.
 */
export function needsNewLink(
  { desired, observed, inventory }: PlanInput,
  owner: ResourceKey,
  expected: LinkExpectation,
): { reason: string; restart: boolean } | undefined {
  const link = observed.links.get(expected.link);
  if (!link || !expected.made) return undefined;
  const { staleStackedNetdev, changesNetdevInPlace, adoptsExistingDevice } = observed.networkd.capabilities;
  const owned = inventory.links[expected.link];
  // Taken over: on record as made from nothing, or not on record and nothing of ours made it.
  const adopted = owned ? owned.madeFrom === '' : isForeignLink(expected, link, observed, inventory);
  if (adopted && !adoptsExistingDevice) {
    return { reason: 'taken over: this systemd cannot adopt a link', restart: false };
  }
  if (!owned) return undefined;
  const restart = staleStackedNetdev && isStacked(owned.kind);
  const passthru = [link.mode, expected.mode].includes('passthru') && expected.mode !== undefined;
  if (passthru && link.mode !== expected.mode)
    return { reason: 'mode passthru cannot be changed in place', restart };
  if (!owner.startsWith('NetDev/') || link.kind !== owned.kind) return undefined;
  const hash = desired.units.get(owned.netdev)?.hash;
  if (hash === undefined || hash === owned.madeFrom) return undefined;
  if (changesNetdevInPlace && !keptAsTheyAre.has(owned.kind)) return undefined;
  return { reason: 'its .netdev changed and networkd cannot change an existing link', restart };
}
