import { expect } from 'chai';
import * as fc from 'fast-check';
import type { ResourceKey } from '../../crds/resource.ts';
import { type Change, changesOf, onHostBefore } from '../../state/changes.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import type { Condition, StatusItem } from '../../state/status.ts';
import { resumedAll, resumedSome } from '../../state/suspension.ts';
import {
  closed,
  extended,
  filesBetween,
  isDisruptive,
  isSettled,
  regressions,
  type Transaction,
} from '../../state/transaction.ts';
import {
  bridge,
  converged,
  desired,
  inventoryOf,
  kept,
  observed,
  planOf,
  source,
  withLinks,
} from './build.ts';

const now = '2026-01-02T03:04:05.000Z';
const a: ResourceKey = 'ContainerBridge/a';
const b: ResourceKey = 'ContainerBridge/b';
const c: ResourceKey = 'ContainerBridge/c';

function changed(fields: Partial<Change> = {}): Change {
  return {
    change: 'changed',
    file: '/etc/osa-net.d/a.yaml',
    specHash: 'new',
    before: 'old',
    wasReady: true,
    ...fields,
  };
}

function open(fields: Partial<Transaction> = {}): Transaction {
  return {
    generation: 7,
    startedAt: now,
    by: 'documents',
    phase: 'trial',
    probes: [],
    changes: { [a]: changed() },
    files: { 'a.yaml': { before: '1', after: '2' } },
    scene: {},
    ...fields,
  };
}

const withOpen = (transaction: Transaction): Inventory => ({ ...emptyInventory, generation: 6, transaction });

describe('the changes of a plan', () => {
  const never = () => false;

  it('are the documents that are new, changed and gone', () => {
    const before = converged(252, bridge('a'), bridge('gone'));
    const wanted = desired(252, bridge('a', { mtu: 1400 }), bridge('b'));
    const known = { ...before, desired: wanted };
    const changes = changesOf(known.inventory, wanted, planOf(known), (key) => key === a);
    const specOf = (key: ResourceKey) => wanted.resources.get(key)?.specHash;
    expect(changes).to.deep.equal({
      [a]: {
        change: 'changed',
        file: '/etc/osa-net.d/000.yaml',
        specHash: specOf(a),
        before: before.desired.resources.get(a)?.specHash,
        wasReady: true,
      },
      [b]: {
        change: 'added',
        file: '/etc/osa-net.d/001.yaml',
        specHash: specOf(b),
        before: '',
        wasReady: false,
      },
      'ContainerBridge/gone': {
        change: 'removed',
        file: '/etc/osa-net.d/001.yaml',
        specHash: '',
        before: before.desired.resources.get('ContainerBridge/gone')?.specHash,
        wasReady: false,
      },
    });
  });

  it('are none where only drift is repaired', () => {
    const known = converged(252, bridge('a', { mtu: 1400 }));
    const drifted = { ...known, observed: withLinks(known.observed, { 'br-a': { mtu: 1500 } }) };
    const plan = planOf(drifted);
    expect(plan.steps.map(({ kind }) => kind)).to.deep.equal(['set-link']);
    expect(changesOf(known.inventory, known.desired, plan, never)).to.deep.equal({});
  });

  it('are a document that was seen before and could not be applied then', () => {
    const wanted = desired(252, bridge('a'));
    const inventory = inventoryOf(wanted);
    const record = inventory.resources[a];
    if (!record) throw new Error('no record');
    const seen = { ...emptyInventory, resources: { [a]: { ...record, applied: '' } } };
    const known = { desired: wanted, observed: observed(252), inventory: seen };
    expect(changesOf(seen, wanted, planOf(known), never)[a]?.change).to.equal('added');
  });
});

