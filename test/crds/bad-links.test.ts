import { expect } from 'chai';
import { crossCheck } from '../../crds/check.ts';
import type { LinkKind } from '../../crds/compile/links/shapes.ts';
import { compileAll } from '../../crds/compile.ts';
import { languageOf } from '../../crds/language/document.ts';
import { loadFile } from '../../crds/load.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { problemText } from '../../crds/problem.ts';
import { resourcesOf } from './documents.ts';
import { brief, checkMarked, documentOf, type MarkedSpec, unmarked } from './marked.ts';

/** What is wrong with documents of links, one by one. */
const tables: { readonly [K in LinkKind]?: readonly MarkedSpec[] } = {
  Interface: [
    ['a pattern for everything', 'match: {names: [»"*"]}', ['BAD_VALUE', /of containers/]],
    ['the MTU of a member', 'bond: bond0\n»mtu: 9000', ['BAD_VALUE', /document of bond0/]],
    ['an address of a port', 'bridge: br0\n»addresses: [10.0.3.2/24]', ['BAD_VALUE', /document of br0/]],
    ['a bridge in networkd', 'networkd: {network: {Network: {»Bridge: br0}}}', ['BAD_VALUE', /spec\.bridge/]],
    ['a match of nothing', '»match: {}', ['MISSING_FIELD', /names, macAddresses, paths or drivers/]],
    ['two memberships', 'bridge: br0\nbond: »bond0', ['BAD_VALUE', /spec\.bridge is set/]],
    ['a gateway out of reach', 'addresses: [10.0.3.2/24]\ngateways: [»10.0.4.1]', ['GATEWAY_UNREACHABLE']],
    [
      'an address as destination',
      'routes: [{destination: »10.77.0.1/16}]',
      ['BAD_ADDRESS', /10\.77\.0\.0\/16/],
    ],
    ['a rule without table', 'rules: [»{from: 10.0.3.0/24}]', ['MISSING_FIELD', /table/]],
    ['a small MTU with IPv6', 'addresses: ["fd00::2/64"]\nmtu: »1000', ['OUT_OF_RANGE', /1280/]],
    [
      'a key that a field sets',
      'mtu: 1400\nnetworkd: {network: {Link: {»MTUBytes: 1300}}}',
      ['BAD_VALUE', /what spec\.mtu says already/],
    ],
    [
      'the name in networkd',
      'networkd: {network: {Match: {»Name: eth9}}}',
      ['BAD_VALUE', /spec\.interface says/],
    ],
    ['a unit that it has not', 'networkd: {»netdev: {NetDev: {Kind: dummy}}}', ['UNKNOWN_FIELD']],
  ],
  Bond: [
    ['a delay that nobody counts', 'mode: active-backup\n»upDelay: 200ms', ['MISSING_FIELD', /miiMonitor/]],
    [
      'settings of another mode',
      'mode: active-backup\nlacpRate: »fast\nadSelect: »bandwidth',
      ['BAD_VALUE', /802\.3ad/],
      ['BAD_VALUE'],
    ],
    [
      'two ways to look at members',
      'mode: active-backup\nmiiMonitor: 100ms\narpInterval: »1s\narpTargets: [10.0.3.1]',
      ['BAD_VALUE', /in one way/],
    ],
    ['no mode', '{}', ['MISSING_FIELD', /mode/]],
    ['a mode misspelt', 'mode: »lacp', ['BAD_VALUE', /802\.3ad/]],
    [
      'a primary that is no member',
      'mode: active-backup\ninterfaces: [eno1]\nprimary: »eno2',
      ['BAD_VALUE', /none of spec\.interfaces/],
    ],
    ['a member twice', 'mode: active-backup\ninterfaces: [eno1, »eno1]', ['BAD_VALUE', /given twice/]],
    ['itself as member', 'interface: b0\nmode: active-backup\ninterfaces: [»b0]', ['SELF_REFERENCE']],
  ],
  Bridge: [
    ['itself as port', 'interface: b0\ninterfaces: [»b0]', ['SELF_REFERENCE']],
    ['a span that is none', 'ageingTime: »soon', ['BAD_VALUE', /not a span of time/]],
  ],
  Vlan: [
    ['itself as parent', 'interface: v0\nparent: »v0\nid: 7', ['SELF_REFERENCE', /its own parent/]],
    ['an id too large', 'parent: bond0\nid: »4095', ['OUT_OF_RANGE', /4094/]],
    ['a field misspelt', 'parent: p0\nid: 7\n»protocl: 802.1ad', ['UNKNOWN_FIELD', /did you mean protocol/]],
  ],
  Vxlan: [
    [
      'two other ends',
      'vni: 7\nparent: p0\nremote: 10.0.4.3\ngroup: »239.1.1.1',
      ['BAD_VALUE', /spec\.remote is set/],
    ],
    ['a group on no link', 'vni: 7\n»group: 239.1.1.1', ['MISSING_FIELD', /spec\.parent/]],
    ['a group that is none', 'vni: 7\nparent: p0\ngroup: »10.0.4.3', ['BAD_ADDRESS', /no multicast address/]],
    [
      'ends of two families',
      'vni: 7\nlocal: 10.0.4.2\nremote: »"fd00::3"',
      ['BAD_ADDRESS', /no IPv4 address/],
    ],
    ['a VNI of 25 bits', 'vni: »16777216', ['OUT_OF_RANGE']],
  ],
  Veth: [
    ['itself as peer', 'interface: v0\npeer: »v0', ['SELF_REFERENCE', /its own peer/]],
    ['a peer of a container', 'peer: »ve-x', ['BAD_INTERFACE_NAME', /systemd ships/]],
  ],
  Vrf: [['an address', 'table: 100\n»addresses: [10.0.3.2/24]', ['UNKNOWN_FIELD']]],
  WireGuard: [
    [
      'a key in the document',
      'privateKeyFile: /k\nnetworkd: {netdev: {WireGuard: {»PrivateKey: xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=}}}',
      ['BAD_VALUE', /PrivateKeyFile/],
    ],
    [
      'a key in place of its file',
      'privateKeyFile: »xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=',
      ['BAD_VALUE', /not the path/],
    ],
  ],
  Tunnel: [
    ['no end', '»mode: gre', ['MISSING_FIELD', /spec\.local or spec\.remote/]],
    ['one end of a tap', '»mode: gretap\nlocal: 10.0.4.2', ['MISSING_FIELD', /set spec\.remote/]],
    [
      'a MAC address of IP',
      'mode: gre\nlocal: 10.0.4.2\nmacAddress: »"02:00:00:00:00:01"',
      ['BAD_VALUE', /gretap/],
    ],
    [
      'ends of the other family',
      'mode: ip6gre\nlocal: »10.0.4.2\nremote: "fd00::3"',
      ['BAD_ADDRESS', /no IPv6 address/],
    ],
    ['a key that there is none of', 'mode: ipip\nlocal: 10.0.4.2\nkey: »7', ['BAD_VALUE', /has no key/]],
  ],
};

