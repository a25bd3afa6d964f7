import { expect } from 'chai';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import type { ResourceKey } from '../../crds/resource.ts';
import { desire, worthKeeping } from '../../state/desired.ts';
import type { SourceFile } from '../../state/directory.ts';
import { inForce, isSpared } from '../../state/force.ts';
import { emptyInventory } from '../../state/inventory.ts';
import type { Transaction } from '../../state/transaction.ts';
import { bridge, doc, integration, inventoryOf, kept, netdev, source, unreadable, view } from './build.ts';

const nothing: ReadonlySet<ResourceKey> = new Set();

function desireAfter(before: readonly SourceFile[], now: readonly SourceFile[], version = 252) {
  return desire(inForce(view(...now), kept(...before), nothing), capabilitiesOf(version));
}

const desireOf = (...now: readonly SourceFile[]) => desireAfter([], now);

describe('what the host should be', () => {
  it('knows units, made links and expectations by their owner', () => {
    const wanted = desireOf(source('a.yaml', bridge('a', { dummies: ['d0'] }), integration('m', 'br-a')));
    expect([...wanted.units.keys()]).to.include.members([
      '05-osa-net-br-a.netdev',
      '05-osa-net-mv-m.network',
    ]);
    expect([...wanted.made.keys()]).to.deep.equal(['br-a', 'd0', 'mv-m', 'mv-m-v1', 'mv-m-v2']);
    expect(wanted.made.get('d0')?.owner).to.equal('ContainerBridge/a');
    expect(wanted.unitsOf.get('ContainerBridge/a')?.map(({ name }) => name)).to.deep.equal([
      '05-osa-net-br-a.netdev',
      '05-osa-net-br-a.network',
      '05-osa-net-d0.netdev',
      '05-osa-net-d0.network',
    ]);
    expect(wanted.linksOf.get('MacvlanIntegration/m')).to.have.length(3);
    expect([wanted.refused.size, wanted.suspended.size, wanted.resolver]).to.deep.equal([0, 0, undefined]);
  });

  it('knows the resolver and what is suspended', () => {
    const suspended = { 'osa-net.dev/reconcile': 'suspended' };
    const wanted = desireOf(source('a.yaml', doc('Resolver', 'host'), bridge('a', {}, suspended)));
    expect(wanted.resolver?.owner).to.equal('Resolver/host');
    expect(wanted.resolver?.intent.resolvConf).to.deep.equal({ mode: 'uplink' });
    expect([...wanted.suspended]).to.deep.equal(['ContainerBridge/a']);
  });

  it('takes a change back although the text before it says suspended, where the change lifted that', () => {
    const key: ResourceKey = 'ContainerBridge/a';
    const suspended = { 'osa-net.dev/reconcile': 'suspended' };
    const before = source('a.yaml', bridge('a', {}, suspended), bridge('b', {}, suspended));
    const change = { change: 'changed', file: '', specHash: 'x', before: 'y', wasReady: true } as const;
    const transaction = { phase: 'reverting', changes: { [key]: change } } as unknown as Transaction;
    const standIn = { ...view(before), isStandIn: true };
    const force = inForce(standIn, kept(before), nothing, { ...emptyInventory, transaction });
    expect([...desire(force, capabilitiesOf(252)).suspended]).to.deep.equal(['ContainerBridge/b']);

    const now = source('a.yaml', bridge('a', { mtu: 1400 }), bridge('b', {}, suspended));
    const specHash = now.loaded.resources[0]?.specHash ?? '';
    const rolledBack = { [key]: { specHash, file: now.file, message: 'no' } };
    const alone = inForce(view(now), kept(before), nothing, { ...emptyInventory, rolledBack });
    const wanted = desire(alone, capabilitiesOf(252));
    expect(wanted.refused.get(key)?.reason).to.equal('RolledBack');
    expect([...wanted.suspended]).to.deep.equal(['ContainerBridge/b']);
  });

  it('still refuses what was refused before something else was tried and refused as well', () => {
    const now = source('a.yaml', bridge('a', { mtu: 1400 }));
    const key = 'ContainerBridge/a';
    const earlier = { specHash: now.loaded.resources[0]?.specHash ?? '', file: now.file, message: 'no' };
    const rolledBack = { [key]: { ...earlier, specHash: 'of what was tried since', earlier } };
    const force = inForce(view(now), kept(), nothing, { ...emptyInventory, rolledBack });
    expect(force.rolledBack.get(key)).to.equal(earlier);
  });

  it('refuses the later of two documents that want one link, and says so', () => {
    const wanted = desireOf(
      source('a.yaml', bridge('a')),
      source('b.yaml', netdev('br-a', 'dummy'), bridge('c')),
    );
    expect([...wanted.resources.keys()]).to.deep.equal(['ContainerBridge/a', 'ContainerBridge/c']);
    const refused = wanted.refused.get('NetDev/br-a');
    expect(refused?.reason).to.equal('Conflict');
    expect(refused?.problems.map(({ location }) => location.file.split('/').at(-1))).to.include('b.yaml');
    expect(wanted.made.get('br-a')?.kind).to.equal('bridge');
  });

  it('tells of each document that has a name which is taken', () => {
    const sources = ['a.yaml', 'b.yaml', 'c.yaml'].map((file) => source(file, bridge('x')));
    const { refused } = desireOf(...sources);
    const files = refused.get('ContainerBridge/x')?.problems.map(({ location }) => location.file);
    expect(files).to.deep.equal(['/etc/osa-net.d/b.yaml', '/etc/osa-net.d/c.yaml']);
  });

  it('refuses what this systemd cannot do', () => {
    const persistent = bridge('a', {
      addresses: ['10.0.0.1/24'],
      dhcpServer: { poolOffset: 10, poolSize: 5, persistLeases: true },
    });
    const wanted = desireAfter([], [source('a.yaml', persistent, bridge('b'))], 252);
    expect(wanted.refused.get('ContainerBridge/a')?.reason).to.equal('UnsupportedBySystemd');
    expect([...wanted.resources.keys()]).to.deep.equal(['ContainerBridge/b']);
    expect(desireAfter([], [source('a.yaml', persistent)], 257).refused.size).to.equal(0);
  });

  it('refuses a line of a unit that another document has set', () => {
    const first = doc('Link', 'one', { Match: { OriginalName: 'eth0' }, Link: { MTUBytes: 1400 } });
    const policy = doc('LinkPolicy', 'two', { unitName: '05-osa-net-one', mtu: 1500 });
    const wanted = desireOf(source('a.yaml', first), source('b.yaml', policy));
    expect([...wanted.refused.keys()]).to.deep.equal(['LinkPolicy/two']);
    expect([...wanted.resources.keys()]).to.deep.equal(['Link/one']);
  });
});

