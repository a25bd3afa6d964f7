import { expect } from 'chai';
import { type CrossCase, crossChecked, type Doc, fileOf, itSettles } from './documents-beside.ts';

const cases: readonly CrossCase[] = [
  [
    'two bridges in each other',
    [
      ['ContainerBridge', 'a', 'interfaces: [br-b]'],
      ['ContainerBridge', 'b', 'interfaces: [»br-a]'],
    ],
    'ContainerBridge/b <- ContainerBridge/a: BRIDGE_CYCLE',
  ],
  [
    'a bridge in a bridge',
    [
      ['ContainerBridge', 'a', '{}'],
      ['ContainerBridge', 'b', 'interfaces: [»br-a]'],
    ],
    'ContainerBridge/b <- ContainerBridge/a: BRIDGE_CYCLE',
  ],
  [
    'a bridge that is a port already',
    [
      ['ContainerBridge', 'a', 'interfaces: [br-b]'],
      ['ContainerBridge', 'b', 'interface: »br-b'],
    ],
    'ContainerBridge/b <- ContainerBridge/a: BRIDGE_CYCLE',
  ],
  [
    'an integration with a port',
    [
      ['ContainerBridge', 'a', 'interfaces: [eth1]'],
      ['MacvlanIntegration', 'b', 'bridge: »eth1'],
    ],
    'MacvlanIntegration/b <- ContainerBridge/a: BRIDGE_CYCLE',
  ],
  [
    'a port with which another integrates',
    [
      ['MacvlanIntegration', 'a', 'bridge: eth1'],
      ['ContainerBridge', 'b', 'interfaces: [»eth1]'],
    ],
    'ContainerBridge/b <- MacvlanIntegration/a: BRIDGE_CYCLE',
  ],
  [
    'an integration with a dummy of no bridge',
    [
      ['NetDev', 'a', 'NetDev: {Name: d0, Kind: dummy}'],
      ['MacvlanIntegration', 'b', 'bridge: »d0'],
    ],
    'MacvlanIntegration/b <- NetDev/a: BAD_VALUE',
  ],
  [
    'a dummy of the name that another takes for a bridge',
    [
      ['MacvlanIntegration', 'a', 'bridge: d0'],
      ['NetDev', 'b', 'NetDev: {Name: »d0, Kind: dummy}'],
    ],
    'NetDev/b <- MacvlanIntegration/a: BAD_VALUE',
  ],
  [
    'a bond in a bridge, and a bridge in a VRF',
    [
      ['NetDev', 'bond', 'NetDev: {Name: bond0, Kind: bond}'],
      ['Network', 'port', 'Match: {Name: eth0}\nNetwork: {Bond: bond0}'],
      ['ContainerBridge', 'a', 'interfaces: [bond0]'],
      ['NetDev', 'vrf', 'NetDev: {Name: vrf0, Kind: vrf}'],
      ['NetDev', 'br', 'NetDev: {Name: br0, Kind: bridge}'],
      ['Network', 'br', 'Match: {Name: br0}\nNetwork: {VRF: vrf0}'],
    ],
  ],
  [
    'what is in a bond or a VRF whose document comes later',
    [
      ['Network', 'port', 'Match: {Name: eth0}\nNetwork: {Bond: bond0}'],
      ['Network', 'member', 'Match: {Name: eth1}\nNetwork: {VRF: vrf0}'],
      ['NetDev', 'bond', 'NetDev: {Name: bond0, Kind: bond}'],
      ['NetDev', 'vrf', 'NetDev: {Name: vrf0, Kind: vrf}'],
    ],
  ],
  [
    'one subnet on two bridges',
    [
      ['ContainerBridge', 'a', 'addresses: [10.0.3.2/24]'],
      ['ContainerBridge', 'b', 'addresses: [10.0.4.1/24, »10.0.3.3/24]'],
    ],
    'ContainerBridge/b <- ContainerBridge/a: OVERLAPPING_SUBNET',
  ],
  [
    'a subnet inside another, either way round',
    [
      ['ContainerBridge', 'a', 'addresses: [10.0.0.1/16, "fd00::1/64"]'],
      ['ContainerBridge', 'b', 'addresses: [»10.0.3.2/24]'],
      ['ContainerBridge', 'c', 'addresses: [»"fd00::2/48"]'],
    ],
    'ContainerBridge/b <- ContainerBridge/a: OVERLAPPING_SUBNET',
    'ContainerBridge/c <- ContainerBridge/a: OVERLAPPING_SUBNET',
  ],
  [
    'two addresses of one subnet on one bridge, and link-local ones everywhere',
    [
      ['ContainerBridge', 'a', 'addresses: [10.0.3.2/24, 10.0.3.3/24, 10.0.0.1/16, "fe80::1/64"]'],
      ['ContainerBridge', 'b', 'addresses: ["fe80::1/64", 169.254.0.1/16, 10.1.0.1/16]'],
      ['ContainerBridge', 'c', 'addresses: [169.254.0.2/16, »10.0.9.9/32]'],
    ],
    'ContainerBridge/c <- ContainerBridge/a: OVERLAPPING_SUBNET',
  ],
  [
    'all that is wrong with one at once',
    [
      ['ContainerBridge', 'a', 'dummies: [d0]\ninterfaces: [eth1]\naddresses: [10.0.3.2/24]'],
      ['ContainerBridge', 'b', 'dummies: [»d0]\ninterfaces: [»eth1]\naddresses: [»10.0.3.3/24]'],
    ],
    'ContainerBridge/b <- ContainerBridge/a: DUPLICATE_INTERFACE PORT_IN_TWO_BRIDGES OVERLAPPING_SUBNET',
  ],
  [
    'one that is refused is in nobody else’s way',
    [
      ['ContainerBridge', 'a', 'interfaces: [eth1]'],
      ['ContainerBridge', 'b', 'interfaces: [»eth1, eth2]\naddresses: [10.0.3.2/24]'],
      ['ContainerBridge', 'c', 'interfaces: [eth2]\naddresses: [10.0.3.3/24]'],
    ],
    'ContainerBridge/b <- ContainerBridge/a: PORT_IN_TWO_BRIDGES',
  ],
];

describe('the network that documents make together', () => {
  itSettles(cases);

  it('finds a circle over several documents', () => {
    const docs: readonly Doc[] = [
      ['NetDev', 'a', 'NetDev: {Name: br0, Kind: bridge}'],
      ['NetDev', 'v', 'NetDev: {Name: vlan5, Kind: vlan}\nVLAN: {Id: 5}'],
      ['Network', 'b', 'Match: {Name: br0}\nNetwork: {VLAN: vlan5}'],
      ['Network', 'c', 'Match: {Name: vlan5}\nNetwork: {Bridge: br0}'],
    ];
    const { refused } = crossChecked(fileOf(docs));
    expect(refused.map(({ resource }) => resource.key)).to.deep.equal(['Network/c']);
    expect(refused[0]?.problems.map(({ code }) => code)).to.deep.equal(['BRIDGE_CYCLE']);
    expect(refused[0]?.problems[0]?.message).to.contain('vlan5 > br0 > vlan5');
  });
});
