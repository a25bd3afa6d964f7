import { expect } from 'chai';
import { emptyInventory } from '../../state/inventory.ts';
import type { Plan } from '../../state/plan.ts';
import { describeStep } from '../../state/step.ts';
import {
  bridge,
  converged,
  desired,
  integration,
  inventoryOf,
  link,
  links,
  observed,
  planOf,
  unitsOnDisk,
  withLinks,
  withUnits,
} from './build.ts';
import { intent, settled } from './passing.ts';

const lines = ({ steps }: Plan) => steps.map(describeStep);
const kinds = ({ steps }: Plan) => steps.map(({ kind }) => kind);

describe('the plan and what is not wanted any more', () => {
  it('removes the units and links of a document that is gone, and nothing else', () => {
    const known = converged(252, bridge('a', { dummies: ['d0'] }), bridge('b'));
    const plan = planOf({ ...known, desired: desired(252, bridge('b')) });
    expect(lines(plan)).to.deep.equal([
      'remove-unit 05-osa-net-br-a.netdev: ContainerBridge/a is gone',
      'remove-unit 05-osa-net-br-a.network: ContainerBridge/a is gone',
      'remove-unit 05-osa-net-d0.netdev: ContainerBridge/a is gone',
      'remove-unit 05-osa-net-d0.network: ContainerBridge/a is gone',
      'delete-link br-a: ContainerBridge/a is gone',
      'delete-link d0: ContainerBridge/a is gone',
      'reload systemd-networkd: 4 units changed',
    ]);
  });

  it('replaces a renamed interface', () => {
    const known = converged(252, bridge('a', { interface: 'br-old' }));
    const plan = planOf({ ...known, desired: desired(252, bridge('a', { interface: 'br-new' })) });
    expect(kinds(plan)).to.deep.equal([
      'remove-unit',
      'remove-unit',
      'write-unit',
      'write-unit',
      'delete-link',
      'reload',
    ]);
    expect(lines(plan)).to.include('delete-link br-old: ContainerBridge/a no longer has it');
  });

  it('leaves a link of another kind alone, whatever the inventory says', () => {
    const known = converged(252, bridge('a'));
    const seen = withLinks(known.observed, { 'br-a': { kind: 'dummy' } });
    expect(lines(planOf({ ...known, desired: desired(252), observed: seen })).join()).not.to.include(
      'delete-link',
    );
  });

  it('leaves a link alone that only has the name and the kind of ours', () => {
    const known = converged(252, bridge('a'));
    const gone = { ...known, desired: desired(252) };
    const bare = { ...known.observed, units: new Map() };
    const removals = [
      'remove-unit 05-osa-net-br-a.netdev: ContainerBridge/a is gone',
      'remove-unit 05-osa-net-br-a.network: ContainerBridge/a is gone',
    ];
    const reload = 'reload systemd-networkd: 2 units changed';
    const deletion = 'delete-link br-a: ContainerBridge/a is gone';
    expect(lines(planOf({ ...gone, observed: bare }))).to.deep.equal([...removals, deletion, reload]);
    const other = withLinks(bare, { 'br-a': { ifindex: 99 } });
    expect(lines(planOf({ ...gone, observed: other }))).to.deep.equal([...removals, reload]);
  });

  it('tells networkd also of units that somebody has deleted before: it knows them until then', () => {
    const known = converged(252, bridge('a'));
    const bare = withLinks({ ...known.observed, units: new Map() }, { 'br-a': undefined });
    const gone = { ...known, desired: desired(252), observed: bare };
    expect(lines(planOf(gone))).to.deep.equal([
      'remove-unit 05-osa-net-br-a.netdev: ContainerBridge/a is gone',
      'remove-unit 05-osa-net-br-a.network: ContainerBridge/a is gone',
      'reload systemd-networkd: 2 units changed',
    ]);
    expect(intent(gone).reloadPending, 'on record, should the operator go down before it').to.equal(true);
    expect(settled(gone, bare, [], false).units).to.deep.equal({});
  });

  it('hands a link over to another document without deleting it', () => {
    const known = converged(252, bridge('a', { interface: 'br0' }));
    const plan = planOf({ ...known, desired: desired(252, bridge('b', { interface: 'br0' })) });
    expect(lines(plan)).to.deep.equal([
      'write-unit 05-osa-net-br0.netdev: the document changed',
      'write-unit 05-osa-net-br0.network: the document changed (link flap)',
      'reload systemd-networkd: 2 units changed',
    ]);
  });

  const known = converged(252, bridge('a'), bridge('b'));
  const without = desired(252, bridge('b'));
  const record = known.inventory.resources['ContainerBridge/a'];
  for (const [what, input] of [
    [
      'its document was annotated to be left in place',
      { inventory: { ...known.inventory, resources: { 'ContainerBridge/a': { ...record, keep: true } } } },
    ],
    [
      'its document still stands in the directory, although it is not in force',
      { desired: { ...without, inForce: { ...without.inForce, present: new Set(['ContainerBridge/a']) } } },
    ],
    [
      'the prune guard holds it, although it is not in force',
      {
        desired: {
          ...without,
          inForce: { ...without.inForce, prune: { blocked: 'x', held: ['ContainerBridge/a'] } },
        },
      },
    ],
    [
      'the directory cannot be read',
      {
        desired: {
          ...without,
          inForce: { ...without.inForce, prune: { blocked: 'x', held: [], everything: true } },
        },
      },
    ],
  ] as const) {
    it(`removes nothing of a resource when ${what}`, () => {
      expect(planOf({ ...known, desired: without, ...(input as object) }).steps).to.deep.equal([]);
    });
  }
});

