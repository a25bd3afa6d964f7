import { expect } from 'chai';
import type { ResourceKey } from '../../crds/resource.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import {
  bridge,
  converged,
  desired,
  doc,
  integration,
  inventoryOf,
  link,
  links,
  netdev,
  observed,
  planOf,
} from './build.ts';
import { at, fresh, intent, settled } from './passing.ts';

const later = '2026-11-24T10:00:00.000Z';

/** As it is read back from the disk. */
const reread = (inventory: Inventory) => JSON.parse(JSON.stringify(inventory)) as Inventory;

describe('the inventory before a plan', () => {
  it('names everything that is about to be made', () => {
    const known = fresh(252, bridge('a', { dummies: ['d0'] }));
    const inventory = intent(known);
    expect(Object.keys(inventory.units).sort()).to.deep.equal([...known.desired.units.keys()]);
    expect(inventory.links['d0']).to.deep.equal({
      owner: 'ContainerBridge/a',
      kind: 'dummy',
      netdev: '05-osa-net-d0.netdev',
      madeFrom: known.desired.units.get('05-osa-net-d0.netdev')?.hash,
      identity: undefined,
    });
    expect(inventory.resources['ContainerBridge/a']).to.deep.include({ generation: 1, createdAt: at });
    expect(inventory.reloadPending).to.equal(true);
  });

  it('is the very same object when there is nothing to record, also when it was read from the disk', () => {
    const known = converged(
      252,
      bridge('a'),
      integration('m', 'br-a'),
      doc('Resolver', 'host', { resolvConf: 'unmanaged', enableService: false }),
    );
    const inventory = intent({ ...known, inventory: known.inventory });
    expect(intent({ ...known, inventory })).to.equal(inventory);
    const read = reread(inventory);
    expect(intent({ ...known, inventory: read })).to.equal(read);
    expect(settled({ ...known, inventory: read }, known.observed)).to.equal(read);
  });

  it('counts generations by specs, not by annotations or places', () => {
    const first = intent(fresh(252, bridge('a')));
    const annotated = intent(
      { ...fresh(252, bridge('b'), bridge('a', {}, { 'osa-net.dev/prune': 'disabled' })), inventory: first },
      later,
    );
    expect(annotated.resources['ContainerBridge/a']).to.deep.include({
      generation: 1,
      createdAt: at,
      keep: true,
    });
    const changed = intent({ ...fresh(252, bridge('a', { mtu: 1400 })), inventory: annotated }, later);
    expect(changed.resources['ContainerBridge/a']).to.deep.include({
      generation: 2,
      createdAt: at,
      keep: undefined,
    });
  });

  it('remembers what the prune guard holds, and forgets it when nothing is held', () => {
    const known = fresh(252, bridge('a'));
    const guarded = (held: readonly ResourceKey[]) => {
      const { inForce } = known.desired;
      return {
        ...known,
        desired: { ...known.desired, inForce: { ...inForce, prune: { blocked: 'x', held } } },
      };
    };
    const holding = intent(guarded(['ContainerBridge/b']));
    expect(holding.held).to.deep.equal(['ContainerBridge/b']);
    expect(intent({ ...guarded(['ContainerBridge/b']), inventory: holding })).to.equal(holding);
    expect(intent({ ...known, inventory: holding })).not.to.have.property('held');
  });

  it('knows the file that each resource is from', () => {
    const first = intent(fresh(252, bridge('a')));
    expect(first.resources['ContainerBridge/a']?.file).to.equal('/etc/osa-net.d/000.yaml');
    const moved = intent({ ...fresh(252, bridge('b'), bridge('a')), inventory: first }, later);
    expect(moved.resources['ContainerBridge/a']).to.deep.include({
      file: '/etc/osa-net.d/001.yaml',
      generation: 1,
    });
  });

  it('claims nothing of a resource whose names are taken or which is suspended', () => {
    const known = fresh(252, bridge('a'), bridge('b', {}, { 'osa-net.dev/reconcile': 'suspended' }));
    const seen = observed(252, { links: links(link('br-a', { kind: 'bridge' })) });
    const inventory = intent({ ...known, observed: seen });
    expect([inventory.units, inventory.links]).to.deep.equal([{}, {}]);
  });

  it('claims nothing while networkd is away: what others make meanwhile is theirs', () => {
    const known = fresh(252, bridge('a'), doc('Resolver', 'host'));
    const networkd = { ...known.observed.networkd, state: 'unavailable', message: 'gone' } as const;
    const away = intent({ ...known, observed: { ...known.observed, networkd } });
    expect([away.units, away.links, away.resolver]).to.deep.equal([{}, {}, undefined]);
    const seen = observed(252, { links: links(link('br-a', { kind: 'bridge' })) });
    expect([...planOf({ ...known, observed: seen, inventory: away }).foreign.keys()]).to.deep.equal([
      'ContainerBridge/a',
    ]);
  });

  it('remembers from which text an existing link was made', () => {
    const known = converged(252, netdev('x', 'dummy'));
    const changed = desired(
      252,
      doc('NetDev', 'x', { NetDev: { Name: 'x', Kind: 'dummy', MTUBytes: 1400 } }),
    );
    const inventory = intent({ ...known, desired: changed });
    expect(inventory.links['x']).to.deep.equal(known.inventory.links['x']);
    expect(inventory.units['05-osa-net-x.netdev']?.hash).to.equal(
      changed.units.get('05-osa-net-x.netdev')?.hash,
    );
  });

  it('knows the very links that are about to lose their .netdev', () => {
    const known = converged(252, bridge('a'));
    const identity = known.inventory.links['br-a']?.identity;
    const unseen = { ...known.inventory, links: inventoryOf(known.desired).links };
    const inventory = intent({ ...known, desired: desired(252), inventory: unseen });
    expect(inventory.links['br-a']?.identity).to.equal(identity);
    expect(identity).to.equal('boot 10');
  });

  it('takes the text of a link from the .netdev on disk when the inventory was lost', () => {
    const known = converged(252, netdev('x', 'dummy'));
    const changed = desired(
      252,
      doc('NetDev', 'x', { NetDev: { Name: 'x', Kind: 'dummy', MTUBytes: 1400 } }),
    );
    const inventory = intent({ ...known, desired: changed, inventory: emptyInventory });
    expect(inventory.links['x']?.madeFrom).to.equal(known.inventory.links['x']?.madeFrom);
  });

  it('remembers of a link that is taken over whether this systemd must make it anew', () => {
    const madeFrom = (version: number) => {
      const known = fresh(version, netdev('x', 'dummy', {}, { 'osa-net.dev/adopt': 'true' }));
      const seen = { ...known.observed, links: links(link('x', { kind: 'dummy' })) };
      return intent({ ...known, observed: seen }).links['x']?.madeFrom;
    };
    expect(madeFrom(256)).to.have.length(64);
    expect(madeFrom(257)).to.equal('');
  });
});
