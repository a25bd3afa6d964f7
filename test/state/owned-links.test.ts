import { expect } from 'chai';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import type { Observed } from '../../state/observed.ts';
import { bridge, converged, desired, netdev, unitsOnDisk, withLinks } from './build.ts';
import { fresh, intent } from './passing.ts';

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

  it('is ours when it comes although its document is gone, until its .netdev is', () => {
    const known = converged(252, netdev('x', 'dummy'));
    const seen = withLinks(known.observed, { x: undefined });
    const leaving = { desired: desired(252), observed: seen, inventory: known.inventory };
    expect(intent(leaving).links['x']?.identity).to.equal('boot unseen');
    const removed = { ...leaving, observed: { ...seen, units: new Map() } };
    expect(intent(removed).links['x']?.identity).to.equal('boot 10');
  });
});
