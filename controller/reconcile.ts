import type { ResourceKey } from '../crds/resource.ts';
import { notApplied } from '../state/changes.ts';
import { type Desired, worthKeeping } from '../state/desired.ts';
import type { SourceFile } from '../state/directory.ts';
import { equal } from '../state/equal.ts';
import type { HistoryEntry } from '../state/history.ts';
import type { Inventory } from '../state/inventory.ts';
import type { Observed } from '../state/observed.ts';
import type { Plan } from '../state/plan.ts';
import type { ProbeAnswers } from '../state/probe.ts';
import { backoff, isFresh, mayRepair, rungOf } from '../state/progress.ts';
import { intentOf } from '../state/record.ts';
import { blockers } from '../state/recreation.ts';
import { report } from '../state/report.ts';
import { foughtOver } from '../state/rivals.ts';
import { hasDeparting, settledOf } from '../state/settle.ts';
import { freedBy, standingIn } from '../state/standing.ts';
import type { Step } from '../state/step.ts';
import { type Applied, apply, type StepHook } from './apply.ts';
import { desireNow } from './desiring.ts';
import type { Documents } from './documents-view.ts';
import { type Memory, nextMemory } from './memory.ts';
import type { Observer } from './observe.ts';
import { planKnowingUsers } from './planning.ts';
import { nextProgress } from './progressing.ts';
import { afterVerdict, type Ending, endingOf, install, transactionFor } from './transactions.ts';
import type { Trial } from './trial.ts';
import { viewInForce } from './view.ts';
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
  /** Told of the inventory that was written before the first step: a pass that fails later must not forget it. */
  readonly onIntent: (memory: Pick<Memory, 'inventory' | 'base'>) => void;
  readonly trial: Trial;
  /** What the probes of documents said last. */
  readonly answers: ProbeAnswers;
}

/**
 * The reconcile pass: read, desire, plan, apply, judge. What woke it does not matter; everything is read anew.
 * @throws when the state directory cannot be written or the kernel cannot be read; then nothing was changed.
 */
export async function reconcile(input: PassInput): Promise<Pass> {
  const { world, observer, trial } = input;

  // What was tried and failed is on its way back before anything is read.
  const judgedBefore = afterVerdict(input.memory, trial.verdict(), world);

  // Read the directory, and decide what the host should be.
  const { view, memory, letGo } = await viewInForce(input.documents, judgedBefore);
  const approved = new Set([...input.approved, ...letGo]);
  const desired = desireNow(world, memory, view, approved);
  const result = desired.result;

  // Look at the host, and plan.
  const before = await observer.look(result, memory.inventory);
  const now = world.clock.now();
  const uptime = world.clock.uptime();
  const progress = memory.progress;
  const planned = await planKnowingUsers(world.kernel, {
    desired: result,
    observed: before,
    inventory: memory.inventory,
    rungOf: (key, link) =>
      rungOf(progress.get(key), now, uptime - observer.lastActivity() < backoff.calm, link),
    mayRepair: (key, field) => mayRepair(progress.get(key), field, now),
    isFresh: (key, field) => isFresh(progress.get(key), field),
    attemptsOf: (key) => progress.get(key)?.attempts ?? 0,
    standingOf: standingIn(input.memory.report.items),
    allowRecreate: world.settings.allowRecreate,
    enableNetworkd: world.settings.enableNetworkd,
  });

  // Record what is about to be ours and how to take it back, then do it.
  const lastGood = lastGoodAfter(memory, result, planned, before);
  const undertaking = { desired: result, plan: planned, observed: before, lastGood };
  const transaction = await transactionFor(undertaking, memory, world);
  const intent = intentOf(
    memory.inventory,
    result,
    planned,
    before,
    new Date(now).toISOString(),
    transaction,
  );
  const base = transaction ? { base: memory.base ?? memory.lastGood } : {};
  await save(world, input.memory.inventory, intent, lastGood);
  input.onIntent({ inventory: intent, ...base });
  const known = new Set([...before.links.values()].map(({ ifindex }) => ifindex));
  const applied = await apply(planned.steps, known, world, input.onStep);
  trial.follow(transaction, planned.steps.length > 0);

  // Look again where something was done, and record what has become of it.
  const observed = await lookAgain(input, before, result, intent, applied);
  const toldAt = applied.done.some(tellsNetworkd) ? uptime : (memory.toldAt ?? uptime);
  const isQuiet = uptime - toldAt >= backoff.settle;
  const settled = settledOf(intent, result, planned, {
    done: applied.done,
    before,
    after: observed,
    isQuiet,
  });

  // Judge, and decide when to look at what is not as it should be.
  const evidence = {
    desired: result,
    observed,
    inventory: settled,
    plan: planned,
    failures: applied.failures,
    progress,
    answers: input.answers,
    now,
  };
  const first = report(evidence, view.files, memory.report.items);
  const ending = endingOf(settled, trial.verdict(), first.converged, world);
  const inventory = ending?.inventory ?? settled;
  const next = nextProgress(input, planned, applied, observed, first, result);
  const fought = foughtOver(result, next, now);
  const clues = fought.length > 0 ? await world.clues.collect(fought) : undefined;
  const judged =
    !ending && !clues && equal([...next], [...progress])
      ? first
      : report({ ...evidence, inventory, progress: next, clues }, view.files, memory.report.items);
  if (ending) await end(world, memory, ending, trial);
  // What an earlier pass removed may come back with the power until the directory is synced; then nobody would know it.
  if (forgetsUnits(intent, inventory)) await world.units.sync();
  if (inventory !== intent) await world.store.saveInventory(inventory);

  return {
    memory: nextMemory(
      { ...memory, ...base },
      { inventory, lastGood, progress: next, report: judged, blockedBy: blockers(planned), desired, toldAt },
      ending !== undefined,
    ),
    plan: planned,
    observed,
    applied,
    freed: freedBy(planned.unapplied, result, judged.items),
    unsettled: toldAt === uptime || hasDeparting(inventory, result, observed),
    ended: ending?.entry,
  };
}

