import { setTimeout as sleep } from 'node:timers/promises';
import { capabilitiesOf, newestSystemd } from '../crds/networkd/capabilities.ts';
import type { HistoryEntry } from '../state/history.ts';
import { backoff, withoutFuture } from '../state/progress.ts';
import type { OperatorStatus, StatusItem } from '../state/status.ts';
import type { StepHook } from './apply.ts';
import { approvedPrune, forgetApproval } from './approval.ts';
import { createCommands } from './commands.ts';
import type { ControlHandler } from './control.ts';
import { createDocuments, type Documents } from './documents-view.ts';
import { Edits } from './edits.ts';
import { heldAgain } from './hold.ts';
import { left, resumed } from './interrupted.ts';
import { type Memory, newMemory } from './memory.ts';
import { createObserver, type Observer } from './observe.ts';
import { isOver, isReady } from './once.ts';
import { operatorStatus } from './operator-status.ts';
import { untilRestart } from './planning.ts';
import { ProbeWatch } from './probes/watch.ts';
import { createPublisher, identity, type Publisher } from './publish.ts';
import { WorkQueue } from './queue.ts';
import { type Pass, reconcile } from './reconcile.ts';
import { Trial } from './trial.ts';
import { type Key, wakeOn } from './wake.ts';
import { warmUp } from './warm-up.ts';
import type { World } from './world.ts';

/** How the loop is run. */
export interface LoopOptions {
  /** Converge once, then return. */
  readonly once: boolean;
  /** Of osa-net itself, for the status. */
  readonly version: string;
  /** Ends the loop after the pass that is under way. */
  readonly signal: AbortSignal;
  /** Registers a listener for wishes from outside to look at everything now (SIGHUP). */
  readonly onWake: (listener: () => void) => void;
  /** Is given what answers commands, once there is a loop that can act on them. */
  readonly control?: (handler: ControlHandler) => void;
  /** Called before each step; tests stop the process there. */
  readonly onStep?: StepHook;
  /** Called when a pass begins and when it ended (with what is published then); supervision hangs on it. */
  readonly onPass?: (phase: 'begins' | 'ended', items: readonly StatusItem[]) => void;
}

/** Time after which a pass that could not be finished is tried again, ms. */
const retryTime = 2_000;
/** After a pass the loop rests this many times as long: while events keep coming, networkd needs the machine more. */
const restFactor = 4;
/** Events that come within this time of each other are one pass, ms. */
const coalesce = 20;
/** How long the first pass waits for the watches on the kernel and the directory, ms. */
const longestStart = 1_000;
/** Longest rest between two passes, ms. */
const longestRest = 1_000;

/** Everything the loop carries from pass to pass. */
interface State {
  readonly world: World;
  readonly queue: WorkQueue<Key>;
  readonly documents: Documents;
  readonly observer: Observer;
  readonly trial: Trial;
  readonly probes: ProbeWatch;
  readonly publisher: Publisher;
  readonly self: Awaited<ReturnType<typeof identity>>;
  memory: Memory;
  /** What commands want the next pass to start with. */
  readonly edits: Edits;
  /** Who waits for the end of a trial. */
  readonly waiting: ((entry: HistoryEntry) => void)[];
  /** Conditions of the operator itself, as they were published last. */
  said: OperatorStatus['conditions'];
}

/**
 * The reconcile loop: takes what is due, makes a pass, rests. Ends when it is told to, or with `once` when everything
 * converged or nothing more can be done about it.
 */
export async function runLoop(world: World, options: LoopOptions): Promise<{ converged: boolean }> {
  const state = await begin(world, options.version);
  const { queue } = state;
  const wakers = wakeOn(world, queue, state.observer, () => state.memory, options.onWake);
  options.signal.addEventListener('abort', () => queue.close(), { once: true });
  const startedAt = world.clock.uptime();
  options.control?.(commandsOf(state));
  try {
    // Looked at only when changes are seen, so that one pass does and nothing falls in between.
    await Promise.race([wakers.ready, sleep(longestStart, undefined, { ref: false })]);
    queue.add('everything');
    for (;;) {
      if (options.signal.aborted) break;
      const keys = await queue.take();
      if (keys.size === 0) break;
      const began = world.clock.now();
      await passSafely(state, keys, options);
      wakers.adapt();
      if (options.once && isOver(state.memory, world.clock.uptime() - startedAt)) break;
      await rest(world.clock.now() - began, options.signal);
      queue.done(keys);
    }
  } finally {
    queue.close();
    state.probes.stop();
    await wakers.stop();
    await left(state.memory, state.trial, world);
  }
  return { converged: state.memory.report.items.every(isReady) };
}

