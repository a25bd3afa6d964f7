import type { ResourceKey } from '../crds/resource.ts';
import type { Desired } from '../state/desired.ts';

/** Which resources care about which links: events about other links (containers come and go) wake nobody. */
export function interestIn(desired: Desired): ReadonlyMap<string, ReadonlySet<ResourceKey>> {
  const known = interests.get(desired);
  if (known) return known;
  const interest = new Map<string, Set<ResourceKey>>();
  for (const [key, links] of desired.linksOf) {
    for (const { link, master } of links) {
      for (const name of master ? [link, master.name] : [link]) {
        const owners = interest.get(name);
        if (owners) owners.add(key);
        else interest.set(name, new Set([key]));
      }
    }
  }
  interests.set(desired, interest);
  return interest;
}

const interests = new WeakMap<Desired, ReadonlyMap<string, ReadonlySet<ResourceKey>>>();
