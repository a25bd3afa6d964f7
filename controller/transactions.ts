import { basename, join } from 'node:path';
import type { ResourceKey } from '../crds/resource.ts';
import { type Changes, changesOf } from '../state/changes.ts';
import type { Desired } from '../state/desired.ts';
import { resourcesOf, type SourceFile } from '../state/directory.ts';
import { takenOver } from '../state/former-units.ts';
import type { HistoryEntry } from '../state/history.ts';
import type { Inventory } from '../state/inventory.ts';
import { lastGoodFiles } from '../state/last-good.ts';
import type { Observed } from '../state/observed.ts';
import type { Plan } from '../state/plan.ts';
import { newlyTakenOver } from '../state/scene.ts';
import { conditionOf } from '../state/status.ts';
import {
  closed,
  extended,
  type Failure,
  filesBetween,
  isDisruptive,
  isSettled,
  notAsBefore,
  regressions,
  reverting,
  type Transaction,
  without,
} from '../state/transaction.ts';
import type { Verdict } from '../state/trial.ts';
import { replaceFile } from './atomic.ts';
import { baseline, needsNoWayBack, sceneBefore } from './before-change.ts';
import { keepFormer } from './former-units.ts';
import type { Memory } from './memory.ts';
import { revisionOf } from './revision.ts';
import type { World } from './world.ts';

/** Acts on the verdict over the open transaction before anything is read: what failed is on its way back from here. */
export function afterVerdict(memory: Memory, verdict: Verdict, world: World): Memory {
  const { transaction } = memory.inventory;
  if (transaction?.phase !== 'trial' || verdict.kind === 'pending') return memory;
  if (verdict.kind === 'failed') return turnedBack(memory, verdict.failure, world);
  // Whoever confirmed it wants all of it.
  const isForgiving = transaction.confirmWithin !== undefined || !verdict.over;
  return isForgiving ? memory : withoutRegressions(memory, transaction, world);
}

/** The host goes back to the documents before the transaction. */
export function turnedBack(memory: Memory, failure: Failure, { logger }: Pick<World, 'logger'>): Memory {
  const { generation } = memory.inventory.transaction ?? {};
  logger.warn(`taking back generation ${generation}: ${failure.message}`);
  const { overlay: _, ...rest } = memory;
  return {
    ...rest,
    inventory: reverting(memory.inventory, failure),
    lastGood: memory.base ?? memory.lastGood,
  };
}

/** Takes back single resources that were Ready before their change and did not become so again. */
function withoutRegressions(memory: Memory, transaction: Transaction, { logger }: World): Memory {
  const lost = regressions(transaction, memory.report.items);
  if (lost.size === 0) return memory;
  for (const [key, message] of lost)
    logger.warn(`taking back the change of ${key}: ${message}`, { owner: key });
  const { base = memory.lastGood, lastGood: now } = memory;
  // The earlier text may have stood in another file.
  const before = resourcesOf(base.values()).filter(({ key }) => lost.has(key));
  const rest = resourcesOf(now.values()).filter(({ key }) => !lost.has(key));
  const lastGood = lastGoodFiles([...rest, ...before], now, base);
  return { ...memory, lastGood, inventory: without(memory.inventory, lost) };
}

/** What a pass is about to do to the host. */
export interface Undertaking {
  readonly desired: Desired;
  readonly plan: Plan;
  readonly observed: Observed;
  readonly lastGood: ReadonlyMap<string, SourceFile>;
}

/**
 * The transaction that a plan opens or extends, with what passed before it; undefined where the documents change
 * nothing. The texts that are replaced are durable when this returns.
 */
