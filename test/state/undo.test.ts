import { expect } from 'chai';
import { identityOf } from '../../state/observed.ts';
import { describeStep } from '../../state/step.ts';
import type { Transaction } from '../../state/transaction.ts';
import { bridge, converged, doc, link, planOf, withLinks } from './build.ts';

const before = '02:00:00:00:00:01';
const now = '02:00:00:00:00:02';

/** What is done on the way back to a link whose text says nothing of its MTU and MAC address, which a change has set. */
function wayBack(text: string, name: string, links: Parameters<typeof withLinks>[1] = {}): readonly string[] {
  const known = converged(252, text);
  const observed = withLinks(known.observed, { [name]: { mtu: 1400, mac: now, ...links[name] }, ...links });
  const scene = {
    [name]: {
      identity: identityOf(observed.links.get(name) ?? link(name), observed),
      mtu: 1500,
      mac: before,
      addresses: [],
      routes: [],
    },
  };
  const transaction = { phase: 'reverting', changes: {}, scene } as unknown as Transaction;
  return planOf({ ...known, observed, inventory: { ...known.inventory, transaction } }).steps.map(
    describeStep,
  );
}

const reason = 'as it was before the change that is taken back';

describe('the way back of a change', () => {
  const eth1 = doc('Network', 'eth1', { Match: { Name: 'eth1' }, Network: { DHCP: 'no' } });

  it('gives a link its MTU and its MAC address back, of which its unit says nothing any more', () => {
    expect(wayBack(eth1, 'eth1', { eth1: { mtu: 1400, mac: now } })).to.deep.equal([
      `set-link eth1 mtu 1500: ${reason}`,
      `set-link eth1 mac ${before}: ${reason}`,
    ]);
  });

  it('leaves both where they are as before', () => {
    expect(wayBack(eth1, 'eth1', { eth1: { mtu: 1500, mac: before } })).to.deep.equal([]);
  });

  it('leaves the MAC address of a bridge, which is that of a port, and of the port of a bond', () => {
    expect(wayBack(bridge('a'), 'br-a')).to.deep.equal([`set-link br-a mtu 1500: ${reason}`]);
    const port = { eth1: { mtu: 1500, mac: now, master: 'bond0' }, bond0: { kind: 'bond' } };
    expect(wayBack(eth1, 'eth1', port)).to.deep.equal([]);
  });
});