function tellsNetworkd({ kind }: Step): boolean {
  return kind === 'reload' || kind === 'restart-networkd';
}

/** Without networkd nothing is applied, so that nothing of today is good yet. */
function lastGoodAfter(
  memory: Memory,
  desired: Desired,
  planned: Plan,
  { networkd }: Observed,
): Memory['lastGood'] {
  if (networkd.state !== 'running') return memory.lastGood;
  return worthKeeping(desired, notApplied(memory.inventory, desired, planned));
}

function forgetsUnits(before: Inventory, after: Inventory): boolean {
  return Object.keys(before.units).some((name) => after.units[name] === undefined);
}

/** An earlier text must be replaced only when the transaction that knows it is durable. */
async function save(
  { store }: World,
  before: Inventory,
  intent: Inventory,
  lastGood: ReadonlyMap<string, SourceFile>,
): Promise<void> {
  const opens = intent.transaction !== undefined && intent.transaction !== before.transaction;
  const replaces = opens && Object.values(intent.transaction.files).some((file) => file.before !== undefined);
  const saved = intent === before ? undefined : store.saveInventory(intent);
  if (replaces) await saved;
  await Promise.all([store.saveLastGood(lastGood), saved]);
}

async function end(world: World, memory: Memory, { entry }: Ending, trial: Trial): Promise<void> {
  if (entry.result === 'confirmed' && memory.overlay) await install(memory.overlay, world.settings.configDir);
  await world.history.append(entry);
  trial.follow(undefined, false);
}

/**
 * What a reload sets off has only begun when it returns, and asking the kernel about it would hold it up: events tell
 * of it. What other steps do is there at once.
 */
async function lookAgain(
  { observer }: PassInput,
  before: Observed,
  desired: Desired,
  intent: Inventory,
  { done, failures }: Applied,
): Promise<Observed> {
  if (done.length === 0 && failures.size === 0) return before;
  if (failures.size === 0 && done.every(({ kind }) => kind === 'write-unit' || kind === 'reload')) {
    return observer.lookAtUnits(before, desired, intent);
  }
  observer.markKernel('all');
  return observer.look(desired, intent);
}
