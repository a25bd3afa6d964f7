import { isAnnotated, type ResourceKey } from '../crds/resource.ts';
import type { Changes } from '../state/changes.ts';
import type { Desired } from '../state/desired.ts';
import type { Inventory } from '../state/inventory.ts';
import type { Observed } from '../state/observed.ts';
import type { Probe } from '../state/probe.ts';
import { linksOf, mergedScene, newlyBorrowed, type Scene, sceneOf } from '../state/scene.ts';
import type { World } from './world.ts';

/** Probes that pass now. None where every document that changes says that it needs no way back. */
export async function baseline(
  desired: Desired,
  changes: Changes,
  { probes, logger }: World,
): Promise<readonly Probe[]> {
  const resources = Object.keys(changes).map((key) => desired.resources.get(key as ResourceKey));
  if (resources.every((resource) => resource && isAnnotated(resource, 'rollback'))) return [];
  const all = [...desired.probes, ...(await probes.automatic())];
  const answers = await Promise.all(all.map((probe) => probes.check(hurried(probe))));
  for (const [i, { id }] of all.entries())
    if (answers[i] !== '')
      logger.info(`the change is not judged by ${id}, which fails before it: ${answers[i]}`);
  return all.filter((_, i) => answers[i] === '');
}

/**
 * Longest that a change waits for what does not answer anyway, ms. A neighbour takes a few; but the kernel asks it again
 * only after a second, and a change that nothing watches costs more than that.
 */
const baselineTime = 1_300;

function hurried(probe: Probe): Probe {
  return { ...probe, timeoutMs: Math.min(probe.timeoutMs, baselineTime) };
}

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
