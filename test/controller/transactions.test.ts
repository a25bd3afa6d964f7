import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openHistory } from '../../controller/history.ts';
import { newMemory } from '../../controller/memory.ts';
import { endingOf, left, resumed, transactionFor } from '../../controller/transactions.ts';
import type { Trial } from '../../controller/trial.ts';
import type { World } from '../../controller/world.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import type { Probe } from '../../state/probe.ts';
import type { Transaction } from '../../state/transaction.ts';
import { bridge, converged, desired, kept, planOf, source } from '../state/build.ts';
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

describe('a change that is added to one on trial', () => {
  const gateway: Probe = { id: 'gateway', target: { type: 'gateway', family: 4 }, timeoutMs: 1_000 };
  const added = { change: 'added', file: '', specHash: 'x', before: '', wasReady: false } as const;
  const unwatched = { 'osa-net.dev/rollback': 'disabled' };

  /** The open transaction after the removal of one of two bridges is added to it. */
  async function extendedBy(fields: Partial<Transaction>, confirmTimeout?: number) {
    const known = converged(252, bridge('a'), bridge('b', {}, unwatched));
    const wanted = desired(252, bridge('b', {}, unwatched));
    const trial = { ...transaction, confirmWithin: undefined, files: {}, ...fields };
    const memory = newMemory({ ...known.inventory, transaction: trial }, new Map());
    const world = {
      logger: keepingLogger(),
      settings: { configDir: '/nowhere', confirmTimeout },
      clock: { now: () => 0, uptime: () => 0 },
      probes: { automatic: async () => [gateway], check: async () => '' },
      history: { keep: async () => undefined },
    } as unknown as World;
    const plan = planOf({ ...known, desired: wanted });
    const undertaking = { desired: wanted, plan, observed: known.observed, lastGood: new Map() };
    return transactionFor(undertaking, memory, world);
  }

  it('waits for a confirmation as it would alone', async () => {
    expect((await extendedBy({}, 60_000))?.confirmWithin).to.equal(60_000);
    expect((await extendedBy({ confirmWithin: 5_000 }, 60_000))?.confirmWithin).to.equal(5_000);
    expect((await extendedBy({}))?.confirmWithin).to.equal(undefined);
  });

  it('is watched although the first one needed no way back, and else by what passed before that', async () => {
    const first = { 'ContainerBridge/b': added } as const;
    expect((await extendedBy({ changes: first }))?.probes).to.deep.equal([gateway]);
    const other = { 'ContainerBridge/gone': { ...added, before: 'y', specHash: '' } } as const;
    expect((await extendedBy({ changes: other }))?.probes).to.deep.equal([]);
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
