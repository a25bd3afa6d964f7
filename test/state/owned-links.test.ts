import { expect } from 'chai';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import type { Observed } from '../../state/observed.ts';
import { bridge, converged, desired, netdev, planOf, unitsOnDisk, withLinks } from './build.ts';
import { fresh, intent, settled } from './passing.ts';

describe('a link that nobody has seen', () => {
  const wanted = fresh(252, bridge('a', { dummies: ['d0'] }));
  const identityWith = (units: Observed['units'], inventory: Inventory) =>
    intent({ ...wanted, observed: { ...wanted.observed, units }, inventory }).links['d0']?.identity;

  it('is ours when it comes only if our .netdev is there, from which networkd makes it', () => {
    const onDisk = unitsOnDisk(wanted.desired);
    expect(identityWith(new Map(), emptyInventory)).to.equal(undefined);
    expect(identityWith(onDisk, emptyInventory), 'nobody knows yet that it is ours').to.equal(undefined);
    expect(identityWith(onDisk, intent(wanted))).to.equal('boot unseen');
  });

  it('is known as soon as it is seen, so that nothing hangs on its .netdev from then on', () => {
    const inventory = intent(wanted);
    const told = { ...wanted, inventory };
    const made = { ...wanted.observed, units: unitsOnDisk(wanted.desired) };
    const identityAfter = (changes: Parameters<typeof withLinks>[1], failed: readonly string[] = []) =>
      settled(told, withLinks(made, changes), failed).links['d0']?.identity;
    expect(identityAfter({ d0: { kind: 'dummy', ifindex: 7 } })).to.equal('boot 7');
    expect(identityAfter({})).to.equal('boot unseen');
    expect(identityAfter({ d0: { kind: 'veth', ifindex: 7 } }), 'of another kind').to.equal(undefined);
    expect(identityAfter({ d0: { kind: 'dummy', ifindex: 7 } }, ['reload']), 'not told').to.equal(undefined);
  });

  it('is known as soon as it is seen, also without networkd, by an operator that went down before it saw it', () => {
    const told = intent(wanted);
    const units = unitsOnDisk(wanted.desired);
    const seenWith = (more: Partial<Observed>, inventory = told) => {
      const seen = withLinks({ ...wanted.observed, units, ...more }, { d0: { kind: 'dummy', ifindex: 7 } });
      return intent({ ...wanted, observed: seen, inventory });
    };
    expect(told.links['d0']).to.have.property('identity', undefined);
    const networkd = { ...wanted.observed.networkd, state: 'unavailable' } as const;
    const known = seenWith({ networkd });
    expect(known.links['d0']?.identity).to.equal('boot 7');
    const undone = new Map([...units].filter(([name]) => name !== '05-osa-net-d0.netdev'));
    const planned = (inventory: Inventory) =>
      planOf({
        ...wanted,
        inventory,
        observed: withLinks({ ...wanted.observed, units: undone }, { d0: { kind: 'dummy', ifindex: 7 } }),
      });
    expect([...planned(known).foreign.keys()], 'its .netdev was deleted by hand since').to.deep.equal([]);
    expect(seenWith({ networkd, units: undone }).links['d0']?.identity, 'nothing tells').to.equal(undefined);
  });

  it('may come as what our .netdev of before makes, also where the inventory is lost', () => {
    const old = converged(252, netdev('x', 'veth', { Peer: { Name: 'y' } }));
    const ours = { hash: 'old', intactOwner: 'NetDev/x', makes: { x: 'veth', y: 'veth' } } as const;
    const seen = { ...old.observed, units: new Map([['05-osa-net-x.netdev', ours]]) };
    const lost = { desired: desired(252, netdev('x', 'dummy')), observed: seen, inventory: emptyInventory };
    const recorded = intent({ ...lost, observed: withLinks(seen, { x: undefined, y: undefined }) });
    expect(recorded.links['x']).to.include({ kind: 'veth', becomes: 'dummy' });
    const plan = planOf({ ...lost, inventory: recorded });
    expect([...plan.foreign.keys()]).to.deep.equal([]);
  });

  it('is ours when it comes although its document is gone, until networkd was told so', () => {
    const known = converged(252, netdev('x', 'dummy'));
    const seen = withLinks(known.observed, { x: undefined });
    const leaving = { desired: desired(252), observed: seen, inventory: known.inventory };
    expect(intent(leaving).links['x']?.identity).to.equal('boot unseen');
    const removed = { ...seen, units: new Map() };
    const claimed = { ...leaving, inventory: intent(leaving) };
    const told = settled(claimed, removed, [], false);
    expect(told.links['x'], 'still on record').to.have.property('identity', undefined);
    const untold = settled(claimed, removed, ['reload'], false);
    expect(untold.links['x']?.identity).to.equal('boot unseen');
    const stranger = withLinks(removed, { x: { kind: 'dummy', ifindex: 99 } });
    const planned = (inventory: Inventory) => planOf({ ...leaving, observed: stranger, inventory }).steps;
    expect(planned(told).map(({ kind }) => kind)).not.to.include('delete-link');
    expect(planned(untold).map(({ kind }) => kind)).to.include('delete-link');
  });
});

describe('a link that was made anew', () => {
  const before = converged(252, bridge('a', { dummies: ['d0'] }));
  const { networkd } = before.observed;
  const scenes: Readonly<Record<string, Observed>> = {
    'while networkd is away': { ...before.observed, networkd: { ...networkd, state: 'unavailable' } },
    'by a boot, while networkd is away': {
      ...before.observed,
      networkd: { ...networkd, state: 'unavailable' },
      epoch: 'next',
    },
    'while its resource is left alone': withLinks(before.observed, {
      'br-a': { kind: 'dummy', ifindex: 50 },
    }),
  };

  for (const [what, scene] of Object.entries(scenes)) {
    it(`is known as what it is now, so that nothing hangs on its .netdev: ${what}`, () => {
      const identityOf = (observed: Observed) => intent({ ...before, observed }).links['d0']?.identity;
      const anew = withLinks(scene, { d0: { kind: 'dummy', ifindex: 77 } });
      expect(identityOf(anew)).to.equal(`${scene.epoch} 77`);
      const withoutNetdev = new Map([...anew.units].filter(([name]) => name !== '05-osa-net-d0.netdev'));
      const known = before.inventory.links['d0']?.identity;
      expect(identityOf({ ...anew, units: withoutNetdev }), 'nothing tells').to.equal(known);
    });
  }
});
