import { expect } from 'chai';
import type { Inventory } from '../../state/inventory.ts';
import { identityOf, type ObservedLink } from '../../state/observed.ts';
import { newlyTakenOver, sceneOf } from '../../state/scene.ts';
import { closed, type Transaction } from '../../state/transaction.ts';
import { bridge, converged, desired, keysOf, link, planOf, withLinks } from './build.ts';
import { settled } from './passing.ts';

const adopt = { 'osa-net.dev/adopt': 'true' };
const known = converged(252, bridge('a', {}, adopt));
const none = desired(252);
const without = { ...known.observed, units: new Map() };

/** br-a was somebody else's with these settings, and the change that took it over is being taken back. */
function takingBack(
  fields: Partial<ObservedLink> = {},
  phase: Transaction['phase'] = 'reverting',
): Inventory {
  const theirs = link('br-a', { kind: 'bridge', ...fields });
  const scene = {
    'br-a': {
      identity: identityOf(theirs, known.observed),
      mtu: theirs.mtu,
      addresses: theirs.addresses,
      routes: [],
      isTakenOver: true as const,
    },
  };
  const changes = {
    'ContainerBridge/a': {
      change: 'added' as const,
      file: '/etc/osa-net.d/a.yaml',
      specHash: 'new',
      before: '',
      wasReady: false,
    },
  };
  const transaction = {
    generation: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    by: 'documents' as const,
    phase,
    probes: [],
    changes,
    files: {},
    scene,
  };
  return { ...known.inventory, transaction };
}

describe('a link of others that a change takes over', () => {
  it('is told apart from ours before the change', () => {
    const { observed, desired } = known;
    const keys = keysOf(desired.resources.values());
    const nothing = { ...known.inventory, links: {}, units: {} };
    expect(newlyTakenOver(keys, desired, without, nothing)).to.deep.equal(['br-a']);
    expect(newlyTakenOver(keys, desired, observed, known.inventory)).to.deep.equal([]);
    const scene = sceneOf(
      [],
      ['br-a'],
      observed,
      new Map([['br-a', { addresses: ['10.0.0.9/24'], routes: [] }]]),
    );
    expect(scene['br-a']).to.deep.include({ isTakenOver: true, addresses: ['10.0.0.9/24'] });
  });

  it('is not deleted when the change is taken back, but put back as it was', () => {
    const kinds = (inventory: Inventory) =>
      planOf({ ...known, desired: none, inventory }).steps.map(({ kind }) => kind);
    const taken = takingBack({ addresses: ['10.0.0.9/24'] });
    expect(kinds(taken)).to.include('restore-link').and.not.include('delete-link');
    expect(kinds(known.inventory)).to.include('delete-link');
  });

  it('is forgotten once it is as it was, and networkd has forgotten our units', () => {
    const inventory = takingBack();
    const back = { ...known, desired: none, inventory };
    expect(settled(back, without).links).to.deep.equal({});
    expect(
      settled({ ...back, inventory: { ...inventory, reloadPending: true } }, without, ['reload']).links,
    ).to.have.key('br-a');
    expect(settled(back, withLinks(without, { 'br-a': { mtu: 9000 } })).links).to.have.key('br-a');
  });

  it('is nobody’s to delete once the time is over in which it could be put back', () => {
    const inventory = takingBack();
    const { transaction } = inventory;
    if (!transaction) throw new Error('no transaction');
    const failure = { result: 'rolled-back', message: 'no' } as const;
    expect(closed(inventory, transaction, failure, 'now').inventory.links).to.deep.equal({});
    expect(closed(inventory, transaction, undefined, 'now').inventory.links).to.have.key('br-a');
  });
});
