import { expect } from 'chai';
import type { ResourceKey } from '../../crds/resource.ts';
import { hasDeparting } from '../../state/departed.ts';
import type { Desired } from '../../state/desired.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import type { Observed } from '../../state/observed.ts';
import { intentOf } from '../../state/record.ts';
import { settledOf } from '../../state/settle.ts';
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
  unitsOnDisk,
  withLinks,
  withUnits,
} from './build.ts';

const at = '2026-11-23T10:00:00.000Z';
const later = '2026-11-24T10:00:00.000Z';
type Known = { desired: Desired; observed: Observed; inventory: Inventory };

const intent = (known: Known, now = at) =>
  intentOf(known.inventory, known.desired, planOf(known), known.observed, now);
const settled = (known: Known, after: Observed, failed: readonly string[] = []) => {
  const plan = planOf(known);
  const done = plan.steps.filter(({ kind }) => !failed.includes(kind));
  return settledOf(known.inventory, known.desired, plan, {
    done,
    before: known.observed,
    after,
    isQuiet: true,
  });
};
const fresh = (version: number, ...documents: readonly string[]): Known => ({
  desired: desired(version, ...documents),
  observed: observed(version),
  inventory: emptyInventory,
});
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

describe('the inventory after a plan', () => {
  it('forgets what is gone, and the document with the last of it', () => {
    const known = { ...converged(252, bridge('a')), desired: desired(252) };
    expect(settled(known, observed(252))).to.deep.equal(emptyInventory);
  });

  it('remembers what could not be deleted', () => {
    const known = { ...converged(252, bridge('a')), desired: desired(252) };
    const after = observed(252, { links: known.observed.links });
    const inventory = settled(known, after);
    expect([Object.keys(inventory.units), Object.keys(inventory.links)]).to.deep.equal([[], ['br-a']]);
    expect(inventory.resources).to.have.keys('ContainerBridge/a');
  });

  it('forgets a link when another of its name has taken its place', () => {
    const known = { ...converged(252, bridge('a')), desired: desired(252) };
    const after = observed(252, { links: links(link('br-a', { kind: 'dummy' })) });
    expect(settled(known, after).links).to.deep.equal({});
  });

  it('forgets nothing of documents that are held or stand in the directory', () => {
    const known = converged(252, bridge('a'));
    const nothing = desired(252);
    const present = new Set<ResourceKey>(['ContainerBridge/a']);
    const spared = { ...nothing, inForce: { ...nothing.inForce, present } };
    expect(settled({ ...known, desired: spared }, known.observed)).to.equal(known.inventory);
  });

  it('lets go of what is to stay in place', () => {
    const kept = converged(252, bridge('a', {}, { 'osa-net.dev/prune': 'disabled' }), bridge('b'));
    const inventory = intent(kept);
    const known = { ...kept, inventory, desired: desired(252, bridge('b')) };
    expect(planOf(known).steps).to.deep.equal([]);
    const after = settled(known, kept.observed);
    expect(Object.keys(after.links)).to.deep.equal(['br-b']);
    expect(Object.keys(after.resources)).to.deep.equal(['ContainerBridge/b']);
  });

  it('keeps a reload in mind until it was done', () => {
    const known = fresh(252, bridge('a'));
    const inventory = intent(known);
    const after = { ...observed(252), units: unitsOnDisk(known.desired) };
    expect(settled({ ...known, inventory }, after, ['reload']).reloadPending).to.equal(true);
    expect(settled({ ...known, inventory }, after).reloadPending).to.equal(false);
  });

  it('knows a link that was made anew, even when it is back before anybody looked', () => {
    const old = converged(252, netdev('x', 'veth', { Peer: { Name: 'y' } }));
    const changed = desired(
      252,
      netdev('x', 'veth', { Peer: { Name: 'y', MACAddress: '02:00:00:00:00:01' } }),
    );
    const known = { ...old, desired: changed };
    const hash = changed.units.get('05-osa-net-x.netdev')?.hash;
    const stillThere = settled(known, old.observed);
    expect(stillThere.links['x']?.madeFrom).to.equal(old.inventory.links['x']?.madeFrom);
    const written = { ...old.observed, units: unitsOnDisk(changed) };
    const anew = settled(known, withLinks(written, { x: { ifindex: 77 }, y: { ifindex: 78 } }));
    expect([anew.links['x']?.madeFrom, anew.links['y']?.madeFrom]).to.deep.equal([hash, hash]);
    const gone = settled(known, withLinks(written, { x: undefined, y: undefined }));
    expect(gone.links['x']?.madeFrom).to.equal(hash);
    const early = settled(known, withLinks(old.observed, { x: undefined, y: undefined }));
    expect(early.links['x']?.madeFrom, 'made from what is on disk').to.equal(stillThere.links['x']?.madeFrom);
    const next = {
      desired: changed,
      observed: withUnits({ ...old.observed, units: unitsOnDisk(changed) }, {}),
      inventory: anew,
    };
    expect(planOf(next).steps).to.deep.equal([]);
  });
});

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
});

describe('a link that goes before it came', () => {
  const known = fresh(252, bridge('a', {}));
  const recorded = { ...known, inventory: intent(known) };
  const without = desired(252);
  const plan = planOf({ ...recorded, desired: without });
  const forgotten = (isQuiet: boolean, inventory: Inventory) =>
    settledOf(inventory, without, plan, { done: [], before: known.observed, after: known.observed, isQuiet });
  const read = { ...recorded.inventory, reloadPending: false };

  it('stays on record while networkd may still be making it', () => {
    expect(forgotten(false, read).links).to.have.property('br-a');
    expect(forgotten(true, { ...read, reloadPending: true }).links).to.have.property('br-a');
    expect(hasDeparting(read, without, known.observed)).to.equal(true);
  });

  it('is known again when networkd makes it once more, and left to whoever took its name', () => {
    const made = converged(252, bridge('a', {}), integration('m', 'br-a', { mode: 'bridge' }));
    const gone = desired(252);
    const doomed = planOf({ ...made, desired: gone });
    const done = doomed.steps.filter(({ kind }) => kind === 'delete-link');
    const leftWith = (changes: Parameters<typeof withLinks>[1]) => {
      const bare = { ...made.observed, units: new Map(), links: new Map() };
      const carried = { done, before: made.observed, after: withLinks(bare, changes), isQuiet: true };
      return Object.keys(settledOf(made.inventory, gone, doomed, carried).links);
    };
    const anew = { kind: 'macvlan', parent: 'mv-m-v2', ifindex: 77 };
    expect(leftWith({})).to.deep.equal([]);
    expect(leftWith({ 'mv-m': anew })).to.deep.equal(['mv-m']);
    expect(leftWith({ 'mv-m': { ...anew, parent: 'eth0' } })).to.deep.equal([]);
    expect(
      leftWith({ 'br-a': { kind: 'bridge', ifindex: 78 } }),
      'networkd makes no bridge unasked',
    ).to.deep.equal([]);
  });

  it('is forgotten once networkd was told long ago', () => {
    const left = forgotten(true, read);
    expect(left.links).to.deep.equal({});
    expect(hasDeparting(left, without, known.observed)).to.equal(false);
  });
});
