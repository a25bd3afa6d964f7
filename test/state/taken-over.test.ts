import { expect } from 'chai';
import type { Inventory, ResourceRecord } from '../../state/inventory.ts';
import { identityOf, type ObservedLink } from '../../state/observed.ts';
import { intentOf } from '../../state/record.ts';
import { newlyTakenOver } from '../../state/scene.ts';
import { closed, type Transaction } from '../../state/transaction.ts';
import { bridge, converged, desired, keysOf, link, planOf, withLinks } from './build.ts';
import { at, settled } from './passing.ts';

const adopt = { 'osa-net.dev/adopt': 'true' };
const known = converged(252, bridge('a', {}, adopt));
const none = desired(252);
const without = { ...known.observed, units: new Map() };

/** br-a was somebody else's with these settings, and the change that took it over is still open, or on its way back. */
function takenOver(fields: Partial<ObservedLink> = {}, phase: Transaction['phase'] = 'reverting') {
  const { ifindex = 0 } = known.observed.links.get('br-a') ?? {};
  const theirs = link('br-a', { kind: 'bridge', ifindex, ...fields });
  const former = {
    identity: identityOf(theirs, known.observed),
    mtu: theirs.mtu,
    addresses: theirs.addresses,
    routes: [],
  };
  const change = {
    change: 'added',
    file: '/etc/osa-net.d/a.yaml',
    specHash: 'new',
    before: '',
    wasReady: false,
  } as const;
  const transaction: Transaction = {
    generation: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    by: 'documents',
    phase,
    probes: [],
    changes: { 'ContainerBridge/a': change },
    files: {},
    scene: { 'br-a': former },
  };
  const owned = known.inventory.links['br-a'];
  if (!owned) throw new Error('no link');
  return { ...known.inventory, transaction, links: { 'br-a': { ...owned, former } } };
}

const kinds = (inventory: Inventory, seen = known.observed) =>
  planOf({ ...known, observed: seen, desired: none, inventory }).steps.map(({ kind }) => kind);

describe('a link of others that a change takes over', () => {
  it('is told apart from ours before the change, with how it is', () => {
    const keys = keysOf(known.desired.resources.values());
    const nothing = { ...known.inventory, links: {}, units: {} };
    expect(newlyTakenOver(keys, known.desired, without, nothing)).to.deep.equal(['br-a']);
    expect(newlyTakenOver(keys, known.desired, known.observed, known.inventory)).to.deep.equal([]);
    const fresh = { ...known, observed: without, inventory: nothing };
    const { transaction } = takenOver({ mtu: 1400 }, 'trial');
    const { links } = intentOf(nothing, known.desired, planOf(fresh), without, at, transaction);
    expect(links['br-a']?.former?.mtu).to.equal(1400);
    expect(intentOf({ ...nothing, links }, known.desired, planOf(fresh), without, at).links).to.equal(links);
  });

  for (const phase of ['trial', 'reverting'] as const) {
    it(`is not deleted when no document wants it any more, but put back as it was (${phase})`, () => {
      expect(kinds(takenOver({}, phase)))
        .to.include('restore-link')
        .and.not.include('delete-link');
      expect(kinds(known.inventory)).to.include('delete-link');
    });
  }

  it('is left alone where somebody else has its name by now', () => {
    const others = withLinks(without, { 'br-a': { ifindex: 99 } });
    expect(kinds(takenOver({ mtu: 1400 }), others)).to.not.include('restore-link');
  });

  it('is made once more from our .netdev where it is gone, and only then given back', () => {
    const lost = withLinks(known.observed, { 'br-a': undefined });
    const steps = planOf({ ...known, observed: lost, desired: none, inventory: takenOver() }).steps;
    expect(steps.flatMap((step) => (step.kind === 'remove-unit' ? step.unit : []))).to.deep.equal([
      '05-osa-net-br-a.network',
    ]);
    expect(steps.at(-1)?.kind).to.equal('reload');
  });

  it('gets its ports back before it is given back', () => {
    const inventory = {
      ...takenOver(),
      replug: { p: { master: 'br-a', owner: 'ContainerBridge/a' as const } },
    };
    const unplugged = withLinks(without, { p: { kind: 'veth', master: undefined } });
    expect(kinds(inventory, unplugged)).to.include('set-link');
    expect(settled({ ...known, desired: none, inventory }, unplugged).links).to.have.key('br-a');
  });

  it('is forgotten once it is as it was and networkd, which has forgotten our units, leaves it so', () => {
    const inventory = takenOver();
    const back = { ...known, desired: none, inventory };
    const pending = { ...back, inventory: { ...inventory, reloadPending: true } };
    expect(settled(back, without, ['reload']).links).to.deep.equal({});
    expect(settled(back, without).links).to.have.key('br-a');
    expect(settled(back, without, ['reload'], false).links).to.have.key('br-a');
    expect(settled(pending, without, ['reload']).links).to.have.key('br-a');
    const other = withLinks(without, { 'br-a': { mtu: 9000 } });
    expect(settled(back, other, ['reload']).links).to.have.key('br-a');
  });

  it('is ours for good once the change is confirmed', () => {
    const inventory = takenOver();
    const failure = { result: 'rolled-back', message: 'no' } as const;
    const formerAfter = (why: typeof failure | undefined, before: Inventory = inventory) =>
      closed(before, inventory.transaction, why, 'now').inventory.links['br-a']?.former;
    expect(formerAfter(undefined)).to.equal(undefined);
    expect(formerAfter(failure)).to.have.property('mtu');
    const withdrawn = { ...inventory, transaction: { ...inventory.transaction, changes: {} } };
    expect(
      closed(withdrawn, withdrawn.transaction, undefined, 'now').inventory.links['br-a']?.former,
    ).to.have.property('mtu');
    const rolledBack = { 'ContainerBridge/a': { specHash: 'new', file: '', message: '' } };
    expect(formerAfter(undefined, { ...inventory, rolledBack })).to.have.property('mtu');
    const older = { 'ContainerBridge/a': { specHash: 'older', file: '', message: '' } };
    expect(formerAfter(undefined, { ...inventory, rolledBack: older }), 'of an earlier text').to.equal(
      undefined,
    );
  });

  it('goes back although its document says that nothing of it is to be pruned', () => {
    const record = { ...known.inventory.resources['ContainerBridge/a'], keep: true } as ResourceRecord;
    const inventory = { ...takenOver(), resources: { 'ContainerBridge/a': record } };
    expect(kinds(inventory)).to.include('remove-unit');
    expect(kinds({ ...inventory, transaction: undefined } as Inventory)).to.not.include('remove-unit');
  });
});
