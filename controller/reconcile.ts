import { capabilitiesOf, newestSystemd } from '../crds/networkd/capabilities.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { mayTakeLong } from '../state/compare.ts';
import { type Desired, desire, worthKeeping } from '../state/desired.ts';
import { equal } from '../state/equal.ts';
import { type DirectoryView, inForce, type SourceFile } from '../state/force.ts';
import type { HistoryEntry } from '../state/history.ts';
import type { Inventory } from '../state/inventory.ts';
import type { Observed } from '../state/observed.ts';
import type { Plan } from '../state/plan.ts';
import {
  advance,
  backoff,
  isFresh,
  mayRepair,
  type ProgressMap,
  respecified,
  rungOf,
} from '../state/progress.ts';
import { intentOf, settledOf } from '../state/record.ts';
import { blockers } from '../state/recreation.ts';
import { type Report, report } from '../state/report.ts';
import { foughtOver } from '../state/rivals.ts';
import { freedBy, standingIn } from '../state/standing.ts';
import { notApplied, type Transaction } from '../state/transaction.ts';
import { type Applied, apply, type StepHook } from './apply.ts';
import type { Documents } from './documents-view.ts';
import type { Observer } from './observe.ts';
import { planKnowingUsers } from './planning.ts';
import { afterVerdict, type Ending, endingOf, install, transactionFor } from './transactions.ts';
import type { Trial } from './trial.ts';
import { viewInForce } from './view.ts';
import type { World } from './world.ts';

/** What one pass leaves for the next. Only the inventory and the last good files are facts; the rest may be lost. */
export interface Memory {
  readonly inventory: Inventory;
  readonly lastGood: ReadonlyMap<string, SourceFile>;
  readonly progress: ProgressMap;
  readonly report: Report;
  /** By link: resources that wait until it is detached from what is to be made anew. */
  readonly blockedBy: ReadonlyMap<string, readonly ResourceKey[]>;
  /** The desired state with what it was made from: made anew only when that changed. */
  readonly desired?: Made;
  /** The last good documents before the open transaction. */
  readonly base?: ReadonlyMap<string, SourceFile>;
  /** Documents of the earlier generation that the host is held on. */
  readonly held?: ReadonlyMap<string, SourceFile>;
  /** Documents that are only tried, by the path that they would have. */
  readonly overlay?: ReadonlyMap<string, SourceFile>;
  /** What the user wants of the next transaction. */
  readonly wish?: { readonly by: Transaction['by']; readonly confirmWithin?: number };
}

/** A desired state, and what it was made from. */
interface Made {
  readonly view: DirectoryView;
  readonly version: number;
  /** What of the inventory decides about documents. */
  readonly decisions: readonly unknown[];
  readonly result: Desired;
}

/** One pass, done. */
export interface Pass {
  readonly memory: Memory;
  readonly plan: Plan;
  readonly observed: Observed;
  readonly applied: Applied;
  /** Resources that this pass left alone for the sake of what they depend on, and that the next one may apply. */
  readonly freed: readonly ResourceKey[];
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
}

/** networkd counts as busy until it was silent for so long, ms. */
const calm = 2_000;

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
  const progress = memory.progress;
  const planned = await planKnowingUsers(world.kernel, {
    desired: result,
    observed: before,
    inventory: memory.inventory,
    rungOf: (key) => rungOf(progress.get(key), now, now - observer.lastActivity() < calm),
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
  const settled = settledOf(intent, result, planned, { done: applied.done, before, after: observed });

  // Judge, and decide when to look at what is not as it should be.
  const evidence = {
    desired: result,
    observed,
    inventory: settled,
    plan: planned,
    failures: applied.failures,
    progress,
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
      { inventory, lastGood, progress: next, report: judged, blockedBy: blockers(planned), desired },
      ending !== undefined,
    ),
    plan: planned,
    observed,
    applied,
    freed: freedBy(planned.unapplied, result, judged.items),
    ended: ending?.entry,
  };
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

/** What the next pass starts with. When a transaction is over, so is what was only about it. */
function nextMemory(
  { held, overlay, wish, base }: Memory,
  next: Omit<Memory, 'held' | 'overlay' | 'wish' | 'base'>,
  isOver: boolean,
): Memory {
  const { transaction, hold } = next.inventory;
  return {
    ...next,
    ...(transaction && base && { base }),
    ...(hold && held && { held }),
    ...(!isOver && overlay && { overlay }),
    ...(!isOver && wish && { wish }),
  };
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

function desireNow(
  world: World,
  { desired: known, lastGood, inventory }: Memory,
  view: DirectoryView,
  approved: ReadonlySet<ResourceKey>,
): Made {
  // While networkd restarts the units stay those of its last version.
  const version = world.networkd.snapshot().version || known?.version || newestSystemd;
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

function sameView(a: DirectoryView, b: DirectoryView): boolean {
  if (a.trouble !== b.trouble || a.files.size !== b.files.size) return false;
  return [...a.files].every(([file, entry]) => b.files.get(file) === entry);
}

function nextProgress(
  { world, memory, observer }: PassInput,
  planned: Plan,
  { failures }: Applied,
  observed: Observed,
  { converged, waiting }: Report,
  desired: Desired,
): ProgressMap {
  const now = world.clock.now();
  const active = now - observer.lastActivity() < calm;
  const next = new Map(memory.progress);
  for (const key of new Set([...desired.resources.keys(), ...memory.progress.keys(), ...failures.keys()])) {
    const links = (desired.linksOf.get(key) ?? []).flatMap(({ link }) => observed.links.get(link) ?? []);
    const failed = failures.has(key);
    const inert =
      planned.foreign.has(key) ||
      waiting.has(key) ||
      desired.suspended.has(key) ||
      observed.networkd.state !== 'running';
    const besideNetworkd =
      observed.networkd.capabilities.retriesFailedLinks && links.some((l) => l.setup === 'failed');
    const outcome = {
      ok: !failed && (converged.has(key) || inert || !desired.resources.has(key)),
      changed: planned.changed.has(key),
      repaired: planned.repaired.get(key) ?? [],
      failed,
      busy: active || links.some(mayTakeLong),
      floor: besideNetworkd ? backoff.besideNetworkd : 0,
    };
    const isNew = memory.inventory.resources[key]?.specHash !== desired.resources.get(key)?.specHash;
    const before = memory.progress.get(key);
    const progress = advance(isNew ? respecified(before) : before, outcome, now, world.random);
    if (progress) next.set(key, progress);
    else next.delete(key);
  }
  return next;
}
