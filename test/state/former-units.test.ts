import { expect } from 'chai';
import { type FormerUnit, takenOver } from '../../state/former-units.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import { pendingAfter } from '../../state/pending.ts';
import { settledOf } from '../../state/settle.ts';
import { describeStep } from '../../state/step.ts';
import { closed, type Transaction } from '../../state/transaction.ts';
import {
  bridge,
  converged,
  desired,
  inventoryOf,
  link,
  links,
  observed,
  planOf,
  unitsOnDisk,
  withUnits,
} from './build.ts';
import { settled } from './passing.ts';

const [unit, netdev] = ['05-osa-net-br-a.network', '05-osa-net-br-a.netdev'];
const theirs = { hash: 'of somebody else' };
const former: FormerUnit = { type: 'file', hash: theirs.hash, mode: 0o644, uid: 0, gid: 0 };

function open(fields: Partial<Transaction>): Transaction {
  return {
    generation: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    by: 'documents',
    phase: 'trial',
    probes: [],
    changes: {},
    files: {},
    scene: {},
    formerUnits: { [unit]: former },
    ...fields,
  };
}

describe('a unit of others that a change took over', () => {
  const wanted = desired(252, bridge('a', {}, { 'osa-net.dev/adopt': 'true' }));
  const nothing = desired(252);
  const ours = observed(252, { units: unitsOnDisk(wanted) });
  const owned = inventoryOf(wanted);
  const unitSteps = (inventory: Inventory, seen = ours) =>
    planOf({ desired: nothing, observed: seen, inventory })
      .steps.filter(({ kind }) => kind.endsWith('-unit'))
      .map(describeStep);
  const removed = (name: string) => `remove-unit ${name}: ContainerBridge/a is gone`;
  const restored = `restore-unit ${unit}: the change that took it over is taken back`;

  it('is one that is there, and neither ours nor edited by hand since', () => {
    const known = (inventory: Inventory, seen: typeof ours) =>
      takenOver(planOf({ desired: wanted, observed: seen, inventory }), seen, inventory);
    const there = withUnits(observed(252), { [unit]: theirs });
    expect(known(emptyInventory, there)).to.deep.equal([unit]);
    expect(known(owned, there)).to.deep.equal([]);
    expect(known(emptyInventory, observed(252))).to.deep.equal([]);
    const earlier = withUnits(observed(252), { [unit]: { ...theirs, intactOwner: 'ContainerBridge/a' } });
    expect(known(emptyInventory, earlier)).to.deep.equal([]);
  });

  it('comes back in the place of ours when the change is taken back', () => {
    const inventory = { ...owned, transaction: open({ phase: 'reverting' }) };
    expect(unitSteps(inventory)).to.deep.equal([removed(netdev), restored]);
    expect(unitSteps(inventory, withUnits(ours, { [unit]: undefined }))).to.include(restored);
    expect(unitSteps(inventory, withUnits(ours, { [unit]: theirs }))).to.deep.equal([removed(netdev)]);
  });

  it('comes back when only the change of its owner is taken back', () => {
    const refused = { specHash: 'x', file: '', message: '' };
    const transaction = open({});
    const inventory = { ...owned, transaction, rolledBack: { 'ContainerBridge/a': refused } };
    expect(unitSteps(inventory)).to.include(restored);
  });

  it('is not forgotten where it could not be given back before the change was over', () => {
    const change = { change: 'added', file: '', specHash: 'x', before: '', wasReady: false } as const;
    const transaction = open({ phase: 'reverting', changes: { 'ContainerBridge/a': change } });
    const failure = { result: 'revert-failed', message: 'no space' } as const;
    const { inventory } = closed({ ...owned, transaction }, transaction, failure, 'now');
    expect(unitSteps(inventory)).to.include(restored);
    const known = { desired: nothing, observed: ours, inventory };
    expect(settled(known, ours, ['restore-unit']).formerUnits).to.have.key(unit);
    expect(settled(known, withUnits(ours, { [unit]: theirs }))).to.not.have.property('formerUnits');
    expect(closed({ ...owned, transaction }, transaction, undefined, 'now').inventory).to.not.have.property(
      'formerUnits',
    );
  });

  it('does not come back when the document goes', () => {
    expect(unitSteps({ ...owned, transaction: open({}) })).to.deep.equal([removed(netdev), removed(unit)]);
  });

  it('is told to networkd', () => {
    const inventory = { ...owned, units: { [unit]: owned.units[unit] ?? { owner: 'NetDev/x', hash: '' } } };
    const reverting = { ...inventory, transaction: open({ phase: 'reverting' }) };
    const plan = planOf({ desired: nothing, observed: ours, inventory: reverting });
    expect(plan.steps.map(({ kind }) => kind)).to.deep.equal(['restore-unit', 'reload']);
    expect(pendingAfter(reverting, plan).reloadPending).to.equal(true);
  });

  it('has the link that it makes, although networkd made it under the name of ours', () => {
    const known = converged(252, bridge('a'));
    const transaction = open({ phase: 'reverting', formerUnits: { [netdev]: former } });
    const inventory = { ...known.inventory, transaction };
    const plan = planOf({ desired: nothing, observed: known.observed, inventory });
    const after = observed(252, {
      units: new Map([[netdev, theirs]]),
      links: links(link('br-a', { ifindex: 99, kind: 'bridge' })),
    });
    const carried = { done: plan.steps, before: known.observed, after, isQuiet: false };
    const settled = settledOf(inventory, nothing, plan, carried);
    expect([settled.units, settled.links]).to.deep.equal([{}, {}]);
    const next = planOf({ desired: nothing, observed: after, inventory: settled });
    expect(next.steps.map(({ kind }) => kind)).to.not.include('delete-link');
  });
});
