import { expect } from 'chai';
import { linksMadeBy } from '../../crds/compile/netdev.ts';
import type { LinkExpectation } from '../../crds/compiled.ts';
import type { AnyResource } from '../../crds/resource.ts';
import { expectationsOf, linesOf, rendered, resource } from './documents.ts';

const netdev = (spec: object) => resource('NetDev', 'n', spec);
const network = (name: string, spec: object) => resource('Network', name, spec);
const device = (Name: string, Kind: string, more: object = {}) => netdev({ NetDev: { Name, Kind }, ...more });

describe('unit of a raw document', () => {
  it('has its sections as they stand: booleans, lists of values, lists of sections', () => {
    const spec = {
      Match: { Name: 'eth0' },
      Network: {
        DHCP: false,
        LLDP: true,
        Address: ['10.0.0.1/24', ' fd00::1/64 '],
        MTUBytes: 1500,
        Bond: '',
      },
      Route: [{ Destination: '10.1.0.0/16', Gateway: '10.0.0.2' }, { Gateway: '10.0.0.3' }],
    };
    expect(linesOf(rendered(252, network('a', spec)), '05-osa-net-eth0.network')).to.deep.equal([
      '[Match] Name=eth0',
      '[Network] DHCP=no',
      '[Network] LLDP=yes',
      '[Network] Address=10.0.0.1/24',
      '[Network] Address=fd00::1/64',
      '[Network] MTUBytes=1500',
      '[Network] Bond=',
      '[Route] Destination=10.1.0.0/16',
      '[Route] Gateway=10.0.0.2',
      '[Route] Gateway=10.0.0.3',
    ]);
  });

  const names: readonly [unit: string, resource: AnyResource][] = [
    ['05-osa-net-br0.netdev', device('br0', 'bridge')],
    ['05-osa-net-l.link', resource('Link', 'l', { Match: { OriginalName: '*' }, Link: { MTUBytes: 9000 } })],
    ['05-osa-net-eth0.network', network('w', { Match: { Name: 'eth0' } })],
    ['05-osa-net-w.network', network('w', { Match: { Name: 'eth*' } })],
    ['05-osa-net-w.network', network('w', { Match: { Name: '!eth0' } })],
    ['05-osa-net-w.network', network('w', { Match: { Name: 'eth0 eth1' } })],
    ['05-osa-net-w.network', network('w', { Match: { Name: ['eth0', 'eth1'] } })],
    ['05-osa-net-w.network', network('w', { Match: { Name: 'eth0', Host: 'a' } })],
    ['05-osa-net-w.network', network('w', { Match: [{ Name: 'eth0' }, { Name: 'eth1' }] })],
    ['05-osa-net-w.network', network('w', { Match: { Name: '../eth0' } })],
    ['05-osa-net-w.network', network('w', { Match: { Name: '' } })],
    ['05-osa-net-w.network', network('w', { Match: { MACAddress: '02:00:00:00:00:01' } })],
  ];
  for (const [unit, one] of names) {
    it(`is ${unit} for ${JSON.stringify(one.spec)}`, () => {
      expect(rendered(252, one).units.map(({ name }) => name)).to.deep.equal([unit]);
    });
  }
});