for (const [kind, table] of Object.entries(tables) as [LinkKind, readonly MarkedSpec[]][]) {
  describe(`a ${kind} with a mistake`, () => {
    for (const [what, spec, ...expected] of table) {
      it(`says so: ${what}`, () => checkMarked(kind, spec, expected));
    }
  });
}

describe('a secret in the document of a link', () => {
  const key = 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=';

  for (const spec of [
    `privateKeyFile: ${key}`,
    `privateKeyFile: /k\npeers: [{publicKey: ${key}, presharedKeyFile: ${key}}]`,
    `privateKeyFile: /k\nnetworkd: {netdev: {WireGuard: {PrivateKey: ${key}}}}`,
    `privateKeyFile: /k\nnetworkd: {netdev: {WireGuardPeer: [{PresharedKey: ${key}}]}}`,
  ]) {
    it(`is shown to nobody: ${spec.replaceAll(key, '…').replaceAll('\n', ', ')}`, () => {
      const { problems } = loadFile('t.yaml', Buffer.from(documentOf('WireGuard', 'test', spec)));
      expect(problems).to.have.length.above(0);
      expect(problems.map(problemText).join('\n')).to.not.include(key);
    });
  }
});

describe("what stands in networkd's own language in the document of a link", () => {
  const read = (kind: LinkKind, spec: string, version = 252) => {
    const { text, at } = unmarked(documentOf(kind, 'test', spec));
    const { unread } = resourcesOf(text).map((one) => languageOf(one, version))[0] ?? { unread: [] };
    return { said: unread.map(brief), at };
  };

  it('is read as systemd reads it', () => {
    const { said, at } = read(
      'Bond',
      'mode: active-backup\nnetworkd: {netdev: {Bond: {»MinLinkz: 1}}, network: {Network: {LLDP: »perhaps}}}',
    );
    expect(said).to.deep.equal([`UNKNOWN_FIELD ${at[0]}`, `BAD_VALUE ${at[1]}`]);
  });

  it('has the sections of its kind of device', () => {
    const { said, at } = read('Vlan', 'parent: p0\nid: 7\nnetworkd: {netdev: {»Bond: {Mode: 802.3ad}}}');
    expect(said).to.deep.equal([`UNKNOWN_FIELD ${at[0]}`]);
  });

  it('asks for a version that has it, and so do fields', () => {
    const { said, at } = read(
      'Interface',
      '»activation: up\nnetworkd: {network: {Network: {»IPv4Forwarding: yes}}}',
      247,
    );
    expect(said).to.deep.equal(at.map((place) => `UNSUPPORTED_BY_SYSTEMD ${place}`));
  });
});

