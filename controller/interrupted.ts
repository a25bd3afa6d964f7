import { produce } from 'immer';
import type { ResourceKey } from '../crds/resource.ts';
import type { Inventory } from '../state/inventory.ts';
import { putAgain } from '../state/suspension.ts';
import { closed } from '../state/transaction.ts';
import type { Memory } from './memory.ts';
import { turnedBack } from './transactions.ts';
import type { Trial } from './trial.ts';
import type { World } from './world.ts';

/**
 * What a start finds of a transaction: one that something depends on is taken back first, the rest is finished.
 * Whoever went down in the middle of a change cannot know whether the host is still reachable.
 */
export async function resumed(memory: Memory, world: World): Promise<Memory> {
  const { transaction } = memory.inventory;
  if (!transaction) return memory;
  const found = await world.history.before(transaction.files, memory.lastGood).catch((cause: Error) => {
    world.logger.error(`cannot take back generation ${transaction.generation}: ${cause.message}`);
    return undefined;
  });
  if (!found) return { ...memory, inventory: abandoned(memory.inventory) };
  const withBase = { ...memory, base: found };
  if (transaction.phase === 'reverting') return { ...withBase, lastGood: found };
  if (transaction.probes.length === 0 && transaction.confirmWithin === undefined) return withBase;
  const message = 'osa-net or the host went down before it was known to be good';
  const back = turnedBack(withBase, { result: 'interrupted', message }, world);
  // It may have been on its way back already, without a record, and networkd not have been told.
  return { ...back, inventory: { ...back.inventory, reloadPending: true } };
}

/**
 * What cannot be taken back stays, and no way back leads past it: its generation counts, and history lacks it. It may be
 * half done, so that what was suspended goes on; refusals come back, but for one of a text that is in force by now.
 */
function abandoned(inventory: Inventory): Inventory {
  return produce(inventory, (draft) => {
    const { generation, lifted, changes = {} } = inventory.transaction ?? {};
    draft.generation = generation;
    delete draft.transaction;
    const refusals = Object.entries(lifted?.rolledBack ?? {}).filter(
      ([key, entry]) => entry?.specHash !== changes[key as ResourceKey]?.specHash,
    );
    putAgain(draft, { rolledBack: Object.fromEntries(refusals) });
  });
}

/**
 * What an operator that ends leaves behind: a change that nothing speaks against counts as good once it was watched, so
 * that a restart does not take it back; any other stays open, and the next start takes it back.
 */
export async function left({ inventory }: Memory, trial: Trial, world: World): Promise<void> {
  const { transaction } = inventory;
  await trial.observed();
  trial.stop();
  if (!transaction || !(await trial.passesNow())) return;
  const ended = closed(inventory, transaction, undefined, new Date(world.clock.now()).toISOString());
  try {
    await world.history.append(ended.entry);
    await world.store.saveInventory(ended.inventory);
  } catch (cause) {
    world.logger.error(`cannot confirm generation ${transaction.generation}: ${(cause as Error).message}`);
  }
}
