import { expect } from 'chai';
import { crossCheck } from '../../crds/check.ts';
import { compileAll } from '../../crds/compile.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { resourcesOf } from './documents.ts';
import { type CrossCase, crossChecked, itSettles } from './documents-beside.ts';
import { documentOf } from './marked.ts';

const cases: readonly CrossCase[] = [
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
];

describe('documents beside each other', () => {
  itSettles(cases);

  it('names the earlier document and its line', () => {
    const one = documentOf('ContainerBridge', 'a', 'addresses: [10.0.3.2/24]\ninterfaces: [eth1]');
    const two = documentOf('ContainerBridge', 'b', 'interfaces: [eth1]');
    const [refusal] = crossChecked(`${one}---\n${two}`).refused;
    expect(refusal?.problems[0]?.message).to.contain('ContainerBridge/a (a.yaml:7)');
  });

  it('wants what each resource compiles to', () => {
    const resources = resourcesOf(documentOf('Resolver', 'a', '{}'));
    expect(() => crossCheck(resources, [])).to.throw(TypeError, 'Resolver/a');
  });

  it('finds nothing wrong with 1,000 documents that fit together', () => {
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
    expect(crossCheck(resources, compiled).refused).to.deep.equal([]);
  });
});