describe('a document that is refused', () => {
  const before = source('b.yaml', bridge('b', { interface: 'br-old' }), bridge('c', { mtu: 1400 }));
  const now = source('b.yaml', bridge('b', { interface: 'br-a' }), bridge('c', { mtu: 1300 }));
  const other = source('a.yaml', bridge('a'));

  it('stays as it was last good, while the rest of its file goes on', () => {
    const wanted = desireAfter([before, other], [now, other]);
    expect([...wanted.made.keys()].sort()).to.deep.equal(['br-a', 'br-c', 'br-old']);
    expect(wanted.made.get('br-c')?.mtu).to.equal(1300);
    expect([...wanted.refused.keys()]).to.deep.equal(['ContainerBridge/b']);
  });

  it('stays so over restarts: what is kept of its file is what is in force of it', () => {
    const first = desireAfter([before, other], [now, other]);
    const files = worthKeeping(first);
    const specsOf = (file: SourceFile | undefined) =>
      file?.loaded.resources.map(({ key, specHash }) => `${key} ${specHash}`).sort();
    const [[b], [, c]] = [specsOf(before), specsOf(now)] as [string[], string[]];
    expect(specsOf(files.get(before.file))).to.deep.equal([b, c]);
    expect(files.get(other.file)).to.equal(other);
    const again = worthKeeping(desireAfter([...files.values()], [now, other]));
    expect(again.get(before.file)?.hash, 'a second look writes nothing').to.equal(
      files.get(before.file)?.hash,
    );
    const second = desireAfter([...files.values()], [now, other]);
    expect([...second.made.keys()].sort()).to.deep.equal([...first.made.keys()].sort());
  });

  it('stays so too where it has moved to another file, whatever becomes of its old one', () => {
    const moved = source('z.yaml', bridge('b', { interface: 'br-a' }));
    const alone = source('b.yaml', bridge('b', { interface: 'br-old' }));
    const first = desireAfter([alone, other], [other, moved]);
    expect([...first.refused.keys()]).to.deep.equal(['ContainerBridge/b']);
    const next = desireAfter([...worthKeeping(first).values()], [other, moved]);
    expect([...next.made.keys()].sort()).to.deep.equal(['br-a', 'br-old']);
    const accepted = desireAfter([...worthKeeping(next).values()], [moved]);
    expect([...worthKeeping(accepted).keys()], 'nothing is left of the old file').to.deep.equal([moved.file]);
  });

  it('stays so too where only what it depends on has changed', () => {
    const on = (other: string) => ({ 'osa-net.dev/depends-on': `ContainerBridge/${other}` });
    const first = source('a.yaml', bridge('a', {}, on('b')));
    const [free, circle] = [source('b.yaml', bridge('b')), source('b.yaml', bridge('b', {}, on('a')))];
    const once = desireAfter([first, free], [first, circle]);
    expect([...once.resources.keys()].sort()).to.deep.equal(['ContainerBridge/a', 'ContainerBridge/b']);
    const again = desireAfter([...worthKeeping(once).values()], [first, circle]);
    expect([...again.resources.keys()].sort()).to.deep.equal([...once.resources.keys()].sort());
  });

  it('is not in force at all where it never was good, and not kept', () => {
    const wanted = desireOf(now, other);
    expect([...wanted.made.keys()].sort()).to.deep.equal(['br-a', 'br-c']);
    const kept = worthKeeping(wanted).get(now.file)?.loaded.resources;
    expect(kept?.map(({ key, location }) => [key, location.line])).to.deep.equal([['ContainerBridge/c', 3]]);
  });

  it('never wins against a document of today with its earlier version', () => {
    const claimed = source('z.yaml', bridge('z', { interface: 'br-old' }));
    const wanted = desireAfter([before, other], [now, other, claimed]);
    expect(wanted.made.get('br-old')?.owner).to.equal('ContainerBridge/z');
    expect(wanted.resources.has('ContainerBridge/b')).to.equal(false);
  });

  it('costs neither what was changed nor what was added beside it its last good text', () => {
    const later = source(
      'b.yaml',
      bridge('b', { interface: 'br-a' }),
      bridge('c', { mtu: 1300 }),
      bridge('d'),
    );
    const files = worthKeeping(desireAfter([before, other], [later, other]));
    const force = inForce(view(other, unreadable('b.yaml')), files, nothing);
    const broken = desire(force, capabilitiesOf(252));
    expect([...broken.made.keys()].sort()).to.deep.equal(['br-a', 'br-c', 'br-d', 'br-old']);
    expect(broken.made.get('br-c')?.mtu).to.equal(1300);
    const gone = source('b.yaml', bridge('b', { interface: 'br-a' }));
    const without = worthKeeping(desireAfter([...files.values()], [gone, other]));
    expect(
      [...without.values()].flatMap(({ loaded }) => loaded.resources.map(({ key }) => key)),
    ).to.deep.equal(['ContainerBridge/a', 'ContainerBridge/b']);
  });

  it('leaves nothing of its file where nothing else of it is in force', () => {
    const both = source('b.yaml', bridge('b', { interface: 'br-a' }), bridge('c'));
    const alone = source('b.yaml', bridge('b', { interface: 'br-a' }));
    const kept = worthKeeping(desireAfter([both, other], [alone, other])).get(alone.file);
    expect(kept, 'what was removed from it would come back once it breaks').to.equal(undefined);
  });

  it('does not keep a document that never was applied, but what stands beside it', () => {
    const [a, b] = [bridge('a'), bridge('b')];
    const wanted = desireAfter([], [source('m.yaml', a, b)]);
    const waiting = [...wanted.resources.values()].filter(({ key }) => key === 'ContainerBridge/b');
    const whole = worthKeeping(wanted, waiting).get('/etc/osa-net.d/m.yaml');
    expect(whole?.loaded.resources.map(({ key }) => key)).to.deep.equal(['ContainerBridge/a']);
    const alone = source('m.yaml', a);
    const later = desireAfter([alone], [source('m.yaml', a, b)]);
    const kept = worthKeeping(later, waiting).get(alone.file);
    expect(kept?.loaded.resources.map(({ key }) => key)).to.deep.equal(['ContainerBridge/a']);
    const changed = desireAfter([source('m.yaml', a, b)], [source('m.yaml', a, bridge('b', { mtu: 1300 }))]);
    const old = [...changed.resources.values()].filter(({ key }) => key === 'ContainerBridge/b');
    expect(worthKeeping(changed, old).get(alone.file)?.loaded.resources[1]?.specHash).to.equal(
      waiting[0]?.specHash,
    );
  });

  it('keeps what is in force when nothing is refused', () => {
    const wanted = desireOf(other);
    expect([...worthKeeping(wanted).values()]).to.deep.equal([other]);
  });

  it('keeps what stands beside a document that was refused when its file breaks afterwards', () => {
    const first = source('a.yaml', bridge('a', { interface: 'br-y' }));
    const before = source('f.yaml', bridge('old'));
    const mixed = source('f.yaml', bridge('old'), bridge('x'), bridge('y'));
    const wanted = desireAfter([first, before], [first, mixed]);
    expect([...wanted.refused.keys()]).to.deep.equal(['ContainerBridge/y']);
    const force = inForce(view(first, unreadable('f.yaml')), worthKeeping(wanted), nothing);
    expect([...desire(force, capabilitiesOf(252)).resources.keys()]).to.include('ContainerBridge/x');
  });

  it('spares what came from a file that is broken now, also where the version that is kept lacks it', () => {
    const first = source('a.yaml', bridge('a', { interface: 'br-y' }));
    const before = source('f.yaml', bridge('y', { interface: 'br-z' }));
    const mixed = source('f.yaml', bridge('y'), bridge('x'));
    const wanted = desireAfter([first, before], [first, mixed]);
    expect([...wanted.resources.values()].map(({ key }) => key)).to.include('ContainerBridge/x');
    const inventory = inventoryOf(wanted);
    const broken = view(first, unreadable('f.yaml'));
    const force = inForce(broken, worthKeeping(wanted), nothing, inventory);
    expect(isSpared(force, 'ContainerBridge/x')).to.equal(true);
    const mended = inForce(view(first, before), worthKeeping(wanted), nothing, inventory);
    expect(isSpared(mended, 'ContainerBridge/x')).to.equal(false);
  });
});

