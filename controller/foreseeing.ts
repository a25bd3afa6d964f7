import type { Desired } from '../state/desired.ts';
import type { Observed } from '../state/observed.ts';
import type { Plan } from '../state/plan.ts';
import { report } from '../state/report.ts';
import { desireNow, versionNow } from './desiring.ts';
import { type Made, type Memory, type Vain, withoutTry } from './memory.ts';
import { planNow } from './planning.ts';
import type { PassInput } from './reconcile.ts';
import { changesIn } from './transactions.ts';
import { type Viewed, viewInForce } from './view.ts';

/** What a pass is about to do. */
export interface Foreseen extends Omit<Viewed, 'letGo'> {
  readonly made: Made;
  /** When the host was looked at (uptime, ms), and what was seen. */
  readonly lookedAt: number;
  readonly before: Observed;
  readonly plan: Plan;
  /** Documents that were to be tried and would change nothing, so that the pass is made without them. */
  readonly vain?: Vain;
}

/**
 * Reads the directory, decides what the host should be, looks at the host, and plans. What speaks against documents is
 * lifted to try them, for everybody: where nothing would come of it, nothing must be done under its cover.
 */
export async function foresee(input: PassInput, memory: Memory): Promise<Foreseen> {
  const foreseen = await foreseeWith(input, memory);
  if (!isVain(foreseen)) return foreseen;
  const vain = vainOf(input, foreseen);
  if (memory.inventory.suspended === 'all') {
    // How those stand that the documents depend on is known from here: what is suspended is not judged.
    const again = await foreseeWith(input, { ...memory, report: { ...memory.report, items: vain.items } });
    if (!isVain(again)) return again;
  }
  return { ...(await foreseeWith(input, withoutTry(memory))), vain };
}

async function foreseeWith(input: PassInput, start: Memory): Promise<Foreseen> {
  const { view, memory, letGo } = await viewInForce(input.documents, start, versionNow(input.world, start));
  const made = desireNow(input.world, memory, view, new Set([...input.approved, ...letGo]));
  return { view, memory, made, ...(await lookAndPlan(input, memory, made.result)) };
}

/** How often a pass looks at a host whose networkd starts anew meanwhile: one that does so for ever is worked with. */
const looks = 3;

/** A networkd that appears makes what was missing: what was seen before that is no ground for steps. */
async function lookAndPlan(
  input: PassInput,
  memory: Memory,
  desired: Desired,
): Promise<Pick<Foreseen, 'lookedAt' | 'before' | 'plan'>> {
  const { observer, world } = input;
  for (let look = 1; ; look++) {
    const lookedAt = world.clock.uptime();
    const before = await observer.look(desired, memory.inventory);
    const plan = await planNow(input, memory, desired, before);
    const isAsSeen = world.networkd.snapshot().run === before.networkd.run;
    if (isAsSeen || look === looks) return { lookedAt, before, plan };
  }
}

/** Whether documents are to be tried and change nothing. Without networkd nothing is changed. */
function isVain({ memory, made, before, plan }: Foreseen): boolean {
  if (memory.wish?.by !== 'try' || memory.inventory.transaction) return false;
  return (
    before.networkd.state !== 'running' || Object.keys(changesIn(memory, made.result, plan)).length === 0
  );
}

function vainOf(
  { world, answers }: PassInput,
  { view, memory: { inventory, progress, report: last }, made, before: observed, plan }: Foreseen,
): Vain {
  const now = world.clock.now();
  const seen = {
    desired: made.result,
    observed,
    inventory,
    plan,
    failures: new Map(),
    progress,
    answers,
    now,
  };
  return {
    desired: made.result,
    items: report(seen, view.files, last.items).items,
    networkd: observed.networkd,
  };
}
