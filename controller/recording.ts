import { notApplied } from '../state/changes.ts';
import { type Desired, worthKeeping } from '../state/desired.ts';
import type { SourceFile } from '../state/directory.ts';
import { equal } from '../state/equal.ts';
import type { Inventory } from '../state/inventory.ts';
import type { Observed } from '../state/observed.ts';
import type { Plan } from '../state/plan.ts';
import { intentOf } from '../state/record.ts';
import type { Memory } from './memory.ts';
import type { PassInput } from './reconcile.ts';
import { transactionFor } from './transactions.ts';
import type { World } from './world.ts';

/** What is on record before the first step of a plan. */
export type Intent = Pick<Memory, 'inventory' | 'lastGood' | 'base'>;

/** What a pass rests on that is about to change the host. */
export interface Prospect {
  readonly desired: Desired;
  readonly plan: Plan;
  readonly observed: Observed;
}

/**
 * Records what is about to be ours, and how to take it back. All of it is durable when this returns. `onIntent` hears of
 * the inventory as soon as that is on disk: who knows less than the disk, because something failed after that, forgets things.
 */
export async function recordIntent(
  {
    world,
    memory: { inventory: known },
    onHeld,
    onIntent,
  }: Pick<PassInput, 'world' | 'memory' | 'onHeld' | 'onIntent'>,
  memory: Memory,
  { desired, plan, observed }: Prospect,
): Promise<Intent> {
  const lastGood = lastGoodAfter(memory, desired, plan, observed);
  const transaction = await transactionFor({ desired, plan, observed, lastGood }, memory, world);
  const now = new Date(world.clock.now()).toISOString();
  const inventory = intentOf(memory.inventory, desired, plan, observed, now, transaction);
  if (inventory.held) onHeld(inventory.held);
  await save(world, known, inventory, lastGood, () => onIntent({ inventory })).catch((cause: Error) => {
    if (!needsNoRecord(inventory, known)) throw cause;
    const what = `generation ${inventory.transaction?.generation}`;
    world.logger.error(
      `cannot record how ${what} is taken back, taking it back nevertheless: ${cause.message}`,
    );
  });
  const intent = { inventory, lastGood, ...(transaction && { base: memory.base ?? memory.lastGood }) };
  onIntent(intent);
  return intent;
}

/**
 * A full disk must not keep a host cut off: who dies on a way back that is not on record begins with it again, as long as
 * all that is ours then is on record, and what others had in its place.
 */
function needsNoRecord({ transaction, units, links, resolver }: Inventory, known: Inventory): boolean {
  return (
    transaction?.phase === 'reverting' &&
    transaction.generation === known.transaction?.generation &&
    equal(resolver, known.resolver) &&
    Object.keys(units).every((name) => known.units[name]) &&
    Object.keys(links).every((name) => known.links[name])
  );
}

/** Without networkd nothing is applied, so that nothing of today is good yet. */
function lastGoodAfter(
  memory: Memory,
  desired: Desired,
  plan: Plan,
  { networkd }: Observed,
): Memory['lastGood'] {
  if (networkd.state !== 'running') return memory.lastGood;
  return worthKeeping(desired, notApplied(memory.inventory, desired, plan));
}

/** An earlier text must be replaced only when the transaction that knows it is durable. */
async function save(
  { store }: World,
  before: Inventory,
  intent: Inventory,
  lastGood: ReadonlyMap<string, SourceFile>,
  onSaved: () => void,
): Promise<void> {
  const opens = intent.transaction !== undefined && intent.transaction !== before.transaction;
  const replaces = opens && Object.values(intent.transaction.files).some((file) => file.before !== undefined);
  const saved = store.saveInventory(intent).then(onSaved);
  if (replaces) await saved;
  const both = [store.saveLastGood(lastGood), saved];
  // Whoever goes on all the same must not begin to write a file that is still being written.
  await Promise.allSettled(both);
  await Promise.all(both);
}
