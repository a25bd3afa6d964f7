import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openHistory } from '../../controller/history.ts';
import { newMemory } from '../../controller/memory.ts';
import { endingOf, resumed } from '../../controller/transactions.ts';
import type { World } from '../../controller/world.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import type { Transaction } from '../../state/transaction.ts';
import { bridge, kept, source } from '../state/build.ts';
import { keepingLogger } from './logger.ts';

const old = source('a.yaml', bridge('a'));
const next = source('a.yaml', bridge('a', { mtu: 1400 }));

/** A change of a.yaml that waits for its confirmation. */
const transaction: Transaction = {
  generation: 7,
  startedAt: '2026-01-01T00:00:00.000Z',
  by: 'documents',
  phase: 'trial',
  confirmWithin: 60_000,
  probes: [],
  changes: {},
  files: { [old.file]: { before: old.hash, after: next.hash } },
  scene: {},
};
const inventory: Inventory = { ...emptyInventory, generation: 6, transaction };

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

  it('stays where these are lost, and its number is not given to another change', async () => {
    const memory = await resumed(newMemory(inventory, kept(next)), world);
    expect(memory.inventory).to.deep.equal({ ...emptyInventory, generation: 7 });
    expect([...memory.lastGood.values()]).to.deep.equal([next]);
  });
});

describe('a change that is taken back', () => {
  const failure = { result: 'rolled-back', message: 'no gateway' } as const;
  const back: Transaction = { ...transaction, phase: 'reverting', failure };
  const world = {
    logger: keepingLogger(),
    clock: { now: () => 0 },
    networkd: { snapshot: () => ({ state: 'running' }) },
  } as unknown as World;
  const ending = (fields: Partial<Transaction>, lost: readonly string[], over: boolean) => {
    const open = { ...inventory, transaction: { ...back, ...fields } };
    return endingOf(open, { kind: 'passed', over }, new Set(), lost, world)?.entry;
  };

  it('is so once what others had is theirs again', () => {
    expect(ending({}, ['eth1'], false)).to.equal(undefined);
    expect(ending({ isRestored: true }, [], false)?.result).to.equal('rolled-back');
  });

  it('is none because of what goes back to others beside it', () => {
    expect(ending({ phase: 'trial', failure: undefined }, ['br-a'], true)?.result).to.equal('confirmed');
  });

  it('says what could not be put back when the time is over', () => {
    const entry = ending({}, ['eth1'], true);
    expect(entry?.result).to.equal('revert-failed');
    expect(entry?.message).to.match(/^no gateway; .*eth1 could not be put back as before/);
  });
});