async function begin(world: World, version: string): Promise<State> {
  const { settings, store, clock, units, history } = world;
  await Promise.all([store.prepare(), units.prepare(), history.prepare()]);
  const lastGood = await store.loadLastGood(settings.configDir);
  if (lastGood.size === 0) warmUp(capabilitiesOf(newestSystemd));
  const inventory = await store.loadInventory();
  const memory = await resumed(await heldAgain(newMemory(inventory, lastGood), world), world);
  const queue = new WorkQueue<Key>(clock);
  const trial = new Trial(world, () => queue.add('everything'));
  trial.follow(memory.inventory.transaction, true, true);
  return {
    world,
    queue,
    documents: createDocuments(settings.configDir, lastGood),
    observer: createObserver(world),
    trial,
    probes: new ProbeWatch(world, (key) => queue.add(key)),
    publisher: await createPublisher(settings.runtimeDir),
    self: await identity(version),
    memory,
    edits: new Edits(world),
    waiting: [],
    said: [],
  };
}

/** A pass that cannot be finished (full disk, no kernel answer) costs a condition and a retry, never the loop. */
async function passSafely(state: State, keys: ReadonlySet<Key>, options: LoopOptions): Promise<void> {
  const { world, queue } = state;
  const began = world.clock.now();
  let trouble = '';
  options.onPass?.('begins', state.memory.report.items);
  try {
    const pass = await passOnce(state, options);
    const ms = world.clock.now() - began;
    world.logger.debug('pass', { woken: [...keys].sort().join(' '), steps: pass.applied.done.length, ms });
  } catch (cause) {
    trouble = `cannot finish a pass: ${(cause as Error).message}`;
    world.logger.error(trouble);
    state.observer.markKernel('all');
    queue.addAt('everything', world.clock.now() + retryTime);
  }
  const { items } = state.memory.report;
  const operator = operatorStatus(state, trouble, state.said);
  state.said = operator.conditions;
  await state.publisher.publish({ operator, items }).catch((cause: Error) => {
    world.logger.error(cause.message);
    queue.addAt('everything', world.clock.now() + retryTime);
  });
  options.onPass?.('ended', items);
}

async function passOnce(state: State, { onStep }: LoopOptions): Promise<Pass> {
  const { world, documents, observer, trial } = state;
  const pass = await state.edits.during(state, async (onUnderWay) => {
    const approved = await approvedPrune(world.settings.stateDir);
    const { memory } = state;
    const progress = withoutFuture(memory.progress, world.clock.now());
    const made = await reconcile({
      world,
      documents,
      observer,
      trial,
      answers: state.probes.answers(),
      memory: { ...memory, progress },
      approved,
      onStep: onStep ?? (() => undefined),
      onHeld: (held) => {
        state.memory = { ...state.memory, inventory: { ...state.memory.inventory, held } };
      },
      onIntent: (intent) => {
        onUnderWay();
        state.memory = { ...state.memory, ...intent };
      },
    });
    state.memory = made.memory;
    if (approved.size > 0) await forgetApproval(world.settings.stateDir);
    appointRetries(state.queue, memory, made.memory, world);
    return made;
  });
  state.probes.follow(pass.memory.desired?.result.probes ?? []);
  for (const key of pass.freed) state.queue.add(key);
  if (pass.unsettled) state.queue.addAt('everything', world.clock.now() + backoff.settle);
  if (pass.ended) ended(pass.ended, state);
  // No resource tells of it, and none is tried again for it.
  if (pass.applied.trouble) throw new Error(pass.applied.trouble);
  return pass;
}

/** What was edited while a change was taken back waits for the next pass. */
function ended(entry: HistoryEntry, { waiting, queue }: State): void {
  for (const tell of waiting.splice(0)) tell(entry);
  if (entry.result !== 'confirmed') queue.add('everything');
}

function appointRetries(queue: WorkQueue<Key>, before: Memory, after: Memory, world: World): void {
  const { clock } = world;
  for (const key of before.progress.keys()) if (!after.progress.has(key)) queue.forget(key);
  for (const [key, { nextAt, since }] of after.progress) {
    if (since !== 0) queue.addAt(key, Math.max(nextAt, clock.now() + 1));
  }
  const wait = untilRestart(after, world);
  if (wait > 0) queue.addAt('everything', clock.now() + wait);
}

function commandsOf(state: State): ControlHandler {
  const { world, trial, documents, edits, waiting, queue } = state;
  return createCommands({
    world,
    trial,
    documents,
    memory: () => state.memory,
    edit: (change) => {
      const made = edits.add(change);
      queue.add('everything');
      return made;
    },
    nextEnd: () => new Promise((resolve) => waiting.push(resolve)),
  });
}

async function rest(lastPass: number, signal: AbortSignal): Promise<void> {
  const time = Math.min(longestRest, Math.max(coalesce, lastPass * restFactor));
  await sleep(time, undefined, { signal }).catch(() => undefined);
}