describe('expectations of a raw NetDev', () => {
  const base = { made: true, netdev: '05-osa-net-x.netdev', field: 'spec.NetDev.Name' };
  const made: readonly [reason: string, resource: AnyResource, links: readonly LinkExpectation[]][] = [
    ['a bridge', device('x', 'bridge'), [{ ...base, link: 'x', kind: 'bridge' }]],
    ['a tap, which the kernel calls tun', device('x', 'tap'), [{ ...base, link: 'x', kind: 'tun' }]],
    ['wireless, which has no kind', device('x', 'wlan'), [{ ...base, link: 'x' }]],
    ['fou, which makes no link', device('x', 'fou'), []],
    [
      'l2tp, whose sessions are the links',
      device('x', 'l2tp', { L2TPSession: [{ Name: 's1' }, { Name: 's2' }] }),
      [
        { ...base, link: 's1', field: 'spec.L2TPSession' },
        { ...base, link: 's2', field: 'spec.L2TPSession' },
      ],
    ],
    [
      'both ends of a veth pair',
      device('x', 'veth', { Peer: { Name: 'y' } }),
      [
        { ...base, link: 'x', kind: 'veth', parent: 'y' },
        { ...base, link: 'y', kind: 'veth', parent: 'x', field: 'spec.Peer.Name' },
      ],
    ],
    ['a veth without peer', device('x', 'veth'), [{ ...base, link: 'x', kind: 'veth' }]],
    [
      'both ends of a vxcan pair',
      device('x', 'vxcan', { VXCAN: { Peer: 'y' } }),
      [
        { ...base, link: 'x', kind: 'vxcan', parent: 'y' },
        { ...base, link: 'y', kind: 'vxcan', parent: 'x', field: 'spec.VXCAN.Peer' },
      ],
    ],
    [
      'a macvlan with its mode',
      device('x', 'macvlan', { MACVLAN: { Mode: 'private' } }),
      [{ ...base, link: 'x', kind: 'macvlan', mode: 'private' }],
    ],
    [
      'a macvlan of a mode that osa-net does not watch',
      device('x', 'macvlan', { MACVLAN: { Mode: 'source' } }),
      [{ ...base, link: 'x', kind: 'macvlan' }],
    ],
    [
      'a state of its own',
      netdev({ NetDev: { Name: 'x', Kind: 'dummy' }, requiredState: 'carrier' }),
      [{ ...base, link: 'x', kind: 'dummy', requiredState: 'carrier' }],
    ],
  ];
  for (const [reason, one, links] of made) {
    it(`are those of ${reason}`, () => {
      expect(Object.values(expectationsOf(252, one))).to.deep.equal(links);
    });
  }

  for (const key of ['MACVLAN', 'VLAN', 'IPVLAN', 'MACsec']) {
    it(`include the parent that another document gives with ${key}=`, () => {
      const parent = network('p', { Match: { Name: 'eth0' }, Network: { [key]: ['y', 'x z'] } });
      expect(expectationsOf(252, device('x', 'dummy'), parent)['x']).to.include({ parent: 'eth0' });
    });
  }

  it('do not include a parent that no single link is named for', () => {
    const parent = network('p', { Match: { Name: 'eth*' }, Network: { VLAN: 'x' } });
    expect(expectationsOf(252, device('x', 'vlan'), parent)['x']).to.not.have.property('parent');
  });

  it('include the unit that configures the link', () => {
    const own = network('p', { Match: { Name: 'y' }, Network: { DHCP: true } });
    const links = expectationsOf(252, own, device('x', 'veth', { Peer: { Name: 'y' } }));
    expect(links['y']).to.include({ made: true, network: '05-osa-net-y.network', parent: 'x' });
    expect(links['x']).to.not.have.property('network');
  });
});

