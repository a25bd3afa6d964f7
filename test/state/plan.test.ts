import { expect } from 'chai';
import type { ResourceKey } from '../../crds/resource.ts';
import { emptyInventory } from '../../state/inventory.ts';
import type { Plan } from '../../state/plan.ts';
import { describeStep } from '../../state/step.ts';
import {
  bridge,
  converged,
  desired,
  doc,
  integration,
  netdev,
  observed,
  planOf,
  withLinks,
  withUnits,
} from './build.ts';

const lines = ({ steps }: Plan) => steps.map(describeStep);
const kinds = ({ steps }: Plan) => steps.map(({ kind }) => kind);
const versions = [247, 252, 256, 257, 262];

describe('the plan of a pass', () => {
  for (const version of versions) {
    it(`is empty on a converged host with v${version}`, () => {
      const known = converged(
        version,
        bridge('a', { addresses: ['10.0.0.1/24'] }),
        integration('m', 'br-a', { mode: 'vepa' }),
        integration('n', 'br-f'),
        netdev('x', 'veth', { Peer: { Name: 'y' } }),
        doc('LinkPolicy', 'default', { macAddressPolicy: 'none' }),
      );
      expect(planOf(known).steps).to.deep.equal([]);
      const lost = { ...known, inventory: emptyInventory };
      expect(planOf(lost).steps, 'with the inventory lost').to.deep.equal([]);
    });
  }

  it('writes what is new and reloads once, with a reason for each step', () => {
    const known = { desired: desired(252, bridge('a')), observed: observed(252), inventory: emptyInventory };
    const plan = planOf(known);
    // The links are missing, but networkd makes them from the units of this very plan.
    expect(lines(plan)).to.deep.equal([
      'write-unit 05-osa-net-br-a.netdev: new',
      'write-unit 05-osa-net-br-a.network: new',
      'reload systemd-networkd: 2 units changed',
    ]);
    expect([...plan.changed]).to.deep.equal(['ContainerBridge/a']);
    expect(plan.repaired.size).to.equal(0);
  });

  it('removes files, writes files, deletes links, touches, reloads, tells udev: in this order', () => {
    const old = converged(252, bridge('old'), integration('m', 'br-f', { mode: 'bridge' }), bridge('b'));
    const next = desired(
      252,
      integration('m', 'br-f', { mode: 'bridge' }),
      bridge('new'),
      bridge('b'),
      doc('LinkPolicy', 'p', { mtu: 1500 }),
    );
    const gone = { 'mv-m': undefined, 'mv-m-v1': { master: undefined } };
    const plan = planOf({ ...old, desired: next, observed: withLinks(old.observed, gone) });
    expect(kinds(plan)).to.deep.equal([
      'remove-unit',
      'remove-unit',
      'write-unit',
      'write-unit',
      'write-unit',
      'delete-link',
      'touch-dependents',
      'reload',
      'trigger-udev',
    ]);
  });

  it('tells udev and not networkd of a .link', () => {
    const policy = desired(252, doc('LinkPolicy', 'p', { mtu: 1500 }));
    const plan = planOf({ desired: policy, observed: observed(252), inventory: emptyInventory });
    expect(lines(plan)).to.deep.equal([
      'write-unit 99-default.link: new',
      'trigger-udev systemd-udevd: a .link changed; it applies to links that appear from now on',
    ]);
  });

  it('says of each file why it is written and what that costs', () => {
    const known = converged(252, bridge('a', { mtu: 1400 }), bridge('b'));
    const changed = desired(252, bridge('a', { mtu: 1300 }), bridge('b'));
    const seen = withUnits(known.observed, {
      '05-osa-net-br-b.netdev': undefined,
      '05-osa-net-br-b.network': { hash: 'edited' },
    });
    expect(lines(planOf({ ...known, desired: changed, observed: seen })).slice(0, -1)).to.deep.equal([
      'write-unit 05-osa-net-br-a.network: the document changed (link flap)',
      'write-unit 05-osa-net-br-b.netdev: the file was deleted by hand',
      'write-unit 05-osa-net-br-b.network: the file was edited by hand (link flap)',
    ]);
  });

  it('counts as repaired what was changed by hand, and leaves it while that is a fight', () => {
    const known = converged(252, bridge('a'));
    const unit = '05-osa-net-br-a.network';
    const seen = withUnits(known.observed, { [unit]: { hash: 'edited' } });
    expect([...planOf({ ...known, observed: seen }).repaired]).to.deep.equal([['ContainerBridge/a', [unit]]]);
    const mayRepair = (_: ResourceKey, field: string) => field !== unit;
    expect(planOf({ ...known, observed: seen }, { mayRepair }).steps).to.deep.equal([]);
  });

  it('keeps a reload in mind until it is done', () => {
    const known = converged(252, bridge('a'));
    const plan = planOf({ ...known, inventory: { ...known.inventory, reloadPending: true } });
    expect(lines(plan)).to.deep.equal(['reload systemd-networkd: networkd has not read the units yet']);
  });

  it('does nothing without networkd, but to start it where that is wanted', () => {
    const networkd = { ...observed(252).networkd, state: 'unavailable', message: 'gone' } as const;
    const known = {
      desired: desired(252, bridge('a')),
      observed: observed(252, { networkd }),
      inventory: emptyInventory,
    };
    expect(planOf(known).steps).to.deep.equal([]);
    expect(lines(planOf(known, { enableNetworkd: true }))).to.deep.equal([
      'enable-service systemd-networkd.service: systemd-networkd is not running',
    ]);
  });
});