describe('documents of links beside each other', () => {
  /** Codes of what is wrong with the last of the documents. */
  const last = (
    ...documents: readonly (readonly [LinkKind | 'ContainerBridge' | 'Network', string, string])[]
  ) => {
    const resources = resourcesOf(
      documents.map(([kind, name, spec]) => documentOf(kind, name, spec)).join('---\n'),
    );
    const compiled = compileAll(resources, capabilitiesOf(252));
    const { refused } = crossCheck(resources, compiled);
    const own = refused
      .filter(({ resource }) => resource === resources.at(-1))
      .flatMap(({ problems }) => problems);
    return [...(compiled.at(-1)?.problems ?? []), ...own].map(({ code }) => code);
  };

  it('cannot make one link twice, or configure it twice', () => {
    expect(last(['Bridge', 'b0', '{}'], ['Dummy', 'x', 'interface: b0'])).to.deep.equal([
      'DUPLICATE_INTERFACE',
    ]);
    expect(last(['Interface', 'eno1', '{}'], ['Bridge', 'b0', 'interfaces: [eno1]'])).to.deep.equal([
      'DUPLICATE_INTERFACE',
    ]);
    expect(last(['Network', 'n', 'Match: {Name: eno1}'], ['Interface', 'eno1', '{}'])).to.deep.equal([
      'DUPLICATE_INTERFACE',
    ]);
  });

  it('cannot have a port in two bridges, or a circle', () => {
    expect(
      last(['Bridge', 'b0', 'interfaces: [eno1]'], ['Bridge', 'b1', 'interfaces: [eno1]']),
    ).to.deep.equal(['PORT_IN_TWO_BRIDGES']);
    const circle = last(['Bridge', 'b0', 'interfaces: [v]'], ['Vlan', 'v', 'parent: b0\nid: 7']);
    expect(circle).to.include('BRIDGE_CYCLE');
  });

  it('cannot be a macvlan on a port', () => {
    const port = ['Interface', 'eno1', 'bridge: br0'] as const;
    expect(last(port, ['Macvlan', 'm', 'parent: eno1'])).to.deep.equal(['BAD_VALUE']);
    expect(last(['Bridge', 'br0', '{}'], port, ['Macvlan', 'm', 'parent: br0'])).to.deep.equal([]);
  });

  it('need a document of what they stand on and are part of', () => {
    expect(last(['Vlan', 'v', 'parent: eno1\nid: 7'])).to.deep.equal(['MISSING_LINK']);
    expect(last(['Interface', 'eno1', '{}'], ['Vlan', 'v', 'parent: eno1\nid: 7'])).to.deep.equal([]);
    expect(last(['Interface', 'eno1', 'bond: bond0'])).to.deep.equal(['MISSING_LINK']);
    expect(
      last(['Bond', 'bond0', 'mode: active-backup'], ['Interface', 'eno1', 'bond: bond0']),
    ).to.deep.equal([]);
    expect(last(['Interface', 'eno1', 'vrf: r'])).to.deep.equal(['MISSING_LINK']);
    expect(last(['Interface', 'eno1', 'bridge: br-of-others'])).to.deep.equal([]);
    expect(last(['ContainerBridge', 'c', '{}'], ['Vlan', 'v', 'parent: br-c\nid: 7'])).to.deep.equal([]);
  });
});
