import type { ResourceKey } from '../crds/resource.ts';
import { isTold } from '../state/carried.ts';
import { hasDeparting } from '../state/departed.ts';
import type { Desired } from '../state/desired.ts';
import type { HistoryEntry } from '../state/history.ts';
import { type Inventory, isReturning } from '../state/inventory.ts';
import type { Observed } from '../state/observed.ts';
import type { Plan } from '../state/plan.ts';
import type { ProbeAnswers } from '../state/probe.ts';
import { backoff } from '../state/progress.ts';
import { blockers } from '../state/recreation.ts';
import { settledOf } from '../state/settle.ts';
import { freedBy } from '../state/standing.ts';
import type { Step } from '../state/step.ts';
import { hasUnasked } from '../state/still-asked.ts';
import { type Applied, apply, type StepHook } from './apply.ts';
import type { Documents } from './documents-view.ts';
import { foresee } from './foreseeing.ts';
import { judgePass } from './judging.ts';
import { type Memory, nextMemory } from './memory.ts';
import type { Observer } from './observe.ts';
import { type Intent, recordIntent } from './recording.ts';
import { afterVerdict, type Ending, install } from './transactions.ts';
import type { Trial } from './trial.ts';
import type { World } from './world.ts';

/** One pass, done. */
export interface Pass {
  readonly memory: Memory;
  readonly plan: Plan;
  readonly observed: Observed;
  readonly applied: Applied;
  /** Resources that this pass left alone for the sake of what they depend on, and that the next one may apply. */
  readonly freed: readonly ResourceKey[];
  /** What networkd was told is looked at once more when it has carried it out. */
  readonly unsettled: boolean;
  /** The generation whose trial ended in this pass. */
  readonly ended?: HistoryEntry | undefined;
}

export interface PassInput {
  readonly world: World;
  readonly documents: Documents;
  readonly observer: Observer;
  readonly memory: Memory;
  /** Resources whose deletion the operator of the host has approved (`osa-net prune --yes`). */
  readonly approved: ReadonlySet<ResourceKey>;
  readonly onStep: StepHook;
  /** Told of what vanished and is held from now on, whatever becomes of the record of it. */
  readonly onHeld: (held: NonNullable<Inventory['held']>) => void;
  /** Told of the inventory that was written before the first step: a pass that fails later must not forget it. */
  readonly onIntent: (intent: Pick<Intent, 'inventory'> & Partial<Intent>) => void;
  readonly trial: Trial;
  /** What the probes of documents said last. */
  readonly answers: ProbeAnswers;
}

/**
 * The reconcile pass: read, desire, plan, apply, judge. What woke it does not matter; everything is read anew.
 * @throws when the state directory cannot be written or the kernel cannot be read; then nothing was changed.
 */
export async function reconcile(input: PassInput): Promise<Pass> {
  const { world, trial } = input;

  // What was tried and failed is on its way back before anything is read.
  const judgedBefore = afterVerdict(input.memory, trial.verdict(), world);

  // Read the directory, decide what the host should be, look at the host, and plan.
  const { view, memory, made, lookedAt, before, plan, vain } = await foresee(input, judgedBefore);
  const desired = made.result;

  // Record what is about to be ours and how to take it back, then do it.
  const intent = await recordIntent(input, memory, { desired, plan, observed: before });
  const known = new Set([...before.links.values()].map(({ ifindex }) => ifindex));
  const applied = await apply(plan.steps, known, world, input.onStep);
  trial.follow(intent.inventory.transaction, applied.done.length > 0, before.networkd.state === 'running');

  // Look again where something was done, and record what has become of it.
  const observed = await lookAgain(input, before, desired, intent.inventory, applied);
  const toldNow = isTold(applied.done) || memory.toldAt === undefined;
  const toldAt = toldNow ? world.clock.uptime() : memory.toldAt;
  const carried = {
    done: applied.done,
    isStartedAnew: applied.run > before.networkd.run,
    before,
    after: observed,
    isQuiet: lookedAt - toldAt >= backoff.settle,
  };
  const settled = settledOf(intent.inventory, desired, plan, carried);

  // Judge, and decide when to look at what is not as it should be.
  const aftermath = { desired, observed, inventory: settled, plan, applied };
  const { ending, inventory, ...judged } = await judgePass(input, memory, aftermath, view.files);
  if (ending) await end(world, memory, ending);
  // A change of a unit, also one that failed, may be undone by a power loss; nobody would know then what it was about.
  await world.units.sync();
  await world.store.saveInventory(inventory);
  // A word that was given counts until what came of it is durable.
  if (ending) trial.follow(undefined, false, true);

  const next = {
    ...judged,
    inventory,
    lastGood: intent.lastGood,
    blockedBy: blockers(plan),
    desired: made,
    vain,
    toldAt,
    restartFailedAt: isRestart(plan.steps) ? restartFailure(applied, world) : memory.restartFailedAt,
  };
  return {
    memory: nextMemory({ ...memory, ...intent }, next),
    plan,
    observed,
    applied,
    freed: freedBy(plan.unapplied, desired, judged.report.items),
    unsettled:
      toldNow ||
      hasDeparting(inventory, desired, observed) ||
      isLettingGo(inventory, desired, lookedAt - toldAt),
    ended: ending?.entry,
  };
}

/**
 * Whether links go back to others, leave a bridge, or have what nobody asks for any more, which networkd may still be
 * changing. @param told ms since it was told
 */
function isLettingGo(inventory: Inventory, desired: Desired, told: number): boolean {
  if (told >= 2 * backoff.settle) return false;
  const isOne = (name: string) => isReturning(name, inventory, desired.made);
  return (
    inventory.unplug !== undefined ||
    Object.keys(inventory.links).some(isOne) ||
    hasUnasked(inventory, desired)
  );
}

function isRestart(steps: readonly Step[]): boolean {
  return steps.some(({ kind }) => kind === 'restart-networkd');
}

function restartFailure({ done }: Applied, { clock }: World): number | undefined {
  return isRestart(done) ? undefined : clock.uptime();
}

async function end(world: World, memory: Memory, { entry }: Ending): Promise<void> {
  if (entry.result === 'confirmed' && memory.overlay) await install(memory.overlay, world.settings.configDir);
  await world.history.append(entry);
}

/**
 * What a reload sets off has only begun when it returns, and asking the kernel about it would hold it up: events tell
 * of it. What other steps do is there at once, and so is what a networkd made that has started since.
 */
async function lookAgain(
  { observer, world: { networkd } }: PassInput,
  before: Observed,
  desired: Desired,
  intent: Inventory,
  { done, failures }: Applied,
): Promise<Observed> {
  if (done.length === 0 && failures.size === 0) return before;
  const isSame = networkd.snapshot().run === before.networkd.run;
  const isOnlyTold = done.every(({ kind }) => kind === 'write-unit' || kind === 'reload');
  if (failures.size === 0 && isSame && isOnlyTold) {
    return observer.lookAtUnits(before, desired, intent);
  }
  observer.markKernel('all');
  return observer.look(desired, intent);
}