export async function transactionFor(
  { desired, plan, observed, lastGood }: Undertaking,
  memory: Memory,
  world: World,
): Promise<Transaction | undefined> {
  const { inventory } = memory;
  const open = inventory.transaction;
  // Without networkd nothing is changed, and whose the links are was not asked.
  if (open?.phase === 'reverting' || observed.networkd.state !== 'running') return open;
  const changes = changesIn(memory, desired, plan);
  // What it took over may be another link by now, of which nobody else knows how it was.
  const active = (Object.keys({ ...open?.changes, ...changes }) as ResourceKey[]).filter(
    (key) => !plan.foreign.has(key),
  );
  const taken = newlyTakenOver(active, desired, observed, inventory);
  if (Object.keys(changes).length === 0 && (!open || taken.length === 0)) return open;
  const base = memory.base ?? memory.lastGood;
  const files = filesBetween(base, lastGood);
  const replaced = [...base.values()].filter(({ file }) => files[file]);
  const [scene, probes, revision, taking] = await Promise.all([
    sceneBefore({ desired, observed, inventory, changes, taken }, world),
    open && isWatched(open, desired) ? open.probes : baseline(desired, changes, memory, world),
    revisionOf(world.settings.configDir),
    keepFormer(takenOver(plan, observed, inventory), open, world),
    replaced.length > 0 ? world.history.keep(replaced) : undefined,
  ]);
  const confirming = isDisruptive(plan) ? world.settings.confirmTimeout : undefined;
  const { by = 'documents', confirmWithin = confirming, lifted } = memory.wish ?? {};
  if (open) {
    const within = open.confirmWithin ?? confirmWithin;
    const more = { revision, probes, scene, ...(within !== undefined && { confirmWithin: within }) };
    return { ...extended(open, changes, files, inventory.hold), ...more, ...taking };
  }
  return {
    generation: (inventory.generation ?? 0) + 1,
    startedAt: new Date(world.clock.now()).toISOString(),
    by,
    ...(revision !== undefined && { revision }),
    phase: 'trial',
    ...(confirmWithin !== undefined && { confirmWithin }),
    probes,
    changes,
    files,
    scene,
    ...taking,
    ...(lifted && { lifted }),
  };
}

/** What a plan changes on behalf of the documents. */
export function changesIn(memory: Memory, desired: Desired, plan: Plan): Changes {
  return changesOf(memory.inventory, desired, plan, (key) => isReady(memory, key));
}

/** Whether it is known what speaks for the changes so far. What passes later may pass because of what they broke. */
function isWatched({ probes, changes }: Transaction, desired: Desired): boolean {
  return probes.length > 0 || !needsNoWayBack(desired, changes);
}

function isReady({ report }: Memory, key: ResourceKey): boolean {
  const item = report.items.find(({ kind, metadata }) => `${kind}/${metadata.name}` === key);
  return item !== undefined && conditionOf(item.status, 'Ready')?.status === 'True';
}

/** An end of a transaction that is due. */
export interface Ending {
  readonly inventory: Inventory;
  readonly entry: HistoryEntry;
}

/**
 * Ends the open transaction where nothing speaks against it any more, or nothing more can be done.
 * @param lost what of others could not be put back as it was before it
 */
export function endingOf(
  inventory: Inventory,
  verdict: Verdict,
  converged: ReadonlySet<ResourceKey>,
  lost: readonly string[],
  world: World,
): Ending | undefined {
  const { transaction } = inventory;
  if (!transaction || verdict.kind === 'pending') return undefined;
  const now = new Date(world.clock.now()).toISOString();
  if (verdict.kind === 'failed') {
    // A trial that failed is turned back by the next pass.
    if (transaction.phase === 'trial') return undefined;
    const failure = revertFailed(transaction, verdict.failure.message, world);
    return closed(inventory, goingOn(transaction, world), failure, now);
  }
  // Nothing is put back without networkd, however long that takes.
  const isOver = verdict.over && world.networkd.snapshot().state === 'running';
  const isDone = isSettled(transaction, converged, inventory);
  if (!isOver && !isDone) return undefined;
  const isBack = transaction.phase === 'reverting';
  const missing = isBack ? [...lost, ...notAsBefore(transaction, converged, inventory)] : [];
  if (missing.length > 0) {
    const why = `${missing.join(', ')} could not be put back as before: see 'osa-net status' and the log of osa-net`;
    return closed(inventory, goingOn(transaction, world), revertFailed(transaction, why, world), now);
  }
  if (transaction.failure) world.logger.warn(`generation ${transaction.generation} is taken back`);
  return closed(inventory, isDone ? transaction : goingOn(transaction, world), transaction.failure, now);
}

/** A host on which not all is as it was before is not left like that, although everything was suspended until then. */
function goingOn(transaction: Transaction, { logger }: World): Transaction {
  const { lifted, phase } = transaction;
  if (phase !== 'reverting' || !lifted?.suspended) return transaction;
  logger.warn('everything that was suspended goes on: not all is as it was before');
  return { ...transaction, lifted: { ...lifted, suspended: undefined } };
}

function revertFailed({ generation, failure }: Transaction, why: string, { logger }: World): Failure {
  logger.error(`generation ${generation} is taken back, but ${why}`);
  return { result: 'revert-failed', message: `${failure?.message}; after it was taken back: ${why}` };
}

/** Documents that were only tried become documents of the directory. */
export async function install(overlay: ReadonlyMap<string, SourceFile>, configDir: string): Promise<void> {
  for (const { file, bytes } of overlay.values()) {
    await replaceFile(join(configDir, basename(file)), bytes).catch((cause) => {
      throw new Error(`cannot keep ${basename(file)}: ${(cause as Error).message}`, { cause });
    });
  }
}
