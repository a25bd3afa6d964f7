import { expect } from 'chai';
import { newMemory } from '../../controller/memory.ts';
import { afterVerdict, endingOf, transactionFor } from '../../controller/transactions.ts';
import type { World } from '../../controller/world.ts';
import type { Changes } from '../../state/changes.ts';
import type { Probe } from '../../state/probe.ts';
import type { StatusItem } from '../../state/status.ts';
import type { Transaction } from '../../state/transaction.ts';
import { bridge, converged, desired, kept, planOf, source } from '../state/build.ts';
import { keepingLogger } from './logger.ts';
import { inventory, transaction } from './open-change.ts';

describe('a change that is taken back', () => {
  const failure = { result: 'rolled-back', message: 'no gateway' } as const;
  const back: Transaction = { ...transaction, phase: 'reverting', failure };
  const world = {
    logger: keepingLogger(),
    clock: { now: () => 0 },
    networkd: { snapshot: () => ({ state: 'running' }) },
  } as unknown as World;
  const endedWith = (fields: Partial<Transaction>, lost: readonly string[], over: boolean) => {
    const open = { ...inventory, transaction: { ...back, ...fields } };
    return endingOf(open, { kind: 'passed', over }, new Set(), lost, world);
  };
  const ending = (...of: Parameters<typeof endedWith>) => endedWith(...of)?.entry;

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

  it('suspends everything again that was until it was tried, but not a host that is not as it was', () => {
    const lifted = { suspended: 'all' } as const;
    const suspendedAfter = (fields: Partial<Transaction>, lost: readonly string[]) =>
      endedWith({ lifted, isRestored: true, ...fields }, lost, true)?.inventory.suspended;
    const change = { change: 'changed', file: '', specHash: 'b', before: 'a', wasReady: false } as const;
    expect(suspendedAfter({}, [])).to.equal('all');
    expect(suspendedAfter({}, ['eth1'])).to.equal(undefined);
    const cut = { ...inventory, transaction: { ...back, lifted, isRestored: true as const } };
    const failed = endingOf(cut, { kind: 'failed', failure }, new Set(), [], world);
    expect([failed?.entry.result, failed?.inventory.suspended]).to.deep.equal(['revert-failed', undefined]);
    expect(suspendedAfter({ changes: { 'ContainerBridge/a': change } }, []), 'not converged').to.equal(
      undefined,
    );
  });

  it('says so, too, of resources that are not as they were, where they were well', () => {
    const change = { change: 'changed', file: '', specHash: 'b', before: 'a', wasReady: true } as const;
    const resultWith = (fields: object) => {
      const changes = { 'ContainerBridge/a': { ...change, ...fields } } as Changes;
      return ending({ changes, isRestored: true }, [], true);
    };
    expect(resultWith({})?.result).to.equal('revert-failed');
    expect(resultWith({})?.message).to.include('ContainerBridge/a could not be put back as before');
    expect(resultWith({ wasReady: false })?.result).to.equal('rolled-back');
    expect(resultWith({ before: '' })?.result, 'it is gone').to.equal('rolled-back');
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

  it('is watched by what passed before the first one, also where that was withdrawn meanwhile', async () => {
    const before: Probe = { ...gateway, id: 'it passed before' };
    expect((await extendedBy({ probes: [before] }))?.probes).to.deep.equal([before]);
  });
});

describe('a change without networkd', () => {
  it('is none: whose the links are that others have put there meanwhile was not asked', async () => {
    const known = converged(252, bridge('a'));
    const away = { ...known.observed.networkd, state: 'unavailable' } as const;
    const observed = { ...known.observed, networkd: away };
    const wanted = desired(252, bridge('a', { mtu: 1400 }));
    const plan = planOf({ ...known, observed, desired: wanted }, { enableNetworkd: true });
    expect(plan.steps.map(({ kind }) => kind)).to.deep.equal(['enable-service']);
    const undertaking = { desired: wanted, plan, observed, lastGood: new Map() };
    const memory = newMemory({ ...known.inventory, transaction }, new Map());
    expect(await transactionFor(undertaking, memory, {} as World)).to.equal(transaction);
  });
});

describe('a single resource that is taken back', () => {
  it('goes back to its earlier text, also where that stood in another file', () => {
    const key = 'ContainerBridge/a';
    const moved = source('b.yaml', bridge('b'), bridge('a', { mtu: 1400 }));
    const before = kept(source('a.yaml', bridge('a')), source('b.yaml', bridge('b')));
    const change = {
      change: 'changed',
      file: moved.file,
      specHash: 'x',
      before: 'y',
      wasReady: true,
    } as const;
    const { confirmWithin, ...watched } = transaction;
    const open = { ...watched, changes: { [key]: change } };
    const failed = { type: 'Ready', status: 'False', reason: 'ApplyFailed', message: 'no' } as const;
    const item = { kind: 'ContainerBridge', metadata: { name: 'a' }, status: { conditions: [failed] } };
    const known = newMemory({ ...inventory, transaction: open }, kept(moved));
    const memory = {
      ...known,
      base: before,
      report: { ...known.report, items: [item as unknown as StatusItem] },
    };
    const world = { logger: keepingLogger() } as unknown as World;
    const { lastGood, inventory: after } = afterVerdict(memory, { kind: 'passed', over: true }, world);
    const texts = [...lastGood.values()].flatMap(({ file, loaded }) =>
      loaded.resources.map((one) => `${file} ${one.key} ${JSON.stringify(one.spec)}`),
    );
    expect(texts).to.have.length(2);
    expect(texts.join()).to.not.include('1400');
    expect([...lastGood.keys()].sort()).to.deep.equal([...before.keys()].sort());
    expect(after.rolledBack?.[key]?.specHash).to.equal('x');
    // Whoever gives a word for it wants all of it.
    const confirmed = { ...memory, inventory: { ...inventory, transaction: { ...open, confirmWithin } } };
    expect(afterVerdict(confirmed, { kind: 'passed', over: true }, world)).to.equal(confirmed);
  });
});
