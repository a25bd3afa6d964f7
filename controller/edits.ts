import type { Memory } from './memory.ts';
import type { World } from './world.ts';

/** A change of the memory, and who waits for the pass that is made with it. */
interface Edit {
  readonly change: (memory: Memory) => Memory;
  readonly done: (error?: Error) => void;
}

type EditWorld = Pick<World, 'logger'> & { readonly store: Pick<World['store'], 'saveInventory'> };

/** What commands want the next pass to start with. */
export class Edits {
  readonly #world: EditWorld;
  #waiting: readonly Edit[] = [];

  constructor(world: EditWorld) {
    this.#world = world;
  }

  /** Resolves after the pass that is made with a change, or goes on with it; rejects where nothing comes of it. */
  add(change: Edit['change']): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: Error) => (error ? reject(error) : resolve());
      this.#waiting = [...this.#waiting, { change, done }];
    });
  }

  /**
   * Makes a pass with all that was decided since the last one, and tells who waits for it. What a command decides is
   * durable before anything is done about it. What is under way when the pass fails goes on with the next one; what is
   * refused must not.
   * @param holder of the memory that the pass starts with
   * @param pass is given what to call once anything may have been done
   */
  async during<T>(holder: { memory: Memory }, pass: (onUnderWay: () => void) => Promise<T>): Promise<T> {
    const edits = this.#waiting;
    this.#waiting = [];
    const before = holder.memory;
    let isUnderWay = false;
    try {
      const decided = edits.reduce((memory, { change }) => change(memory), before);
      // What nobody decided is written before the first step: a full disk is for the pass to tell of (recording.ts).
      if (edits.length > 0) await this.#world.store.saveInventory(decided.inventory);
      holder.memory = decided;
      const result = await pass(() => {
        isUnderWay = true;
      });
      for (const { done } of edits) done();
      return result;
    } catch (cause) {
      if (!isUnderWay && edits.length > 0) holder.memory = await this.#undecided(before, holder.memory);
      for (const { done } of edits) done(isUnderWay ? undefined : (cause as Error));
      throw cause;
    }
  }

  /** The memory of before; what the pass saw vanish stays held, which nobody decided (recording.ts). */
  async #undecided(before: Memory, { inventory: { held } }: Memory): Promise<Memory> {
    const { store, logger } = this.#world;
    const inventory = { ...before.inventory, ...(held && { held }) };
    await store.saveInventory(inventory).catch((cause: Error) => logger.error(cause.message));
    return { ...before, inventory };
  }
}