describe('the plan and what others made', () => {
  const taken = observed(252, {
    links: links(link('br-a', { kind: 'bridge' }), link('d0', { kind: 'dummy' })),
  });

  it('does nothing for a resource whose names are taken, and everything for the rest', () => {
    const wanted = desired(252, bridge('a', { dummies: ['d1'] }), bridge('b'));
    const plan = planOf({ desired: wanted, observed: taken, inventory: emptyInventory });
    expect([...plan.foreign.keys()]).to.deep.equal(['ContainerBridge/a']);
    expect(plan.steps.every(({ owner }) => owner === undefined || owner === 'ContainerBridge/b')).to.equal(
      true,
    );
    expect(kinds(plan)).to.deep.equal(['write-unit', 'write-unit', 'reload']);
  });

  it('does not touch their units, although a link that they name is made anew', () => {
    const wanted = desired(252, bridge('a'), integration('m', 'br-a'));
    const seen = observed(252, { units: unitsOnDisk(wanted) });
    const foreign = withUnits(seen, { '05-osa-net-mv-m-v1.network': { hash: 'of somebody else' } });
    const { 'ContainerBridge/a': _, ...resources } = inventoryOf(wanted).resources;
    const mine = desired(252, bridge('a'));
    const plan = planOf({
      desired: wanted,
      observed: foreign,
      inventory: { ...inventoryOf(mine), resources },
    });
    expect([...plan.foreign.keys()]).to.deep.equal(['MacvlanIntegration/m']);
    expect(lines(plan)).to.deep.equal(['reload systemd-networkd: links must be made or looked at anew']);
  });

  it('takes over where the document says so: in place up to v256, anew from v257', () => {
    const wanted = (version: number) => desired(version, bridge('a', {}, { 'osa-net.dev/adopt': 'true' }));
    const planned = (version: number) => {
      const networkd = observed(version).networkd;
      return planOf({
        desired: wanted(version),
        observed: { ...taken, networkd },
        inventory: emptyInventory,
      });
    };
    expect(kinds(planned(256))).to.deep.equal(['write-unit', 'write-unit', 'reload']);
    expect(lines(planned(257))).to.include(
      'delete-link br-a: taken over: this systemd cannot adopt a link (recreate)',
    );
  });

  it('leaves a suspended resource as it is, and deletes it with its document', () => {
    const known = converged(252, bridge('a', { mtu: 1400 }));
    const suspended = desired(252, bridge('a', { mtu: 1300 }, { 'osa-net.dev/reconcile': 'suspended' }));
    const seen = withLinks(known.observed, { 'br-a': undefined });
    expect(planOf({ ...known, desired: suspended, observed: seen }).steps).to.deep.equal([]);
    const renamed = desired(
      252,
      bridge('a', { interface: 'br-b' }, { 'osa-net.dev/reconcile': 'suspended' }),
    );
    expect(planOf({ ...known, desired: renamed }).steps).to.deep.equal([]);
    expect(kinds(planOf({ ...known, desired: desired(252) }))).to.include('delete-link');
  });
});
