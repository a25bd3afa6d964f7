import { expect } from 'chai';
import { type CrossChecked, crossCheck } from '../../crds/check.ts';
import { compileAll } from '../../crds/compile.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { resourcesOf } from './documents.ts';
import { brief, documentOf, unmarked } from './marked.ts';

type Doc = readonly [kind: string, name: string, spec: string];

function check(text: string): CrossChecked {
  const resources = resourcesOf(text, 'a.yaml');
  return crossCheck(resources, compileAll(resources, capabilitiesOf(252)));
}

/** reason, documents with a mark where each problem is expected, what refused ones say: `later <- first: CODES`. */
const cases: readonly (readonly [reason: string, docs: readonly Doc[], ...refused: string[]])[] = [
  [
    'strangers do not mind each other',
    [
      ['ContainerBridge', 'a', 'interfaces: [eth1]\naddresses: [10.0.0.1/24]'],
      ['ContainerBridge', 'b', 'interfaces: [eth2]\naddresses: [10.0.1.1/24]'],
      ['MacvlanIntegration', 'a', 'bridge: br-a'],
      ['MacvlanIntegration', 'b', 'bridge: br-a'],
      ['Resolver', 'a', '{}'],
      ['LinkPolicy', 'a', '{}'],
    ],
  ],
  [
    'one name twice, in whatever else they differ',
    [
      ['ContainerBridge', 'a', 'dummies: [d0]'],
      ['ContainerBridge', '»a', 'interface: br-other\ndummies: [d0]'],
    ],
    'ContainerBridge/a <- ContainerBridge/a: DUPLICATE_NAME',
  ],
  [
    'one name for two kinds',
    [
      ['ContainerBridge', 'a', '{}'],
      ['MacvlanIntegration', 'a', 'bridge: br-a'],
    ],
  ],
  [
    'one bridge by two documents',
    [
      ['ContainerBridge', 'a', '{}'],
      ['ContainerBridge', 'b', 'interface: »br-a'],
    ],
    'ContainerBridge/b <- ContainerBridge/a: DUPLICATE_INTERFACE',
  ],
  [
    'one dummy in two bridges',
    [
      ['ContainerBridge', 'a', 'dummies: [d0]'],
      ['ContainerBridge', 'b', 'dummies: [d1, »d0]'],
    ],
    'ContainerBridge/b <- ContainerBridge/a: DUPLICATE_INTERFACE',
  ],
  [
    'one veth of two integrations',
    [
      ['MacvlanIntegration', 'a', 'bridge: br0\nveth: {macvlanSide: v0}'],
      ['MacvlanIntegration', 'b', 'bridge: br0\nveth: {macvlanSide: »v0}'],
    ],
    'MacvlanIntegration/b <- MacvlanIntegration/a: DUPLICATE_INTERFACE',
  ],
  [
    'a device of a NetDev and of a ContainerBridge',
    [
      ['NetDev', 'a', 'NetDev: {Name: br-a, Kind: bridge}'],
      ['ContainerBridge', 'b', 'interface: »br-a'],
    ],
    'ContainerBridge/b <- NetDev/a: DUPLICATE_INTERFACE',
  ],
  [
    'a NetDev and the Network of its device',
    [
      ['NetDev', 'a', 'NetDev: {Name: br0, Kind: bridge}'],
      ['Network', 'a', 'Match: {Name: br0}'],
    ],
  ],
  [
    'two Networks for one link',
    [
      ['Network', 'a', 'Match: {Name: eth0}'],
      ['Network', 'b', 'Match: {Name: »eth0}'],
    ],
    'Network/b <- Network/a: DUPLICATE_INTERFACE',
  ],
  [
    'a Network for a link that an integration configures',
    [
      ['MacvlanIntegration', 'a', 'bridge: br0'],
      ['Network', 'b', 'Match: {Name: »mv-a}'],
    ],
    'Network/b <- MacvlanIntegration/a: DUPLICATE_INTERFACE',
  ],
  [
    'a port in two bridges',
    [
      ['ContainerBridge', 'a', 'interfaces: [eth1]'],
      ['ContainerBridge', 'b', 'interfaces: [eth2, »eth1]'],
    ],
    'ContainerBridge/b <- ContainerBridge/a: PORT_IN_TWO_BRIDGES',
  ],
  [
    'a dummy of one bridge as port of another',
    [
      ['ContainerBridge', 'a', 'dummies: [d0]'],
      ['ContainerBridge', 'b', 'interfaces: [»d0]'],
    ],
    'ContainerBridge/b <- ContainerBridge/a: PORT_IN_TWO_BRIDGES',
  ],
  [
    'a port in one bridge, said twice',
    [
      ['ContainerBridge', 'a', 'interfaces: [eth1]'],
      ['Network', 'b', 'Match: {Name: »eth1}\nNetwork: {Bridge: br-a}'],
    ],
    'Network/b <- ContainerBridge/a: DUPLICATE_INTERFACE',
  ],
  [
    'two policies in one file',
    [
      ['LinkPolicy', 'a', 'unitName: 10-all'],
      ['LinkPolicy', 'b', 'unitName: »10-all'],
    ],
    'LinkPolicy/b <- LinkPolicy/a: DUPLICATE_UNIT',
  ],
  [
    'two resolvers of one host',
    [
      ['Resolver', 'a', '{}'],
      ['Resolver', '»b', 'resolvConf: unmanaged'],
    ],
    'Resolver/b <- Resolver/a: DUPLICATE_UNIT',
  ],
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

describe('documents beside each other', () => {
  for (const [reason, docs, ...wanted] of cases) {
    it(reason, () => {
      const { text, at } = unmarked(docs.map((doc) => documentOf(...doc)).join('---\n'));
      const { accepted, refused } = check(text);
      const said = refused.map(
        ({ resource, first, problems }) =>
          `${resource.key} <- ${first}: ${problems.map(({ code }) => code).join(' ')}`,
      );
      expect(said).to.deep.equal(wanted);
      const places = refused.flatMap(({ problems }) => problems.map(brief));
      expect(places.map((place) => place.split(' ')[1])).to.deep.equal(at);
      expect(accepted).to.have.length(docs.length - wanted.length);
    });
  }

  it('names the earlier document and its line', () => {
    const one = documentOf('ContainerBridge', 'a', 'addresses: [10.0.3.2/24]\ninterfaces: [eth1]');
    const two = documentOf('ContainerBridge', 'b', 'interfaces: [eth1]');
    const [refusal] = check(`${one}---\n${two}`).refused;
    expect(refusal?.problems[0]?.message).to.contain('ContainerBridge/a (a.yaml:7)');
  });

  it('finds a circle over several documents', () => {
    const docs: readonly Doc[] = [
      ['NetDev', 'a', 'NetDev: {Name: br0, Kind: bridge}'],
      ['NetDev', 'v', 'NetDev: {Name: vlan5, Kind: vlan}\nVLAN: {Id: 5}'],
      ['Network', 'b', 'Match: {Name: br0}\nNetwork: {VLAN: vlan5}'],
      ['Network', 'c', 'Match: {Name: vlan5}\nNetwork: {Bridge: br0}'],
    ];
    const { refused } = check(docs.map((doc) => documentOf(...doc)).join('---\n'));
    expect(refused.map(({ resource }) => resource.key)).to.deep.equal(['Network/c']);
    expect(refused[0]?.problems.map(({ code }) => code)).to.deep.equal(['BRIDGE_CYCLE']);
    expect(refused[0]?.problems[0]?.message).to.contain('vlan5 > br0 > vlan5');
  });

  it('wants what each resource compiles to', () => {
    const resources = resourcesOf(documentOf('Resolver', 'a', '{}'));
    expect(() => crossCheck(resources, [])).to.throw(TypeError, 'Resolver/a');
  });

  it('takes 1,000 documents in less than 50 ms', () => {
    const docs = Array.from({ length: 500 }, (_, i) => [
      documentOf(
        'ContainerBridge',
        `b${i}`,
        `dummies: [d${i}]\ninterfaces: [eth${i}]\naddresses: [10.${i >> 8}.${i & 255}.1/24]`,
      ),
      documentOf('MacvlanIntegration', `m${i}`, `bridge: br-b${i % 3}`),
    ]).flat();
    const resources = resourcesOf(docs.join('---\n'));
    const compiled = compileAll(resources, capabilitiesOf(252));
    const times = Array.from({ length: 7 }, () => {
      const started = performance.now();
      expect(crossCheck(resources, compiled).refused).to.deep.equal([]);
      return performance.now() - started;
    });
    expect(times.sort((a, b) => a - b)[3]).to.be.below(50);
  });
});
