import { expect } from 'chai';
import type { Carried } from '../../state/carried.ts';
import type { Desired } from '../../state/desired.ts';
import type { AskedSetting, Inventory } from '../../state/inventory.ts';
import type { Observed } from '../../state/observed.ts';
import { identityOf } from '../../state/observed.ts';
import type { Step } from '../../state/step.ts';
import { stillAsked } from '../../state/still-asked.ts';
import type { Transaction } from '../../state/transaction.ts';
import { notRestored } from '../../state/undo.ts';
import { bridge, converged, desired, doc, link, links, observed, unitsOnDisk, withLinks } from './build.ts';

const nic = doc('Network', 'eth1', { Match: { Name: 'eth1' }, Link: { MTUBytes: 1400 } });
const eth1 = link('eth1', { mtu: 1400, setup: 'unmanaged' });
const host = observed(249, { links: links(eth1) });
const entry: AskedSetting = {
  owner: 'Network/eth1',
  values: ['1400'],
  before: '1500',
  identity: identityOf(eth1, host),
};
const inventory: Inventory = { ...converged(249).inventory, settings: { eth1: { mtu: entry } } };

/** What stays on record of the MTU once the document is gone. */
function left(
  after: Observed,
  {
    known = inventory,
    wanted = desired(249),
    steps = [] as readonly Step[],
    ...more
  }: Partial<Carried> & {
    known?: Inventory;
    wanted?: Desired;
    steps?: readonly Step[];
  } = {},
): object {
  const carried = { done: [], before: after, after, isQuiet: true, ...more };
  return stillAsked(known, wanted, { steps }, carried);
}

describe('the record of what was asked for', () => {
  const set: Step = {
    ...{ kind: 'set-link', link: 'eth1', property: 'mtu', value: '1500', mayFail: true },
    ...{ owner: 'Network/eth1', reason: '', disruption: 'none' },
  };

  it('stays while something is left on a link of which nobody has a unit', () => {
    expect(left(host)).to.equal(inventory.settings);
    expect(left(observed(249, { links: links({ ...eth1, mtu: 1500 }) }))).to.deep.equal({});
    expect(left(observed(249, { links: links({ ...eth1, ifindex: 99 }) }))).to.deep.equal({});
  });

  it('goes where networkd configures the link by a unit of others', () => {
    expect(left(observed(249, { links: links({ ...eth1, setup: 'configured' }) }))).to.deep.equal({});
  });

  it('stays until networkd has read what it is to forget', () => {
    const back = observed(249, { links: links({ ...eth1, mtu: 1500 }) });
    expect(left(back, { isQuiet: false })).to.equal(inventory.settings);
    expect(left(back, { known: { ...inventory, reloadPending: true } })).to.deep.equal(inventory.settings);
    const away = { ...back, networkd: { ...back.networkd, state: 'unavailable' as const } };
    expect(left(away)).to.equal(inventory.settings);
    const there = { ...back, units: unitsOnDisk(desired(249, nic)) };
    expect(left(there)).to.equal(inventory.settings);
  });

  it('goes where the kernel does not let it be changed back, unless a change is being taken back', () => {
    expect(left(host, { steps: [set] })).to.deep.equal({});
    expect(left(host, { steps: [set], done: [set] })).to.equal(inventory.settings);
    const reverting = { phase: 'reverting', scene: {}, changes: {} } as unknown as Transaction;
    const known = { ...inventory, transaction: reverting };
    expect(left(host, { steps: [set], known })).to.equal(inventory.settings);
    expect(notRestored([set], [])).to.deep.equal(['eth1']);
    const common = { link: 'eth1', owner: 'Network/eth1', reason: '', disruption: 'none' } as const;
    const failed: Step = { kind: 'reconfigure-link', ...common };
    expect(left(host, { steps: [failed, set] }), 'it was not tried').to.equal(inventory.settings);
    const refused: Step = { kind: 'remove-address', address: '', ...common };
    expect(left(host, { steps: [refused, set] }), 'it was tried').to.deep.equal({});
  });

  it('stays while a link of ours is made anew, which may have it from its parent', () => {
    const known = converged(252, bridge('a'));
    const settings = { 'br-a': { mtu: { owner: 'ContainerBridge/a', values: ['1400'] } } } as const;
    const given = { known: { ...known.inventory, settings }, wanted: known.desired };
    const gone = withLinks(known.observed, { 'br-a': undefined });
    expect(left(gone, given)).to.equal(settings);
    expect(left(known.observed, given)).to.deep.equal({});
  });

  it('of a switch of the host stays as long as the change may be taken back that switched it', () => {
    const key = 'net/ipv4/ip_forward';
    const settings = { eth1: { [key]: { ...entry, values: ['1'], before: '0' } } };
    const on = { ...host, sysctls: new Map([[key, '1']]) };
    expect(left(on, { known: { ...inventory, settings } })).to.deep.equal({});
    for (const phase of ['trial', 'reverting']) {
      const transaction = { phase, scene: {}, changes: {} } as unknown as Transaction;
      expect(left(on, { known: { ...inventory, settings, transaction } })).to.equal(settings);
    }
  });
});
