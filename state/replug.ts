import type { ResourceKey } from '../crds/resource.ts';
import { type Inventory, isReturning, type Plug } from './inventory.ts';
import type { Observed } from './observed.ts';
import type { PlanInput } from './plan-input.ts';
import type { Step } from './step.ts';

/**
 * Ports that others plugged into a bridge which is about to be made anew. They are on record before it is deleted, so
 * that they are put back whatever happens in between. What the bridge knew of a port (VLANs, cost) is not.
 */
export function plugsLost(
  { observed }: PlanInput,
  owner: ResourceKey,
  bridge: string,
  ports: readonly string[],
): readonly (readonly [string, Plug])[] {
  if (observed.links.get(bridge)?.kind !== 'bridge') return [];
  return ports
    .filter((port) => observed.links.get(port)?.master === bridge)
    .map((port) => [port, { master: bridge, owner }]);
}

/** Puts ports back whose new bridge is there; the bridge comes with a later pass than its deletion. */
export function replugSteps(
  { observed, inventory, desired }: PlanInput,
  active: ReadonlySet<ResourceKey>,
): readonly Step[] {
  return Object.entries(inventory.replug ?? {}).flatMap(([port, { master, owner }]) => {
    const isWanted =
      isReturning(master, inventory, desired.made) || (active.has(owner) && desired.made.has(master));
    if (!isWanted || !isUnplugged(port, observed) || observed.links.get(master)?.kind !== 'bridge') return [];
    return {
      kind: 'set-link',
      link: port,
      property: 'master',
      value: master,
      owner,
      reason: `${master} was made anew`,
      disruption: 'none',
    };
  });
}

/** Ports that have lost a bridge of a resource and are not back yet, sorted. */
export function portsToPutBack({ replug }: Inventory, owner: ResourceKey): readonly string[] {
  const all = Object.entries(replug ?? {});
  return all.flatMap(([port, plug]) => (plug.owner === owner ? port : [])).sort();
}

/** The ports on record that are still to be put back: neither gone nor plugged in, and their bridge is still wanted. */
export function stillUnplugged(
  inventory: Inventory,
  made: ReadonlyMap<string, unknown>,
  observed: Observed,
): Inventory['replug'] {
  const all = Object.entries(inventory.replug ?? {});
  const isWanted = (master: string) => made.has(master) || isReturning(master, inventory, made);
  const left = all.filter(([port, { master }]) => isWanted(master) && isUnplugged(port, observed));
  if (left.length === all.length) return inventory.replug;
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

function isUnplugged(port: string, { links }: Observed): boolean {
  const seen = links.get(port);
  return seen !== undefined && seen.master === undefined;
}
