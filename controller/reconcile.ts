import { capabilitiesOf, newestSystemd } from '../crds/networkd/capabilities.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { isAtWork } from '../state/compare.ts';
import { type Desired, desire, worthKeeping } from '../state/desired.ts';
import { equal } from '../state/equal.ts';
import { type DirectoryView, inForce, type SourceFile } from '../state/force.ts';
import type { Inventory } from '../state/inventory.ts';
import type { Observed } from '../state/observed.ts';
import { type Plan, plan } from '../state/plan.ts';
import { advance, backoff, isFresh, mayRepair, type ProgressMap, rungOf } from '../state/progress.ts';
import { intentOf, settledOf } from '../state/record.ts';
import { type Report, report } from '../state/report.ts';
import { type Applied, apply, type StepHook } from './apply.ts';
import type { Documents } from './documents-view.ts';
import type { Observer } from './observe.ts';
import type { World } from './world.ts';

/** What one pass leaves for the next. Only the inventory and the last good files are facts; the rest may be lost. */
export interface Memory {
  readonly inventory: Inventory;
  readonly lastGood: ReadonlyMap<string, SourceFile>;
  readonly progress: ProgressMap;
  readonly report: Report;
  /** The desired state with what it was made from: made anew only when that changed. */
  readonly desired?: { readonly view: DirectoryView; readonly version: number; readonly result: Desired };
}

/** One pass, done. */
export interface Pass {
  readonly memory: Memory;
  readonly plan: Plan;
  readonly observed: Observed;
  readonly applied: Applied;
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
  readonly onIntent: (inventory: Inventory) => void;
}

/** networkd counts as busy until it was silent for so long, ms. */
const calm = 2_000;

/**
 * The reconcile pass: read, desire, plan, apply, judge. What woke it does not matter; everything is read anew.
 * @throws when the state directory cannot be written or the kernel cannot be read; then nothing was changed.
 */
export async function reconcile(input: PassInput): Promise<Pass> {
  const { world, observer, documents } = input;

  // Read the directory, and decide what the host should be.
  const desired = await desireNow(input, await documents.view());
  const result = desired.result;
  const lastGood = worthKeeping(result);

  // Look at the host, and plan.
  const before = await observer.look(result, input.memory.inventory);
  const now = world.clock.now();
  const progress = input.memory.progress;
  const planned = plan({
    desired: result,
    observed: before,
    inventory: input.memory.inventory,
    rungOf: (key) => rungOf(progress.get(key), now, now - observer.lastActivity() < calm),
    mayRepair: (key, field) => mayRepair(progress.get(key), field, now),
    isFresh: (key, field) => isFresh(progress.get(key), field),
    enableNetworkd: world.settings.enableNetworkd,
  });

  // Record what is about to be ours, then do it.
  const intent = intentOf(input.memory.inventory, result, planned, before, new Date(now).toISOString());
  await Promise.all([
    world.store.saveLastGood(lastGood),
    intent === input.memory.inventory ? undefined : world.store.saveInventory(intent),
  ]);
  input.onIntent(intent);
  const known = new Set([...before.links.values()].map(({ ifindex }) => ifindex));
  const applied = await apply(planned.steps, known, world, input.onStep);

  // Look again where something was done, and record what has become of it.
  const observed = await lookAgain(input, before, result, intent, applied);
  const inventory = settledOf(intent, result, planned, { done: applied.done, before, after: observed });
  if (inventory !== intent) await world.store.saveInventory(inventory);

  // Judge, and decide when to look at what is not as it should be.
  const evidence = {
    desired: result,
    observed,
    inventory,
    plan: planned,
    failures: applied.failures,
    progress,
    now,
  };
  const first = report(evidence, desired.view.files, input.memory.report.items);
  const next = nextProgress(input, planned, applied, observed, first, result);
  const judged = equal([...next], [...progress])
    ? first
    : report({ ...evidence, progress: next }, desired.view.files, input.memory.report.items);
  const memory = { inventory, lastGood, progress: next, report: judged, desired };
  return { memory, plan: planned, observed, applied };
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

async function desireNow(
  { world, memory, approved }: PassInput,
  view: DirectoryView,
): Promise<NonNullable<Memory['desired']>> {
  const known = memory.desired;
  // While networkd restarts the units stay those of its last version.
  const version = world.networkd.snapshot().version || known?.version || newestSystemd;
  if (known && known.version === version && approved.size === 0 && sameView(known.view, view)) return known;
  const force = inForce(view, memory.lastGood, approved, memory.inventory);
  return { view, version, result: desire(force, capabilitiesOf(version)) };
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
  { converged }: Report,
  desired: Desired,
): ProgressMap {
  const now = world.clock.now();
  const active = now - observer.lastActivity() < calm;
  const next = new Map(memory.progress);
  for (const key of new Set([...desired.resources.keys(), ...memory.progress.keys(), ...failures.keys()])) {
    const links = (desired.linksOf.get(key) ?? []).flatMap(({ link }) => observed.links.get(link) ?? []);
    const failed = failures.has(key);
    const inert =
      planned.foreign.has(key) || desired.suspended.has(key) || observed.networkd.state !== 'running';
    const besideNetworkd =
      observed.networkd.capabilities.retriesFailedLinks && links.some((l) => l.setup === 'failed');
    const outcome = {
      ok: !failed && (converged.has(key) || inert || !desired.resources.has(key)),
      changed: planned.changed.has(key),
      repaired: planned.repaired.get(key) ?? [],
      failed,
      busy: active || links.some(isAtWork),
      floor: besideNetworkd ? backoff.besideNetworkd : 0,
    };
    const progress = advance(memory.progress.get(key), outcome, now, world.random);
    if (progress) next.set(key, progress);
    else next.delete(key);
  }
  return next;
}