describe('a transaction that goes on', () => {
  it('keeps what was before its first change and takes the latest text', () => {
    const later = { [a]: changed({ specHash: 'newer', before: 'new', wasReady: false }) };
    const next = extended(open(), later, { 'a.yaml': { before: '2', after: '3' } }, undefined);
    expect(next.changes).to.deep.equal({ [a]: changed({ specHash: 'newer' }) });
    expect(next.files).to.deep.equal({ 'a.yaml': { before: '1', after: '3' } });
  });

  it('forgets a change that its author takes back', () => {
    const back = { [a]: changed({ specHash: 'old', before: 'new' }) };
    const next = extended(open(), back, { 'a.yaml': { before: '2', after: '1' } }, undefined);
    expect(next.changes).to.deep.equal({});
    expect(next.files).to.deep.equal({});
  });

  it('is to blame on the documents once they have ended the hold that a rollback began', () => {
    const back = open({ by: 'rollback' });
    expect(extended(back, {}, {}, { generation: 1, directory: '' }).by).to.equal('rollback');
    expect(extended(back, {}, {}, undefined).by).to.equal('documents');
    expect(extended(open({ by: 'try' }), {}, {}, undefined).by).to.equal('try');
  });

  it('forgets a document that came and went', () => {
    const added = open({
      changes: { [a]: changed({ change: 'added', before: '', wasReady: false }) },
      files: { 'a.yaml': { after: '2' } },
    });
    const gone = { [a]: changed({ change: 'removed', specHash: '', before: 'new' }) };
    const next = extended(added, gone, { 'a.yaml': { before: '2' } }, undefined);
    expect([next.changes, next.files]).to.deep.equal([{}, {}]);
  });

  it('has the same files however its changes are cut into passes', (): void | Promise<void> => {
    const texts = fc.dictionary(fc.constantFrom('x', 'y', 'z'), fc.constantFrom('1', '2', '3'));
    const filesOf = (all: Record<string, string>) =>
      kept(...Object.entries(all).map(([name, text]) => ({ ...source(name), file: name, hash: text })));
    return fc.assert(
      fc.property(texts, texts, texts, (one, two, three) => {
        const first = open({ files: filesBetween(filesOf(one), filesOf(two)) });
        const merged = extended(first, {}, filesBetween(filesOf(two), filesOf(three)), undefined).files;
        expect(merged).to.deep.equal(filesBetween(filesOf(one), filesOf(three)));
      }),
    );
  });
});

describe('what stands in for the directory while a change is taken back', () => {
  const mixed = source('m.yaml', bridge('a'), bridge('b'), bridge('c'), bridge('d'));
  const record = { specHash: 'x', generation: 1, createdAt: now, file: mixed.file };
  const inventory = {
    ...withOpen(open({ changes: { [a]: changed({ before: 'x', specHash: '' }) } })),
    resources: { [b]: record, 'ContainerBridge/c': { ...record, applied: '' } },
  };

  it('is what was on the host before it, without what never was or had gone', () => {
    const [file] = [...onHostBefore(kept(mixed), inventory).values()];
    for (const keys of [file?.loaded.resources, file?.loaded.documents])
      expect(keys?.map(({ key }) => key)).to.deep.equal([a, b]);
  });

  it('is the text that was in force, and not the refused one that the directory has', () => {
    const [old, refused] = [source('a.yaml', bridge('a')), source('b.yaml', bridge('a', { mtu: 1400 }))];
    const inventory = inventoryOf(desired(252, bridge('a')));
    const files = onHostBefore(kept(old, refused), inventory);
    expect([...files.values()].map(({ file }) => file)).to.deep.equal([old.file]);
    const lost = onHostBefore(kept(refused), inventory);
    expect(lost.get(refused.file), 'rather than nothing').to.equal(refused);
  });

  it('is the very files where all of them were', () => {
    const whole = source('w.yaml', bridge('a'), bridge('b'));
    expect(onHostBefore(kept(whole), inventory).get(whole.file)).to.equal(whole);
  });
});

