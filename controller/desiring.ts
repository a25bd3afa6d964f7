import { capabilitiesOf, newestSystemd } from '../crds/networkd/capabilities.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { desire } from '../state/desired.ts';
import type { DirectoryView } from '../state/directory.ts';
import { equal } from '../state/equal.ts';
import { inForce } from '../state/force.ts';
import type { Made, Memory } from './memory.ts';
import type { World } from './world.ts';

/**
 * What the host should be, from the documents that are in force; made anew only when one of them changed.
 * @param approved resources whose deletion the operator of the host has approved
 */
export function desireNow(
  world: World,
  memory: Memory,
  view: DirectoryView,
  approved: ReadonlySet<ResourceKey>,
): Made {
  const { desired: known, lastGood, inventory } = memory;
  const version = versionNow(world, memory);
  const { rolledBack, suspended } = inventory;
  // A change on its way back is not held up by anything.
  const goesBack = inventory.transaction?.phase === 'reverting';
  const decided = goesBack ? { ...inventory, suspended: undefined } : inventory;
  const decisions = [rolledBack, suspended, view.isStandIn, goesBack];
  const isKnown = known?.version === version && equal(known.decisions, decisions);
  if (isKnown && approved.size === 0 && sameView(known.view, view)) return known;
  const force = inForce(view, lastGood, approved, decided);
  return { view, version, decisions, result: desire(force, capabilitiesOf(version)) };
}

/** The version of systemd that units are for. While networkd restarts it stays that of the last one. */
export function versionNow(world: Pick<World, 'networkd'>, { desired }: Pick<Memory, 'desired'>): number {
  return world.networkd.snapshot().version || desired?.version || newestSystemd;
}

function sameView(a: DirectoryView, b: DirectoryView): boolean {
  if (a.trouble !== b.trouble || a.files.size !== b.files.size) return false;
  return [...a.files].every(([file, entry]) => b.files.get(file) === entry);
}
