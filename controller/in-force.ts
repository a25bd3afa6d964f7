import { type InForce, inForce } from '../state/force.ts';
import { approvedPrune } from './approval.ts';
import { createDocuments } from './documents-view.ts';
import { heldAgain } from './hold.ts';
import { type Memory, newMemory } from './memory.ts';
import type { Settings } from './settings.ts';
import { type Viewed, viewInForce } from './view.ts';
import type { World } from './world.ts';

/** The documents that count now, and what they were found by. */
export interface Found {
  readonly force: InForce;
  readonly view: Viewed['view'];
  readonly memory: Memory;
}

/**
 * Finds the documents in force as the operator's next pass would: its record, a hold, the directory. Changes nothing.
 * @param version of systemd
 */
export async function findInForce(
  { configDir, stateDir }: Settings,
  { store, history, logger }: Pick<World, 'store' | 'history' | 'logger'>,
  version: number,
): Promise<Found> {
  const lastGood = await store.loadLastGood(configDir);
  const inventory = await store.loadInventory();
  const documents = createDocuments(configDir, lastGood);
  const start = await heldAgain(newMemory(inventory, lastGood), { history, logger });
  const { view, memory, letGo } = await viewInForce(documents, start, version);
  const approved = new Set([...(await approvedPrune(stateDir)), ...letGo]);
  return { force: inForce(view, lastGood, approved, memory.inventory), view, memory };
}