describe('the end of a transaction', () => {
  it('that is confirmed leaves the generation and no refusal', () => {
    const transaction = open();
    const { inventory, entry } = closed(withOpen(transaction), transaction, undefined, now);
    expect(inventory).to.deep.equal({ ...emptyInventory, generation: 7 });
    expect(entry).to.include({ generation: 7, result: 'confirmed', message: '' });
    expect(entry.changes).to.deep.equal([{ key: a, change: 'changed', file: '/etc/osa-net.d/a.yaml' }]);
  });

  it('that is confirmed still refuses the spec that was taken back from among it', () => {
    const transaction = open({ changes: { [a]: changed({ specHash: 'old', before: 'new' }) } });
    const refusal = { specHash: 'new', file: '', message: 'no carrier' };
    const { inventory } = closed(
      { ...withOpen(transaction), rolledBack: { [a]: refusal } },
      transaction,
      undefined,
      now,
    );
    expect(inventory.rolledBack).to.deep.equal({ [a]: refusal });
  });

  it('that is taken back refuses the spec, and ends a hold', () => {
    const transaction = open();
    const held = { ...withOpen(transaction), hold: { generation: 3, directory: 'x' } };
    const failure = { result: 'rolled-back', message: 'no gateway' } as const;
    const { inventory, entry } = closed(held, transaction, failure, now);
    expect(inventory.rolledBack).to.deep.equal({
      [a]: { specHash: 'new', file: '/etc/osa-net.d/a.yaml', message: 'no gateway' },
    });
    expect(inventory.hold).to.equal(undefined);
    expect(entry).to.include({ result: 'rolled-back', message: 'no gateway' });
  });

  it('that is taken back refuses again what was lifted to try it, beside what was tried', () => {
    const earlier = { specHash: 'bad', file: '/etc/osa-net.d/a.yaml', message: 'no carrier' };
    const again = { ...earlier, specHash: 'new' };
    const lifted = { rolledBack: { [a]: earlier, [b]: again, [c]: earlier } };
    const transaction = open({ by: 'try', lifted, changes: { [a]: changed(), [b]: changed() } });
    const failure = { result: 'cancelled', message: 'by hand' } as const;
    const { rolledBack = {} } = closed(withOpen(transaction), transaction, failure, now).inventory;
    expect([rolledBack[a]?.specHash, rolledBack[a]?.earlier]).to.deep.equal(['new', earlier]);
    expect([rolledBack[b]?.message, rolledBack[b]?.earlier]).to.deep.equal(['by hand', undefined]);
    expect(rolledBack[c]).to.deep.equal(earlier);
    const kept = closed(withOpen(transaction), transaction, undefined, now).inventory;
    expect(kept.rolledBack).to.equal(undefined);
    const some = resumedSome(withOpen(transaction), [c]).transaction;
    expect(Object.keys(some?.lifted?.rolledBack ?? {})).to.deep.equal([a, b]);
    const resumed = resumedAll(withOpen(transaction)).transaction;
    expect(
      resumed && closed(withOpen(resumed), resumed, failure, now).inventory.rolledBack,
    ).not.to.have.property(c);
  });

  it('that is taken back suspends everything again that was suspended until it was tried', () => {
    const transaction = open({ by: 'try', lifted: { suspended: 'all' } });
    const failure = { result: 'cancelled', message: 'by hand' } as const;
    expect(closed(withOpen(transaction), transaction, failure, now).inventory.suspended).to.equal('all');
    const all = { ...withOpen(transaction), suspended: 'all' } as const;
    expect(resumedSome(all, [a]).suspended, 'everything goes on together').to.equal('all');
    expect(closed(withOpen(transaction), transaction, undefined, now).inventory).not.to.have.property(
      'suspended',
    );
  });

  it('that is taken back leaves refused what was refused by itself before', () => {
    const refusal = { specHash: 'bad', file: '/etc/osa-net.d/a.yaml', message: 'no carrier' };
    const transaction = open({
      changes: { [a]: changed({ before: 'bad', specHash: 'old' }), [b]: changed() },
    });
    const failure = { result: 'rolled-back', message: 'no gateway' } as const;
    const known = { ...withOpen(transaction), rolledBack: { [a]: refusal } };
    const { rolledBack } = closed(known, transaction, failure, now).inventory;
    expect(rolledBack?.[a]).to.deep.equal(refusal);
    expect(rolledBack?.[b]?.specHash).to.equal('new');
  });

  it('that is taken back and has changed nothing refuses nothing', () => {
    const transaction = open({ changes: {} });
    const failure = { result: 'interrupted', message: 'power' } as const;
    expect(closed(withOpen(transaction), transaction, failure, now).inventory).not.to.have.property(
      'rolledBack',
    );
  });

  it('waits for what was added, and on the way back for it to be gone', () => {
    const changes = { [a]: changed({ change: 'added', before: '' }) };
    const record = { specHash: 'new', generation: 1, createdAt: now, file: '' };
    const there = { ...emptyInventory, resources: { [a]: record } };
    const trial = open({ changes });
    const back = open({ changes, phase: 'reverting', isRestored: true });
    expect(isSettled(trial, new Set(), there)).to.equal(false);
    expect(isSettled(trial, new Set([a]), there)).to.equal(true);
    expect(isSettled(back, new Set([a]), there)).to.equal(false);
    expect(isSettled(back, new Set(), emptyInventory)).to.equal(true);
  });

  it('waits for what was removed to be gone, and on the way back for it to be as written', () => {
    const changes = { [a]: changed({ change: 'removed', specHash: '' }) };
    expect(isSettled(open({ changes }), new Set(), emptyInventory)).to.equal(true);
    const back = open({ changes, phase: 'reverting', isRestored: true });
    expect(isSettled(back, new Set(), emptyInventory)).to.equal(false);
    expect(isSettled(back, new Set([a]), emptyInventory)).to.equal(true);
  });

  it('waits on the way back for what others had', () => {
    const back = open({ changes: {}, phase: 'reverting' });
    expect(isSettled(back, new Set(), emptyInventory)).to.equal(false);
    expect(isSettled({ ...back, isRestored: true }, new Set(), emptyInventory)).to.equal(true);
  });
});