describe('a raw document of which networkd would leave out something', () => {
  it('is in force all the same, and what is left out is said', () => {
    const key: ResourceKey = 'Network/up';
    const network = (section: object) => doc('Network', 'up', { Match: { Name: 'eth0' }, Network: section });
    const said = (version: number, section: object) => {
      const wanted = desireAfter([], [source('a.yaml', network(section), bridge('b'))], version);
      expect([...wanted.resources.keys()]).to.deep.equal([key, 'ContainerBridge/b']);
      const { unread = [], warnings = [] } = wanted.readings.get(key) ?? {};
      return [unread, warnings].map((all) => all.map(({ message }) => message));
    };
    expect(said(252, { Adress: '10.0.0.2/24' })).to.deep.equal([['[Network] has no key "Adress"'], []]);
    expect(said(257, { IPv4Forwarding: true })).to.deep.equal([[], []]);
    expect(said(252, { IPv4Forwarding: true })[0]).to.have.length(1);
    expect(said(252, { DHCP: 'both' })[1]).to.have.length(1);
  });
});

describe('documents that stand on the link of another', () => {
  const card = (spec: object = {}) => source('a.yaml', doc('Interface', 'eno1', spec));
  const vlan = source('v.yaml', doc('Vlan', 'v10', { parent: 'eno1', id: 10 }));
  const lines = (wanted: ReturnType<typeof desireOf>) =>
    wanted.units.get('05-osa-net-eno1.network')?.text ?? '';

  it('are refused with it, and leave nothing in its unit', () => {
    const bond = source('b.yaml', doc('Bond', 'bond0', { mode: 'active-backup', vrf: 'gone' }));
    const others = [
      doc('Vlan', 'v10', { parent: 'bond0', id: 10 }),
      doc('Interface', 'eno7', { bond: 'bond0' }),
    ];
    const wanted = desireOf(bond, source('o.yaml', ...others));
    expect([...wanted.units.keys()]).to.deep.equal([]);
    expect([...wanted.refused.values()].map(({ reason }) => reason)).to.deep.equal([
      'DependencyNotReady',
      'DependencyNotReady',
      'DependencyNotReady',
    ]);
  });

  it('stay on it when its change is taken back', () => {
    const now = card({ mtu: 9000 });
    const specHash = now.loaded.resources[0]?.specHash ?? '';
    const rolledBack = { 'Interface/eno1': { specHash, file: now.file, message: 'no' } } as const;
    const inventory = { ...emptyInventory, rolledBack };
    const force = inForce(view(now, vlan), kept(card(), vlan), nothing, inventory);
    const wanted = desire(force, capabilitiesOf(252));
    expect(lines(wanted)).to.include('VLAN=v10').and.not.include('9000');
    expect([...wanted.refused.keys()]).to.deep.equal(['Interface/eno1']);
    expect(worthKeeping(wanted).has(vlan.file)).to.equal(true);
  });

  it('keep it when its document is gone, and say so, until nobody needs it', () => {
    const wanted = desireAfter([card(), vlan], [vlan]);
    expect(lines(wanted)).to.include('VLAN=v10');
    expect(wanted.refused.get('Vlan/v10')?.reason).to.equal('DependencyNotReady');
    expect([...wanted.resources.keys()]).to.have.members(['Interface/eno1', 'Vlan/v10']);
    expect([...worthKeeping(wanted).keys()]).to.have.members([card().file, vlan.file]);
    expect([...desireAfter([card(), vlan], []).resources.keys()]).to.deep.equal([]);
  });
});
