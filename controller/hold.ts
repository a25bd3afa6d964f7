import { produce } from 'immer';
import { unbroken, wayBackTo } from '../state/generations.ts';
import type { Memory } from './memory.ts';
import type { World } from './world.ts';

/**
 * Puts the documents of the generation together that a host is held on, at a start or for a look: what was kept last
 * may be from just before the hold. Where they are lost the hold ends, rather than to stand in with nothing.
 */
export async function heldAgain(
  memory: Memory,
  { history, logger }: Pick<World, 'history' | 'logger'>,
): Promise<Memory> {
  const { inventory, lastGood } = memory;
  const { hold, generation, resources } = inventory;
  if (!hold) return memory;
  try {
    const way = wayBackTo(hold.generation, unbroken(await history.entries(), generation));
    const held = await history.before(way, lastGood);
    if (held.size > 0 || Object.keys(resources).length === 0) return { ...memory, held };
    throw new Error('its documents are lost');
  } catch (cause) {
    logger.error(`cannot hold generation ${hold.generation}: ${(cause as Error).message}`);
    return { ...memory, inventory: withoutHold(inventory) };
  }
}

/** The inventory of a host that is held no more. */
export function withoutHold(inventory: Memory['inventory']): Memory['inventory'] {
  return produce(inventory, (draft) => {
    delete draft.hold;
  });
}
