import { dependenciesOf } from '../crds/depends-on.ts';
import type { AnyResource, ResourceKey } from '../crds/resource.ts';
import type { Desired } from './desired.ts';
import type { PlanInput } from './plan-input.ts';
import { conditionOf, type StatusItem } from './status.ts';

/** How far a resource is: `Ready`, `synced` (only the network does not follow yet), or neither. */
export type Standing = 'ready' | 'synced' | 'not ready';

/** How resources stood when they were judged last; one that was not judged yet is not ready. */
export function standingIn(items: readonly StatusItem[]): (key: ResourceKey) => Standing {
  const standings = new Map<string, Standing>();
  for (const { kind, metadata, status } of items) {
    const isTrue = (type: 'Ready' | 'Synced') => conditionOf(status, type)?.status === 'True';
    const standing = isTrue('Ready') ? 'ready' : isTrue('Synced') ? 'synced' : 'not ready';
    standings.set(`${kind}/${metadata.name}`, standing);
  }
  return (key) => standings.get(key) ?? 'not ready';
}

/**
 * What a resource depends on, by its annotation, and that does not stand yet. A bridge that lacks nothing but the
 * carrier that this resource's own port will bring stands: both would wait for ever otherwise.
 */
export function unmetDependencies(
  resource: AnyResource,
  desired: Desired,
  standingOf: (key: ResourceKey) => Standing,
): readonly ResourceKey[] {
  const masters = (desired.linksOf.get(resource.key) ?? []).map(({ master }) => master?.name);
  const brings = new Set(masters.map((name) => name && desired.made.get(name)?.owner));
  return dependenciesOf(resource).filter((key) => {
    const standing = standingOf(key);
    return standing !== 'ready' && !(standing === 'synced' && brings.has(key));
  });
}

/**
 * Resources that are not applied for the first time yet, with what they wait for. What was applied once is never let
 * go of again because a dependency fails.
 */
export function unapplied(input: PlanInput): ReadonlyMap<ResourceKey, readonly ResourceKey[]> {
  const waiting = new Map<ResourceKey, readonly ResourceKey[]>();
  for (const resource of input.desired.resources.values()) {
    if (dependenciesOf(resource).length === 0 || wasApplied(resource, input)) continue;
    const unmet = unmetDependencies(resource, input.desired, input.standingOf);
    if (unmet.length > 0) waiting.set(resource.key, unmet);
  }
  return waiting;
}

/** Whether anything of a resource is ours already, or was before the inventory got lost. */
function wasApplied({ key }: AnyResource, { desired, observed, inventory }: PlanInput): boolean {
  if (inventory.resolver?.owner === key) return true;
  if (Object.values(inventory.links).some(({ owner }) => owner === key)) return true;
  const units = Object.values(inventory.units).some(({ owner }) => owner === key);
  return (
    units ||
    (desired.unitsOf.get(key) ?? []).some(({ name }) => observed.units.get(name)?.intactOwner !== undefined)
  );
}

/** Resources whose turn has come now that what they depend on stands. */
export function freedBy(
  waiting: ReadonlyMap<ResourceKey, unknown>,
  desired: Desired,
  items: readonly StatusItem[],
): readonly ResourceKey[] {
  if (waiting.size === 0) return [];
  const standingOf = standingIn(items);
  return [...waiting.keys()].filter((key) => {
    const resource = desired.resources.get(key);
    return resource !== undefined && unmetDependencies(resource, desired, standingOf).length === 0;
  });
}
