import type { ResourceKey } from '../crds/resource.ts';
import { linkOfUnit } from '../crds/unit-names.ts';
import { type Carried, isTold } from './carried.ts';
import type { Desired } from './desired.ts';
import type { Inventory } from './inventory.ts';
import type { Observed } from './observed.ts';
import type { PlanInput } from './plan-input.ts';
import type { Step } from './step.ts';

/** Links by name, with the resource whose bridge they are to leave. */
export type LetGo = Readonly<Record<string, ResourceKey>>;

/** A unit that no document wants any more. */
export interface LeavingUnit {
  readonly unit: string;
  readonly owner: ResourceKey;
}

/**
 * Links of others whose units go and that are in a bridge of ours, or whose document makes one that stays: they are to be
 * ports of it no longer. Also those that are none now: networkd may be about to plug them in.
 */
export function portsLetGo(
  leaving: readonly LeavingUnit[],
  { desired, observed, inventory }: PlanInput,
): LetGo {
  const { phase, scene = {} } = inventory.transaction ?? {};
  const found = leaving.flatMap(({ unit, owner }): readonly (readonly [string, ResourceKey])[] => {
    const name = linkOfUnit(unit) ?? '';
    if (!observed.links.has(name) || inventory.links[name]) return [];
    // It goes back to where it was before the change, and that may be the same bridge (`restoreSteps`).
    if (phase === 'reverting' && scene[name]) return [];
    // A port that has a document of its own is in the bridge of another.
    const whose = [owner, masterOf(name, desired, observed)].find(
      (key) => key && isLetGo(name, key, desired),
    );
    // A bridge that is to go may not let itself be deleted, and be wanted again.
    const former = ownerOfMaster(name, inventory, observed);
    if (whose) return [[name, whose]];
    return former && !isNamed(name, desired) ? [[name, former]] : [];
  });
  return Object.fromEntries(found);
}

/**
 * Unplugs ports that no document names any more: networkd leaves them where they are when it forgets their units. Before
 * the reload it would be in vain: the kernel tells of a port that left its bridge as of a link that is gone, and networkd
 * finds it anew and plugs it in again while it knows the unit (measured on v247 to v262). It may be doing so just then.
 */
export function unplugSteps(
  { desired, observed, inventory }: PlanInput,
  letGo: LetGo,
  active: ReadonlySet<ResourceKey>,
): readonly Step[] {
  return entriesOf({ ...inventory.unplug, ...letGo }).flatMap(([link, owner]) => {
    if (!active.has(owner) || !isLetGo(link, owner, desired)) return [];
    const isTaken = !letGo[link] && isManaged(link, observed);
    if (isTaken || !isPlugged(link, owner, desired, observed)) return [];
    const reason = `no document has it in a link of ${owner} any more`;
    const common = { owner, reason, disruption: 'link flap' } as const;
    return { kind: 'set-link', link, property: 'master', value: '', ...common };
  });
}

/** The ports on record that networkd may still plug in again, or that are left plugged in. */
export function stillLetGo(inventory: Inventory, desired: Desired, { after, done, isQuiet }: Carried): LetGo {
  const isOver = isQuiet && !isTold(done) && !inventory.reloadPending;
  const left = entriesOf(inventory.unplug ?? {}).filter(([port, owner]) => {
    if (!after.links.has(port) || isNamed(port, desired)) return false;
    if (!isLetGo(port, owner, desired)) return ownerOfMaster(port, inventory, after) === owner;
    return !isOver || isLeft(port, owner, desired, after);
  });
  return Object.fromEntries(left);
}

/** Ports that are still in a bridge of a resource though no document names them, sorted. */
export function portsToUnplug(
  { unplug = {} }: Inventory,
  owner: ResourceKey,
  desired: Desired,
  observed: Observed,
): readonly string[] {
  const left = entriesOf(unplug).filter(
    ([port, whose]) => whose === owner && isLeft(port, owner, desired, observed),
  );
  return left.map(([port]) => port).sort();
}

function entriesOf(ports: LetGo): readonly (readonly [port: string, owner: ResourceKey])[] {
  return Object.entries(ports);
}

/** Whether no document names a link, and what it is to leave is still made. */
function isLetGo(port: string, owner: ResourceKey, desired: Desired): boolean {
  const isMade = desired.linksOf.get(owner)?.some(({ made }) => made) ?? false;
  return isMade && !isNamed(port, desired);
}

/** Whether a document names a link. */
function isNamed(port: string, { linksOf }: Desired): boolean {
  return [...linksOf.values()].some((all) => all.some(({ link }) => link === port));
}

/** Whose link on record a port is in, whatever documents say now. */
function ownerOfMaster(
  port: string,
  { links }: Pick<Inventory, 'links'>,
  observed: Observed,
): ResourceKey | undefined {
  return links[observed.links.get(port)?.master ?? '']?.owner;
}

/** Whether a port is where it was left; another unit that matches it has the last word. */
function isLeft(port: string, owner: ResourceKey, desired: Desired, observed: Observed): boolean {
  return isPlugged(port, owner, desired, observed) && !isManaged(port, observed);
}

/** Whether networkd goes by some unit for a port. */
function isManaged(port: string, { links }: Observed): boolean {
  return ['configuring', 'configured', 'failed'].includes(links.get(port)?.setup ?? '');
}

function isPlugged(port: string, owner: ResourceKey, desired: Desired, observed: Observed): boolean {
  return masterOf(port, desired, observed) === owner;
}

/** Whose link a port is in; undefined for one that is in none of ours. */
function masterOf(port: string, { made }: Desired, { links }: Observed): ResourceKey | undefined {
  return made.get(links.get(port)?.master ?? '')?.owner;
}