describe('a resource that its change broke', () => {
  const item = (reason: Condition['reason'], status: Condition['status'] = 'False') =>
    ({
      kind: 'ContainerBridge',
      metadata: { name: 'a' },
      status: { conditions: [{ type: 'Ready', status, reason, message: 'why' }] },
    }) as unknown as StatusItem;

  it('was Ready, and is not because of itself', () => {
    expect([...regressions(open(), [item('ProgressingWithRetry')])]).to.deep.equal([[a, 'why']]);
    expect([...regressions(open(), [item('ApplyFailed')])]).to.deep.equal([[a, 'why']]);
  });

  for (const reason of [
    'DependencyNotReady',
    'NetworkdUnavailable',
    'Conflict',
    'ValidationFailed',
  ] as const) {
    it(`is none that is ${reason}`, () => {
      expect(regressions(open(), [item(reason)]).size).to.equal(0);
    });
  }

  it('is none that was not Ready before, or is Ready', () => {
    const unready = open({ changes: { [a]: changed({ wasReady: false }) } });
    expect(regressions(unready, [item('ApplyFailed')]).size).to.equal(0);
    expect(regressions(open(), [item('ReconciliationSucceeded', 'True')]).size).to.equal(0);
  });
});

describe('a disruptive plan', () => {
  it('changes a link that is in use, or takes one away', () => {
    const known = converged(252, bridge('a'), bridge('b'));
    const edited = desired(252, bridge('a', { mtu: 1400 }), bridge('b'));
    expect(isDisruptive(planOf({ ...known, desired: edited }))).to.equal(true);
    expect(isDisruptive(planOf({ ...known, desired: desired(252, bridge('a')) }))).to.equal(true);
  });

  it('is none that only adds', () => {
    const known = converged(252, bridge('a'));
    const more = desired(252, bridge('a'), bridge('b'));
    expect(isDisruptive(planOf({ ...known, desired: more }))).to.equal(false);
  });
});
