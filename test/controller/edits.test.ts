import { expect } from 'chai';
import { Edits } from '../../controller/edits.ts';
import { type Memory, newMemory } from '../../controller/memory.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import { keepingLogger } from './logger.ts';

const suspend = (memory: Memory): Memory => ({
  ...memory,
  inventory: { ...memory.inventory, suspended: 'all' },
});

describe('what commands decide', () => {
  let holder: { memory: Memory };
  let saved: Inventory['suspended'][];
  let edits: Edits;

  beforeEach(() => {
    holder = { memory: newMemory(emptyInventory, new Map()) };
    saved = [];
    const saveInventory = async ({ suspended }: Inventory) => void saved.push(suspended);
    edits = new Edits({ logger: keepingLogger(), store: { saveInventory } });
  });

  const failing = async () => {
    throw new Error('no space');
  };
  const messageOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'done',
      (cause: Error) => cause.message,
    );

  it('is durable before the pass that is made with it, and answered after it', async () => {
    const answer = messageOf(edits.add(suspend));
    const seen = await edits.during(holder, async () => [holder.memory.inventory.suspended, ...saved]);
    expect(seen).to.deep.equal(['all', 'all']);
    expect(await answer).to.equal('done');
    await edits.during(holder, async () => undefined);
    expect(holder.memory.inventory.suspended, 'and lasts').to.equal('all');
  });

  it('is all that is written before a pass: one without any must not fail for want of space', async () => {
    await edits.during(holder, async () => undefined);
    expect(saved).to.deep.equal([]);
  });

  it('is forgotten, on the disk too, where it is refused as the pass fails before anything is done', async () => {
    const answer = messageOf(edits.add(suspend));
    expect(await messageOf(edits.during(holder, failing))).to.equal('no space');
    expect(await answer).to.equal('no space');
    expect([holder.memory.inventory.suspended, saved]).to.deep.equal([undefined, ['all', undefined]]);
  });

  it('takes nothing with it, where it is refused, of what the pass saw vanish', async () => {
    const answer = messageOf(edits.add(suspend));
    const pass = () => {
      const { inventory } = holder.memory;
      holder.memory = { ...holder.memory, inventory: { ...inventory, held: ['ContainerBridge/c'] } };
      return failing();
    };
    expect(await messageOf(edits.during(holder, pass))).to.equal('no space');
    expect(await answer).to.equal('no space');
    const { suspended, held } = holder.memory.inventory;
    expect({ suspended, held }).to.deep.equal({ suspended: undefined, held: ['ContainerBridge/c'] });
  });

  it('goes on with the next pass once something may have been done', async () => {
    const answer = messageOf(edits.add(suspend));
    const pass = (onUnderWay: () => void) => {
      onUnderWay();
      return failing();
    };
    expect(await messageOf(edits.during(holder, pass))).to.equal('no space');
    expect([await answer, holder.memory.inventory.suspended]).to.deep.equal(['done', 'all']);
  });
});