describe('expectations of a raw Network', () => {
  const base = { link: 'x', made: false, network: '05-osa-net-x.network', field: 'spec.Match.Name' };
  const Match = { Name: 'x' };
  const bridge = device('br0', 'bridge');
  const vrf = device('vrf0', 'vrf');
  const foreign = { name: 'br0', foreign: true };
  const promised: readonly [
    reason: string,
    spec: object,
    others: readonly AnyResource[],
    link: LinkExpectation | undefined,
  ][] = [
    ['nothing but its unit', { Match }, [], base],
    ['several links', { Match: { Name: 'x*' }, Network: { Address: '10.0.0.1/24' } }, [], undefined],
    ['a link left unmanaged', { Match, Link: { Unmanaged: true } }, [], undefined],
    ['a link left unmanaged, in words', { Match, Link: { Unmanaged: 'On' } }, [], undefined],
    ['a link that is managed', { Match, Link: { Unmanaged: 'no' } }, [], base],
    ['a foreign bridge', { Match, Network: { Bridge: 'br0' } }, [], { ...base, master: foreign }],
    [
      'a bridge of the documents',
      { Match, Network: { Bridge: 'br0' } },
      [bridge],
      { ...base, master: { name: 'br0', foreign: false } },
    ],
    ['the last bridge', { Match, Network: { Bridge: ['br1', 'br0'] } }, [], { ...base, master: foreign }],
    ['no bridge after all', { Match, Network: { Bridge: ['br0', ''] } }, [], base],
    [
      'a VRF of the documents',
      { Match, Network: { VRF: 'vrf0' } },
      [vrf],
      { ...base, master: { name: 'vrf0', foreign: false, kind: 'vrf' } },
    ],
    ['a VRF that nobody makes', { Match, Network: { VRF: 'vrf0' } }, [], base],
    ['a bond that is a VRF', { Match, Network: { Bond: 'vrf0' } }, [vrf], base],
    [
      'addresses of both spellings, canonical and once',
      {
        Match,
        Network: { Address: ['10.9.9.9/24', '', '10.0.0.1/24', 'FD00:0::1/64'] },
        Address: [{ Address: '10.0.0.1/24' }, { Address: '10.0.1.1/24' }],
      },
      [],
      { ...base, addresses: ['10.0.0.1/24', 'fd00::1/64', '10.0.1.1/24'], requiredState: 'routable' },
    ],
    [
      'no address that will show otherwise than it is written',
      {
        Match,
        Network: { Address: ['10.0.0.1', '0.0.0.0/24'] },
        Address: [{ Address: '10.0.0.1/32', Peer: '10.0.0.2/32' }, { Label: 'x:1' }],
      },
      [],
      { ...base, alsoAsks: ['address'] },
    ],
    [
      'link-local addresses',
      { Match, Network: { Address: 'fe80::1/64' } },
      [],
      { ...base, addresses: ['fe80::1/64'], requiredState: 'degraded' },
    ],
    [
      'gateways that are addresses',
      { Match, Network: { Gateway: ['10.0.0.2', '_dhcp4', 'FD00::2'] } },
      [],
      { ...base, gateways: ['10.0.0.2', 'fd00::2'] },
    ],
    ['an MTU in bytes', { Match, Link: { MTUBytes: 9000 } }, [], { ...base, mtu: 9000 }],
    [
      'a MAC address',
      { Match, Link: { MACAddress: '02-00-00-00-00-0A' } },
      [],
      { ...base, mac: '02:00:00:00:00:0a' },
    ],
    [
      'a MAC address in another form',
      { Match, Link: { MACAddress: '0200.0000.000A' } },
      [],
      { ...base, mac: '02:00:00:00:00:0a' },
    ],
    [
      'what is no MAC address',
      { Match, Link: { MACAddress: '0200:0000:000a' } },
      [],
      { ...base, alsoAsks: ['mac'] },
    ],
    ['an MTU with a suffix', { Match, Link: { MTUBytes: '9K' } }, [], { ...base, mtu: 9216 }],
    ['what is no MTU', { Match, Link: { MTUBytes: '9 kB' } }, [], { ...base, alsoAsks: ['mtu'] }],
    ['a lease', { Match, Network: { DHCP: 'ipv4' } }, [], { ...base, alsoAsks: ['address'] }],
    [
      'a state of its own',
      { Match, Network: { Address: '10.0.0.1/24' }, requiredState: 'off' },
      [],
      { ...base, addresses: ['10.0.0.1/24'], requiredState: 'off' },
    ],
    [
      'a link that networkd leaves down',
      { Match, Link: { ActivationPolicy: 'manual' }, Network: { Address: '10.0.0.1/24' } },
      [],
      { link: 'x', made: false, addresses: ['10.0.0.1/24'], field: 'spec.Match.Name' },
    ],
    ['a link that networkd brings up', { Match, Link: { ActivationPolicy: 'always-up' } }, [], base],
  ];
  for (const [reason, spec, others, link] of promised) {
    it(`are those of ${reason}`, () => {
      const all = expectationsOf(252, network('w', spec), ...others);
      expect(all['x']).to.deep.equal(link);
    });
  }

  it('ask for no carrier of a bridge without ports, and for an address once it has one', () => {
    const own = network('w', { Match: { Name: 'br0' }, Network: { Address: '10.0.0.1/24' } });
    const port = network('p', { Match: { Name: 'en*' }, Network: { Bridge: 'br0' } });
    expect(expectationsOf(252, bridge, own)['br0']?.requiredState).to.equal('no-carrier');
    expect(expectationsOf(252, bridge, own, port)['br0']?.requiredState).to.equal('routable');
    expect(expectationsOf(252, own)['br0']?.requiredState).to.equal('routable');
  });
});

describe('the links that the text of a .netdev makes', () => {
  for (const [text, made] of [
    ['[NetDev]\nName=br0\nKind=bridge\n', { br0: 'bridge' }],
    ['[NetDev]\nName=a\nKind=veth\n[Peer]\nName=b\n', { a: 'veth', b: 'veth' }],
    ['[NetDev]\nName=a\n[NetDev]\nKind=dummy\nName=b\n', { b: 'dummy' }],
    ['[NetDev]\nName=t\nKind=tap\n', { t: 'tun' }],
    ['[NetDev]\nName=w\nKind=wlan\n', { w: '' }],
    ['[NetDev]\nName=f\nKind=fou\n', {}],
    ['[NetDev]\nKind=bridge\n', undefined],
    ['[NetDev]\nName=x\n', undefined],
    ['', undefined],
  ] as const) {
    it(`are ${JSON.stringify(made)} for ${JSON.stringify(text)}`, () => {
      expect(linksMadeBy(text)).to.deep.equal(made);
    });
  }
});
