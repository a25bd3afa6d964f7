import type { ResourceKey } from '../crds/resource.ts';
import { linkOfUnit } from '../crds/unit-names.ts';
import { type Carried, isTold } from './carried.ts';
import type { Desired } from './desired.ts';
import type { Inventory, Plug } from './inventory.ts';
import type { Observed } from './observed.ts';
import type { PlanInput } from './plan-input.ts';
import type { Step } from './step.ts';

type Plugs = Readonly<Record<string, Plug>>;

/** A unit that no document wants any more. */
export interface LeavingUnit {
  readonly unit: string;
  readonly owner: ResourceKey;
}

/** Ports of others whose units go while their bridge, which is ours, stays: they are to leave it. */
export function portsLetGo(
  leaving: readonly LeavingUnit[],
  { desired, observed, inventory }: PlanInput,
): Plugs {
  const found = leaving.flatMap(({ unit, owner }): readonly (readonly [string, Plug])[] => {
    const { name = '', master } = observed.links.get(linkOfUnit(unit) ?? '') ?? {};
    const bridge = inventory.links[master ?? ''];
    if (!master || !bridge || bridge.owner !== owner || inventory.links[name]) return [];
    return isLetGo(name, master, desired) ? [[name, { master, owner: bridge.owner }]] : [];
  });
  return Object.fromEntries(found);
}

/**
 * Unplugs ports that a document no longer names: networkd leaves them where they are when it forgets their units. Before
 * the reload it would be in vain: the kernel tells of a port that left its bridge as of a link that is gone, and networkd
 * finds it anew and plugs it in again while it knows the unit (measured on v247 to v262). It may be doing so just then.
 */
export function unplugSteps(
  { desired, observed, inventory }: PlanInput,
  letGo: Plugs,
  active: ReadonlySet<ResourceKey>,
): readonly Step[] {
  return Object.entries({ ...inventory.unplug, ...letGo }).flatMap(([link, { master, owner }]) => {
    if (!active.has(owner) || !isLetGo(link, master, desired) || !isPlugged(link, master, observed))
      return [];
    const reason = `${owner} no longer names it`;
    const common = { owner, reason, disruption: 'link flap' } as const;
    return { kind: 'set-link', link, property: 'master', value: '', ...common };
  });
}

/** The ports on record that networkd may still plug in again, or that are not unplugged yet. */
export function stillLetGo(
  { unplug, reloadPending }: Inventory,
  desired: Desired,
  { after, done, isQuiet }: Carried,
): Inventory['unplug'] {
  const all = Object.entries(unplug ?? {});
  const isOver = isQuiet && !isTold(done) && !reloadPending;
  const left = all.filter(
    ([port, { master }]) =>
      after.links.has(port) && isLetGo(port, master, desired) && (isPlugged(port, master, after) || !isOver),
  );
  if (left.length === all.length) return unplug;
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

/** Ports that are still in a bridge of a resource that no longer names them, sorted. */
export function portsToUnplug(
  { unplug }: Inventory,
  owner: ResourceKey,
  observed: Observed,
): readonly string[] {
  const all = Object.entries(unplug ?? {});
  const isLeft = ([port, plug]: readonly [string, Plug]) =>
    plug.owner === owner && isPlugged(port, plug.master, observed);
  return all
    .filter(isLeft)
    .map(([port]) => port)
    .sort();
}

function isLetGo(port: string, master: string, { linksOf, made }: Desired): boolean {
  return made.has(master) && ![...linksOf.values()].some((all) => all.some(({ link }) => link === port));
}

function isPlugged(port: string, master: string, { links }: Observed): boolean {
  return links.get(port)?.master === master;
}
