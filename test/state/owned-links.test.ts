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
