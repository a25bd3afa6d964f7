import { expect } from 'chai';
import { differencesOf } from '../../state/compare.ts';
import type { AskedSetting, Inventory } from '../../state/inventory.ts';
import { identityOf, type Observed, type ObservedLink } from '../../state/observed.ts';
import { intentOf } from '../../state/record.ts';
import { describeStep } from '../../state/step.ts';
import type { Transaction } from '../../state/transaction.ts';
import { bridge, converged, doc, link, links, netdev, observed, planOf } from './build.ts';

type Known = ReturnType<typeof converged>;
type Asked = Readonly<Record<string, Omit<AskedSetting, 'owner'>>>;

/** Puts on record that an earlier text asked for more, and has the host show it. */
function withLeft(
  known: Known,
  name: string,
  asked: Asked,
  seen: Partial<ObservedLink> = {},
  host: Partial<Observed> = {},
): Known {
  const owner = known.desired.resources.keys().next().value ?? ('Network/gone' as const);
  const identity = `${known.observed.epoch} ${link(name).ifindex}`;
  const entries = Object.entries(asked).map(([setting, entry]) => [setting, { owner, identity, ...entry }]);
  const settings = { [name]: Object.fromEntries(entries) } as Inventory['settings'];
  const shown = link(name, { ...known.observed.links.get(name), ...seen });
  return {
    ...known,
    inventory: { ...known.inventory, settings },
    observed: {
      ...known.observed,
      ...host,
      links: new Map([...known.observed.links, ...(host.links ?? []), ...links(shown)]),
    },
  };
}

function stepsOf(...input: Parameters<typeof withLeft>): readonly string[] {
  return planOf(withLeft(...input)).steps.map(describeStep);
}

const reverting = (scene: object = {}) =>
  ({ phase: 'reverting', changes: {}, scene }) as unknown as Transaction;

