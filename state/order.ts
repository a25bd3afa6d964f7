import type { LinkExpectation } from '../crds/compiled.ts';
import { dependenciesOf } from '../crds/depends-on.ts';
import { isStacked } from '../crds/networkd/stacked.ts';
import type { ResourceKey } from '../crds/resource.ts';
import type { Desired } from './desired.ts';

const orders = new WeakMap<Desired, readonly ResourceKey[]>();

/**
 * The resources in force, each after what it depends on: by its annotation, as a port of another's link, or on top of
 * one. Otherwise in their order; of circles (the checks refuse them) the first comes first.
 */
export function inDependencyOrder(desired: Desired): readonly ResourceKey[] {
  const known = orders.get(desired) ?? sorted(desired);
  orders.set(desired, known);
  return known;
}

function sorted(desired: Desired): readonly ResourceKey[] {
  const done = new Set<ResourceKey>();
  const begun = new Set<ResourceKey>();
  for (const first of desired.resources.keys()) {
    const stack = [first];
    for (let key = stack.at(-1); key !== undefined; key = stack.at(-1)) {
      const waitsFor = begun.has(key) ? [] : belowOf(key, desired).filter((below) => !begun.has(below));
      begun.add(key);
      if (waitsFor.length > 0) {
        stack.push(...waitsFor.reverse());
        continue;
      }
      stack.pop();
      done.add(key);
    }
  }
  return [...done];
}

/** What must be there before a resource: the makers of the links that it is plugged into or stands on. */
function belowOf(key: ResourceKey, desired: Desired): ResourceKey[] {
  const resource = desired.resources.get(key);
  const named = resource ? dependenciesOf(resource).filter((other) => desired.resources.has(other)) : [];
  const makers = (desired.linksOf.get(key) ?? [])
    .flatMap(({ master, parent }) => [master?.name, parent])
    .flatMap((link) => (link === undefined ? [] : (desired.made.get(link)?.owner ?? [])));
  return [...new Set([...named, ...makers])].filter((other) => other !== key);
}

/** Links of one resource, each after the one that it stands on: it cannot have a larger MTU than that one. */
export function bottomUp(links: readonly LinkExpectation[]): readonly LinkExpectation[] {
  if (!links.some(({ kind }) => isStacked(kind))) return links;
  const depthOf = ({ kind, parent }: LinkExpectation, depth: number): number => {
    const below = isStacked(kind) && depth < links.length && links.find(({ link }) => link === parent);
    return below ? depthOf(below, depth + 1) : depth;
  };
  return [...links].sort((a, b) => depthOf(a, 0) - depthOf(b, 0));
}
