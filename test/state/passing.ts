import type { Desired } from '../../state/desired.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import type { Observed } from '../../state/observed.ts';
import { intentOf } from '../../state/record.ts';
import { settledOf } from '../../state/settle.ts';
import { desired, observed, planOf } from './build.ts';

/** What a pass knows before it does anything. */
export type Known = { desired: Desired; observed: Observed; inventory: Inventory };

export const at = '2026-11-23T10:00:00.000Z';

/** The inventory before the plan of a pass. */
export function intent(known: Known, now = at): Inventory {
  return intentOf(known.inventory, known.desired, planOf(known), known.observed, now);
}

/** The inventory after the plan of a pass. @param failed kinds of steps that were not done */
export function settled(
  known: Known,
  after: Observed,
  failed: readonly string[] = [],
  isQuiet = true,
  isStartedAnew = false,
): Inventory {
  const plan = planOf(known);
  const done = plan.steps.filter(({ kind }) => !failed.includes(kind));
  return settledOf(known.inventory, known.desired, plan, {
    done,
    before: known.observed,
    after,
    isQuiet,
    isStartedAnew,
  });
}

/** An empty host that is to become as the documents say. */
export function fresh(version: number, ...documents: readonly string[]): Known {
  return { desired: desired(version, ...documents), observed: observed(version), inventory: emptyInventory };
}