describe('what is left from an earlier text', () => {
  const plain = converged(252, bridge('a', { addresses: ['10.0.0.2/24'] }));
  const addresses = { address: { values: ['10.0.0.1/24', '10.0.0.2/24'] } };
  const both = { addresses: ['10.0.0.1/24', '10.0.0.2/24'] };

  describe('an address', () => {
    it('is removed, and nothing else is done', () => {
      expect(stepsOf(plain, 'br-a', addresses, both)).to.deep.equal([
        'remove-address 10.0.0.1/24 dev br-a: address 10.0.0.1/24 is left from an earlier text',
      ]);
    });

    it('is left while one that is asked for is missing: the host may be reached by it alone', () => {
      const known = withLeft(plain, 'br-a', addresses, { addresses: ['10.0.0.1/24', 'fd00::1/64'] });
      const steps = planOf(known).steps.map(describeStep).join();
      expect(steps).to.include('reconfigure-link').and.not.include('remove-address');
      const [expected] = known.desired.linksOf.get('ContainerBridge/a') ?? [];
      const seen = known.observed.links.get('br-a');
      const found = expected && seen ? differencesOf(expected, known.observed, known) : [];
      expect(
        found.map(({ aspect }) => aspect),
        'and that is told',
      ).to.include('leftover');
    });

    for (const [left, wanted, isRemoved] of [
      ['fd00::1/64', 'fd00::1/48', true],
      ['10.0.0.1/24', '10.0.0.1/16', false],
      ['10.0.0.1/24', 'fd00::1/48', false],
    ] as const) {
      it(`${left} is ${isRemoved ? 'removed' : 'left'} while ${wanted} is missing: IPv6 has an address once`, () => {
        const known = converged(252, bridge('a', { addresses: [wanted] }));
        const steps = stepsOf(known, 'br-a', { address: { values: [left] } }, { addresses: [left] });
        expect(steps.join().includes(`remove-address ${left}`)).to.equal(isRemoved);
      });
    }

    it('is left to networkd while that is at work', () => {
      expect(stepsOf(plain, 'br-a', addresses, { ...both, setup: 'configuring' }).join()).not.to.include(
        'remove-address',
      );
    });

    it('is none that was there before on a link of others, nor one that goes back with a change', () => {
      const nic = converged(
        252,
        doc('Network', 'eth1', { Match: { Name: 'eth1' }, Network: { Address: '10.0.0.2/24' } }),
      );
      expect(stepsOf(nic, 'eth1', addresses, both)).to.have.lengthOf(1);
      const found = { address: { ...addresses.address, found: ['10.0.0.1/24'] } };
      expect(stepsOf(nic, 'eth1', found, both)).to.deep.equal([]);
      const known = withLeft(nic, 'eth1', addresses, both);
      const identity = identityOf(known.observed.links.get('eth1') ?? link('eth1'), known.observed);
      const scene = { eth1: { identity, mtu: 1500, addresses: ['10.0.0.1/24'], routes: [] } };
      const inventory = { ...known.inventory, transaction: reverting(scene) };
      expect(planOf({ ...known, inventory }).steps).to.deep.equal([]);
    });

    it('is none that was given by hand or for a time', () => {
      const seen = { addresses: ['10.0.0.2/24', '10.0.0.1/24', '10.0.0.9/24'], leased: ['10.0.0.1/24'] };
      expect(stepsOf(plain, 'br-a', addresses, seen)).to.deep.equal([]);
    });

    it('is not what another resource asks for on the same link', () => {
      const network = { Match: { Name: 'x' }, Network: { Address: '10.1.0.1/24' } };
      const apart = converged(252, netdev('x', 'dummy'), doc('Network', 'x', network));
      expect(stepsOf(apart, 'x', { address: { values: ['10.1.0.1/24'] } })).to.deep.equal([]);
    });
  });

  describe('an MTU', () => {
    const asked = { mtu: { values: ['1400'] } };

    it('becomes that of a new link', () => {
      expect(stepsOf(plain, 'br-a', asked, { mtu: 1400 })).to.deep.equal([
        'set-link br-a mtu 1500: mtu is 1400 from an earlier text, should be 1500',
      ]);
      const ports = { links: links(link('p', { master: 'br-a', mtu: 1450 })) };
      expect(stepsOf(plain, 'br-a', asked, { mtu: 1400 }, ports)).to.deep.equal([
        'set-link br-a mtu 1450: mtu is 1400 from an earlier text, should be 1450',
      ]);
    });

    it('becomes what it was where the link is not ours', () => {
      const nic = converged(
        252,
        doc('Network', 'eth1', { Match: { Name: 'eth1' }, Network: { DHCP: 'no' } }),
      );
      const before = { mtu: { values: ['1400'], before: '9000' } };
      expect(stepsOf(nic, 'eth1', before, { mtu: 1400 })).to.deep.equal([
        'set-link eth1 mtu 9000: mtu is 1400 from an earlier text, should be 9000',
      ]);
      expect(stepsOf(nic, 'eth1', asked, { mtu: 1400 })).to.deep.equal([]);
    });

    it('is no more than what the link stands on has', () => {
      const own = converged(252, doc('Network', 'v7', { Match: { Name: 'v7' }, Network: { DHCP: 'no' } }));
      const before = { mtu: { values: ['1400'], before: '9000' } };
      const below = { links: links(link('eth0', { mtu: 1500 })) };
      expect(stepsOf(own, 'v7', before, { mtu: 1400, kind: 'vlan', parent: 'eth0' }, below)).to.deep.equal([
        'set-link v7 mtu 1500: mtu is 1400 from an earlier text, should be 1500',
      ]);
    });

    for (const [what, network] of [
      ['several documents describe the link', { Network: { DHCP: 'no' } }],
      ['somebody else has to set the link up', { Link: { ActivationPolicy: 'manual' } }],
    ] as const) {
      it(`is put right once where ${what}`, () => {
        const own = doc('Network', 'x', { Match: { Name: 'x' }, ...network });
        const both = converged(252, netdev('x', 'dummy'), own);
        expect(stepsOf(both, 'x', asked, { mtu: 1400, kind: 'dummy' })).to.have.lengthOf(1);
      });
    }

    it('of one end of a pair has nothing to do with that of the other', () => {
      const pair = converged(
        252,
        doc('NetDev', 'x', { NetDev: { Name: 'x', Kind: 'veth' }, Peer: { Name: 'y' } }),
        doc('Network', 'x', { Match: { Name: 'x' }, Link: { MTUBytes: 9000 } }),
        doc('Network', 'y', { Match: { Name: 'y' }, Network: { DHCP: 'no' } }),
      );
      const before = { mtu: { values: ['9000'] } };
      const x = { links: links(link('x', { kind: 'veth', parent: 'y', mtu: 9000 })) };
      expect(stepsOf(pair, 'y', before, { mtu: 9000, kind: 'veth', parent: 'x' }, x)).to.deep.equal([
        'set-link y mtu 1500: mtu is 9000 from an earlier text, should be 1500',
      ]);
    });

    it('is no less than what stands on the link is to have', () => {
      const nic = converged(
        257,
        doc('Network', 'eth1', { Match: { Name: 'eth1' }, Network: { VLAN: 'v7' } }),
        doc('NetDev', 'v7', { NetDev: { Name: 'v7', Kind: 'vlan' }, VLAN: { Id: 7 } }),
        doc('Network', 'v7', { Match: { Name: 'v7' }, Link: { MTUBytes: 9000 } }),
      );
      const before = { mtu: { values: ['9000'], before: '1500' } };
      expect(
        stepsOf(nic, 'eth1', before, { mtu: 9000 }).filter((step) => step.includes('eth1 mtu')),
      ).to.deep.equal([]);
    });

    it('is left as it is where somebody has set another since, or a text asks for one', () => {
      expect(stepsOf(plain, 'br-a', asked, { mtu: 1300 })).to.deep.equal([]);
      const wanting = converged(252, bridge('a', { mtu: 1400 }));
      expect(stepsOf(wanting, 'br-a', asked, { mtu: 1400 })).to.deep.equal([]);
    });
  });

  describe('a forwarding switch', () => {
    const key = 'net/ipv4/conf/br-a/forwarding';
    const asked = { [key]: { values: ['1'] } };
    const switches = (all: string, one: string) => ({
      sysctls: new Map([
        ['net/ipv4/ip_forward', all],
        [key, one],
      ]),
    });

    it('of a link of ours becomes what a new link would have', () => {
      expect(stepsOf(plain, 'br-a', asked, {}, switches('0', '1'))).to.deep.equal([
        `set-sysctl ${key} 0: ${key} is 1 from an earlier text, should be 0`,
      ]);
      expect(stepsOf(plain, 'br-a', asked, {}, switches('1', '1'))).to.deep.equal([]);
    });

    it('is left on where the host forwards: others may rely on it', () => {
      const nic = converged(
        252,
        doc('Network', 'eth1', { Match: { Name: 'eth1' }, Network: { DHCP: 'no' } }),
      );
      const own = 'net/ipv4/conf/eth1/forwarding';
      const before = { [own]: { values: ['1'], before: '0' } };
      const host = (all: string) => ({
        sysctls: new Map([
          ['net/ipv4/ip_forward', all],
          [own, '1'],
        ]),
      });
      expect(stepsOf(nic, 'eth1', before, {}, host('1'))).to.deep.equal([]);
      expect(stepsOf(nic, 'eth1', before, {}, host('0'))).to.deep.equal([
        `set-sysctl ${own} 0: ${own} is 1 from an earlier text, should be 0`,
      ]);
    });

    it('of the host stays on, but where the change that switched it on is taken back', () => {
      const host = { 'net/ipv4/ip_forward': { values: ['1'], before: '0' } };
      const known = withLeft(plain, 'br-a', host, {}, switches('1', '1'));
      expect(planOf(known).steps).to.deep.equal([]);
      const inventory = { ...known.inventory, transaction: reverting() };
      expect(planOf({ ...known, inventory }).steps.map(describeStep)).to.deep.equal([
        'set-sysctl net/ipv4/ip_forward 0: it was 0 before the change that is taken back',
      ]);
    });
  });

  it('of NAT is a network that leaves the table, unless another link has it', () => {
    const asked = { masquerade: { values: ['10.0.0.0/24'] } };
    const host = { masqueraded: ['10.0.0.0/24', '10.9.0.0/24'] };
    expect(stepsOf(plain, 'br-a', asked, {}, host)).to.deep.equal([
      'unmasquerade 10.0.0.0/24: 10.0.0.0/24 is masqueraded for an earlier text',
    ]);
    const other = converged(
      252,
      bridge('a', { addresses: ['10.1.0.1/24'] }),
      bridge('b', { addresses: ['10.0.0.1/24'], masquerade: 'ipv4' }),
    );
    expect(planOf(withLeft(other, 'br-a', asked, {}, host)).steps.map(({ kind }) => kind)).not.to.include(
      'unmasquerade',
    );
  });

  it('of NAT stays where a text masquerades networks that are not known beforehand', () => {
    const known = converged(
      252,
      bridge('a', { addresses: ['10.1.0.1/24'] }),
      doc('Network', 'eth1', { Match: { Name: 'eth1' }, Network: { DHCP: 'ipv4', IPMasquerade: 'ipv4' } }),
    );
    const asked = { masquerade: { values: ['10.0.0.0/24'] } };
    expect(stepsOf(known, 'br-a', asked, {}, { masqueraded: ['10.0.0.0/24'] })).to.deep.equal([]);
  });

  it('of the settings of a kind becomes what the kernel gives a new link', () => {
    const known = converged(257, netdev('br9', 'bridge'));
    const asked = { 'Bridge.STP': { values: ['1'] }, 'Bridge.Priority': { values: ['100'] } };
    const data = { stp_state: 1, priority: 32768 };
    expect(stepsOf(known, 'br9', asked, { data })).to.deep.equal([
      'set-option br9 stp_state 0: Bridge.STP is 1 from an earlier text, should be 0',
    ]);
  });

  describe('an MTU or a MAC address', () => {
    const asked = {
      mtu: { values: ['1400'], before: '1500' },
      mac: { values: ['02:00:00:00:00:02'], before: '02:00:00:00:00:01' },
    };
    const seen = { mtu: 1400, mac: '02:00:00:00:00:02' };
    const eth1 = (spec: object) =>
      converged(252, doc('Network', 'eth1', { Match: { Name: 'eth1' }, ...spec }));

    it("of a port of a bond is the bond's, and the MAC address of a bridge that of a port", () => {
      const bond = { links: links(link('bond0', { kind: 'bond' })) };
      const bare = eth1({ Network: { DHCP: 'no' } });
      expect(stepsOf(bare, 'eth1', asked, seen)).to.have.lengthOf(2);
      expect(stepsOf(bare, 'eth1', asked, { ...seen, master: 'bond0' }, bond)).to.deep.equal([]);
      expect(stepsOf(plain, 'br-a', { mac: asked.mac }, { mac: seen.mac })).to.deep.equal([]);
    });

    it('is left where a text may ask for it otherwise', () => {
      for (const spec of [
        { Link: { MTUBytes: 'much', MACAddress: 'some' } },
        { DHCPv4: { UseMTU: true }, Link: { MACAddress: 'some' } },
      ]) {
        expect(stepsOf(eth1(spec), 'eth1', asked, seen)).to.deep.equal([]);
      }
      const file = doc('Link', 'own', { Match: { OriginalName: 'eth1' }, Link: { MTUBytes: '1400' } });
      const both = converged(252, doc('Network', 'eth1', { Match: { Name: 'eth1' } }), file);
      expect(stepsOf(both, 'eth1', { mtu: asked.mtu }, seen)).to.deep.equal([]);
      const own = converged(
        252,
        doc('NetDev', 'x', { NetDev: { Name: 'x', Kind: 'dummy', MTUBytes: 1400 } }),
        doc('Network', 'x', { Match: { Name: 'x' } }),
      );
      expect(stepsOf(own, 'x', { mtu: asked.mtu }, seen)).to.deep.equal([]);
    });
  });

  it('an address is left where a text has it in another form, or a lease may bring it', () => {
    for (const Network of [{ Address: '10.0.0.1' }, { DHCP: 'ipv4' }]) {
      const known = converged(252, doc('Network', 'eth1', { Match: { Name: 'eth1' }, Network }));
      const asked = { address: { values: ['10.0.0.1/32'] } };
      expect(stepsOf(known, 'eth1', asked, { addresses: ['10.0.0.1/32'] })).to.deep.equal([]);
    }
  });

  describe('on the way back of a change', () => {
    it('becomes what it was before it', () => {
      const asked = { mtu: { values: ['1400'], before: '1500' }, mac: { values: ['02:00:00:00:00:02'] } };
      const nic = converged(
        252,
        doc('Network', 'eth1', { Match: { Name: 'eth1' }, Network: { DHCP: 'no' } }),
      );
      const known = withLeft(nic, 'eth1', asked, { mtu: 1400, mac: '02:00:00:00:00:02' });
      const { ifindex } = known.observed.links.get('eth1') ?? { ifindex: 0 };
      const identity = `${known.observed.epoch} ${ifindex}`;
      const scene = { eth1: { identity, mtu: 1300, mac: '02:00:00:00:00:01', addresses: [], routes: [] } };
      const inventory = { ...known.inventory, transaction: reverting(scene) };
      expect(planOf({ ...known, inventory }).steps.map(describeStep)).to.deep.equal([
        'set-link eth1 mtu 1300: mtu is 1400 from an earlier text, should be 1300',
        'set-link eth1 mac 02:00:00:00:00:01: mac is 02:00:00:00:00:02 from an earlier text, should be 02:00:00:00:00:01',
      ]);
    });
  });

  it('on the way back is as if there was none where another link has the name by now', () => {
    const nic = converged(252, doc('Network', 'eth1', { Match: { Name: 'eth1' }, Network: { DHCP: 'no' } }));
    const known = withLeft(nic, 'eth1', { mtu: { values: ['1400'], before: '1500' } }, { mtu: 1400 });
    const transaction = reverting({ eth1: { identity: 'another', mtu: 1300, addresses: [], routes: [] } });
    const steps = planOf({ ...known, inventory: { ...known.inventory, transaction } }).steps.map(
      describeStep,
    );
    expect(steps.filter((step) => step.startsWith('set-link'))).to.deep.equal([
      'set-link eth1 mtu 1500: mtu is 1400 from an earlier text, should be 1500',
    ]);
  });

  it('of the host is left on the way back where a document of before has it on', () => {
    const known = converged(252, bridge('a'), bridge('b', { forwarding: 'ipv4' }));
    const sysctls = new Map(
      ['net/ipv4/ip_forward', 'net/ipv4/conf/br-b/forwarding'].map((key) => [key, '1'] as const),
    );
    const asked = { 'net/ipv4/ip_forward': { values: ['1'], before: '0' } };
    const left = withLeft(known, 'br-a', asked, {}, { sysctls });
    const inventory = { ...left.inventory, transaction: reverting() };
    expect(planOf({ ...left, inventory }).steps).to.deep.equal([]);
  });

  it("on the way back is that of before on a link of ours, too, and is nobody's then", () => {
    const asked = { mtu: { values: ['1400'] } };
    const known = withLeft(plain, 'br-a', asked, { mtu: 1400, kind: 'bridge' });
    const seen = known.observed.links.get('br-a') ?? link('br-a');
    const scene = { identity: identityOf(seen, known.observed), mtu: 9000, addresses: [], routes: [] };
    const transaction = reverting({ 'br-a': scene });
    const back = { ...known, inventory: { ...known.inventory, transaction } };
    const plan = planOf(back);
    expect(plan.steps.map(describeStep)).to.deep.equal([
      'set-link br-a mtu 9000: mtu is 1400 from an earlier text, should be 9000',
    ]);
    const recorded = intentOf(
      back.inventory,
      known.desired,
      plan,
      known.observed,
      '2026-01-01T00:00:00.000Z',
    );
    expect(recorded.settings?.['br-a']?.['mtu']?.values).to.deep.equal(['1400']);
  });

  describe('on a link that no document describes any more', () => {
    const nothing: Known = { ...converged(249), observed: observed(249) };
    const asked = { address: { values: ['10.0.0.1/24'] }, mtu: { values: ['1400'], before: '1500' } };
    const seen = { addresses: ['10.0.0.1/24', '10.0.0.2/24'], mtu: 1400 };

    it('is undone once networkd has nothing to do with it', () => {
      expect(stepsOf(nothing, 'eth1', asked, { ...seen, setup: 'unmanaged' })).to.deep.equal([
        'remove-address 10.0.0.1/24 dev eth1: address 10.0.0.1/24 is left from an earlier text',
        'set-link eth1 mtu 1500: mtu is 1400 from an earlier text, should be 1500',
      ]);
      const another = Object.fromEntries(
        Object.entries(asked).map(([setting, entry]) => [setting, { ...entry, identity: 'another' }]),
      );
      expect(stepsOf(nothing, 'eth1', another, { ...seen, setup: 'unmanaged' })).to.deep.equal([]);
      for (const setup of ['configured', 'configuring', '-']) {
        expect(stepsOf(nothing, 'eth1', asked, { ...seen, setup })).to.deep.equal([]);
      }
    });

    it('is left where its document asked for that, and where the link goes or is given back', () => {
      const known = withLeft(nothing, 'eth1', asked, { ...seen, setup: 'unmanaged' });
      const record = { specHash: '', generation: 1, createdAt: '', file: '', keep: true };
      const kept = { ...known.inventory, resources: { 'Network/gone': record } };
      expect(planOf({ ...known, inventory: kept }).steps).to.deep.equal([]);
      const owned = {
        owner: 'NetDev/gone',
        kind: 'dummy',
        netdev: '05-osa-net-eth1.netdev',
        madeFrom: '',
      } as const;
      const going = { ...known.inventory, links: { eth1: owned } };
      expect(planOf({ ...known, inventory: going }).steps.map(({ kind }) => kind)).to.not.include('set-link');
    });
  });
});
