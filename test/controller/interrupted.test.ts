import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openHistory } from '../../controller/history.ts';
import { left, resumed } from '../../controller/interrupted.ts';
import { newMemory } from '../../controller/memory.ts';
import type { Trial } from '../../controller/trial.ts';
import type { World } from '../../controller/world.ts';
import { emptyInventory } from '../../state/inventory.ts';
import { kept } from '../state/build.ts';
import { keepingLogger } from './logger.ts';
import { inventory, next, old, transaction } from './open-change.ts';

describe('a transaction that a start finds', () => {
  let root: string;
  let world: World;

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'osa-net-'));
    const logger = keepingLogger();
    world = { logger, history: openHistory(root, logger) } as unknown as World;
    await world.history.prepare();
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is taken back to the texts that it replaced', async () => {
    await world.history.keep([old]);
    const memory = await resumed(newMemory(inventory, kept(next)), world);
    expect(memory.inventory.transaction?.phase).to.equal('reverting');
    expect([...memory.lastGood.values()].map(({ hash }) => hash)).to.deep.equal([old.hash]);
  });

  it('has networkd told once more: whoever began to take it back may not have got to do so', async () => {
    await world.history.keep([old]);
    const memory = await resumed(newMemory(inventory, kept(next)), world);
    expect(memory.inventory.reloadPending).to.equal(true);
  });

  it('stays where these are lost, and its number is not given to another change', async () => {
    const memory = await resumed(newMemory(inventory, kept(next)), world);
    expect(memory.inventory).to.deep.equal({ ...emptyInventory, generation: 7 });
    expect([...memory.lastGood.values()]).to.deep.equal([next]);
  });

  it('stays there, is finished, and refuses what was refused before, but for what is in force by now', async () => {
    const key = 'ContainerBridge/a';
    const change = {
      change: 'changed',
      specHash: 'new',
      before: 'old',
      wasReady: true,
      file: next.file,
    } as const;
    const resumedWith = async (specHash: string) => {
      const refusal = { [key]: { specHash, file: next.file, message: '' } };
      const tried = {
        ...transaction,
        changes: { [key]: change },
        lifted: { suspended: 'all', rolledBack: refusal } as const,
      };
      return (await resumed(newMemory({ ...inventory, transaction: tried }, kept(next)), world)).inventory;
    };
    const { suspended, rolledBack } = await resumedWith('bad');
    expect([suspended, rolledBack?.[key]?.specHash]).to.deep.equal([undefined, 'bad']);
    expect(await resumedWith('new')).not.to.have.property('rolledBack');
  });
});

describe('an operator that ends while a change is on trial', () => {
  it('watches it for as long as it has to be before it calls it good', async () => {
    const order: string[] = [];
    const trial = {
      observed: async () => void order.push('observed'),
      stop: () => void order.push('stop'),
      passesNow: async () => {
        order.push('asked');
        return false;
      },
    };
    await left(newMemory(inventory, new Map()), trial as unknown as Trial, {} as World);
    expect(order).to.deep.equal(['observed', 'stop', 'asked']);
  });
});
