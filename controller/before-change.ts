import { isAnnotated, type ResourceKey } from '../crds/resource.ts';
import type { Changes } from '../state/changes.ts';
import type { Desired } from '../state/desired.ts';
import type { Inventory } from '../state/inventory.ts';
import type { Observed } from '../state/observed.ts';
import type { Probe } from '../state/probe.ts';
import { linksOf, mergedScene, newlyBorrowed, type Scene, sceneOf } from '../state/scene.ts';
import type { Memory } from './memory.ts';
import type { World } from './world.ts';

/** Probes that pass now. None where every document that changes says that it needs no way back. */
export async function baseline(
  desired: Desired,
  changes: Changes,
  { toldAt = Number.NEGATIVE_INFINITY }: Memory,
  { probes, clock, logger }: World,
): Promise<readonly Probe[]> {
  if (needsNoWayBack(desired, changes)) return [];
  const all = [...desired.probes, ...(await probes.automatic())];
  const { told, time } = baselineAfterFlap;
  const hurry = clock.uptime() - toldAt < told ? time : baselineTime;
  const answers = await Promise.all(all.map((probe) => probes.check(probe, hurry)));
  for (const [i, { id }] of all.entries())
    if (answers[i] !== '')
      logger.info(`the change is not judged by ${id}, which fails before it: ${answers[i]}`);
  return all.filter((_, i) => answers[i] === '');
}

/** Whether each of the documents that change says so (`osa-net.dev/rollback`). */
export function needsNoWayBack(desired: Desired, changes: Changes): boolean {
  const resources = Object.keys(changes).map((key) => desired.resources.get(key as ResourceKey));
  return resources.every((resource) => resource && isAnnotated(resource, 'rollback'));
}

/** Longest that a change waits for what did not answer before either, ms: a neighbour takes a few. */
const baselineTime = 500;
/** The kernel asks a neighbour again only after a second, and right after a flap the first question may be lost. */
const baselineAfterFlap = { told: 3_000, time: 1_300 } as const;

/** What a change is about to touch. */
interface Touched {
  readonly desired: Desired;
  readonly observed: Observed;
  readonly inventory: Inventory;
  readonly changes: Changes;
  /** Links that it takes over now. */
  readonly taken: readonly string[];
}

/** How links are that a change touches, as far as nothing else tells how they were. */
export async function sceneBefore(
  { desired, observed, inventory, changes, taken }: Touched,
  { kernel }: World,
): Promise<Scene> {
  const borrowed = newlyBorrowed(desired, observed, inventory);
  const others = [...borrowed, ...taken];
  const given = others.length === 0 ? new Map() : await kernel.scene(others);
  const changed = linksOf(Object.keys(changes) as ResourceKey[], desired);
  const now = sceneOf([...others, ...changed], desired, observed, given);
  return mergedScene(inventory.transaction?.scene ?? {}, now, taken);
}
