import type { Desired } from '../state/desired.ts';
import { equal } from '../state/equal.ts';
import type { Inventory } from '../state/inventory.ts';
import type { Observed } from '../state/observed.ts';
import type { Plan } from '../state/plan.ts';
import { type Report, report } from '../state/report.ts';
import { foughtOver } from '../state/rivals.ts';
import { notRestored } from '../state/undo.ts';
import type { Applied } from './apply.ts';
import type { Memory } from './memory.ts';
import { nextProgress } from './progressing.ts';
import type { PassInput } from './reconcile.ts';
import { type Ending, endingOf } from './transactions.ts';

/** What a pass found, did and left behind. */
export interface Aftermath {
  readonly desired: Desired;
  readonly observed: Observed;
  /** As the steps left it. */
  readonly inventory: Inventory;
  readonly plan: Plan;
  readonly applied: Applied;
}

/** What a pass came to. */
export interface PassVerdict extends Pick<Memory, 'inventory' | 'progress' | 'report'> {
  /** The open transaction ends with this pass. */
  readonly ending: Ending | undefined;
}

/**
 * Says how each resource stands, whether the open change is over, and when what is not as it should be is looked at
 * again. Who fights over a field is asked only where somebody does.
 */
export async function judgePass(
  input: PassInput,
  { progress, report: last }: Memory,
  { desired, observed, inventory, plan, applied }: Aftermath,
  files: Parameters<typeof report>[1],
): Promise<PassVerdict> {
  const { world, trial, answers } = input;
  const now = world.clock.now();
  const { failures } = applied;
  const evidence = { desired, observed, inventory, plan, failures, progress, answers, now };
  const judged = (more: Partial<Parameters<typeof report>[0]>): Report =>
    report({ ...evidence, ...more }, files, last.items);
  const first = judged({});
  const lost = notRestored(plan.steps, applied.done);
  const ending = endingOf(inventory, trial.verdict(), first.converged, lost, world);
  const next = nextProgress(input, plan, applied, observed, first, desired);
  const fought = foughtOver(desired, next, now);
  const clues = fought.length > 0 ? await world.clues.collect(fought) : undefined;
  const after = ending?.inventory ?? inventory;
  const isNews = ending !== undefined || clues !== undefined || !equal([...next], [...progress]);
  const final = isNews ? judged({ inventory: after, progress: next, clues }) : first;
  return { inventory: after, progress: next, report: final, ending };
}
