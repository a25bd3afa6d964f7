import { expect } from 'chai';
import type { LinkExpectation } from '../../crds/compiled.ts';
import { routeText, ruleText } from '../../crds/routes.ts';
import { expectationOf, resource } from './documents.ts';

function ofNetwork(version: number, sections: object, network: object = {}): LinkExpectation {
  const spec = { Match: { Name: 'eth0' }, Network: { Address: '10.9.0.1/24', ...network }, ...sections };
  return expectationOf('eth0', version, resource('Network', 'n', spec));
}

describe('the routes of a Network', () => {
  const route = (...Route: readonly object[]) => ofNetwork(252, { Route }).routes ?? [];

  for (const [section, text, family] of [
    [{ Gateway: '10.9.0.254' }, 'default via 10.9.0.254', 4],
    [{ Gateway: 'FD09::0:254' }, 'default via fd09::254', 6],
    [{ Destination: '0.0.0.0/0', Gateway: '10.9.0.254' }, 'default via 10.9.0.254', 4],
    [{ Destination: '10.77.1.2/16' }, '10.77.0.0/16', 4],
    [{ Destination: '10.77.1.2', Metric: 50 }, '10.77.1.2/32 metric 50', 4],
    [{ Destination: 'fd77::/64', PreferredSource: 'fd09::1' }, 'fd77::/64 src fd09::1', 6],
    [{ Destination: '10.77.0.0/16', Table: 'main' }, '10.77.0.0/16', 4],
    [{ Destination: '10.77.0.0/16', Table: '100' }, '10.77.0.0/16 table 100', 4],
    [{ Destination: '10.77.0.0/16', Type: 'blackhole' }, 'blackhole 10.77.0.0/16', 4],
    [{ Destination: '10.77.0.1', Type: 'local' }, 'local 10.77.0.1/32 table 255', 4],
  ] as const) {
    it(`are, of ${JSON.stringify(section)}: ${text}`, () => {
      const [only, ...others] = route(section);
      expect(others).to.deep.equal([]);
      expect(only && [routeText(only), only.family, only.isWhole]).to.deep.equal([text, family, true]);
    });
  }

  it('are, where they name no table, in that of the VRF that the link is in', () => {
    const Route = [
      { Destination: '10.77.0.0/16', Gateway: '10.9.0.254' },
      { Gateway: '10.9.0.3', Table: 7 },
    ];
    const network = resource('Network', 'n', {
      Match: { Name: 'eth0' },
      Network: { Address: '10.9.0.1/24', Gateway: '10.9.0.254', VRF: 'vrf0' },
      Route,
    });
    const vrf = resource('NetDev', 'v', { NetDev: { Name: 'vrf0', Kind: 'vrf' }, VRF: { Table: 100 } });
    const { gateways, routes = [] } = expectationOf('eth0', 252, network, vrf);
    expect(gateways, 'a default gateway is one of the main table').to.equal(undefined);
    expect(routes.map(routeText)).to.deep.equal([
      '10.77.0.0/16 via 10.9.0.254 table 100',
      'default via 10.9.0.3 table 7',
      'default via 10.9.0.254 table 100',
    ]);
    const ofOthers = expectationOf('eth0', 252, network);
    expect([ofOthers.gateways, ofOthers.routes?.map(routeText)]).to.deep.equal([
      undefined,
      ['default via 10.9.0.3 table 7'],
    ]);
  });

  it('have scope and protocol as numbers', () => {
    const [first, second] = route(
      { Destination: '10.1.0.0/16', Scope: 'link' },
      { Destination: '10.2.0.0/16', Protocol: 'boot' },
    );
    expect([first?.scope, first?.protocol]).to.deep.equal([253, 4]);
    expect([second?.scope, second?.protocol]).to.deep.equal([undefined, 3]);
  });

  it('are left to networkd where it is told more than a step can say', () => {
    expect(route({ Destination: '10.1.0.0/16', MTUBytes: 1400 })[0]?.isWhole).to.equal(false);
  });

  for (const section of [
    { Gateway: '_dhcp4' },
    { Destination: '10.1.0.0/16', Table: 'mine' },
    { Destination: 'nowhere' },
    { Destination: '10.1.0.0/16', MultiPathRoute: '10.9.0.2' },
    { Destination: '10.1.0.0/16', NextHop: 5 },
    { Metric: 5 },
  ]) {
    it(`are not promised where they cannot be told beforehand: ${JSON.stringify(section)}`, () => {
      expect(route(section)).to.deep.equal([]);
    });
  }
});

describe('the rules of a Network', () => {
  const rules = (section: object, version = 252) =>
    (ofNetwork(version, { RoutingPolicyRule: [section] }).rules ?? []).map(
      (rule) => `${rule.family}: ${ruleText(rule)}`,
    );

  for (const [section, ...expected] of [
    [{ From: '10.9.0.0/24', Table: 100, Priority: 1000 }, '4: from 10.9.0.0/24 priority 1000 table 100'],
    [{ To: 'fd77::/64', IncomingInterface: 'eth0' }, '6: from all to fd77::/64 iif eth0 table 254'],
    [
      { FirewallMark: '1/7', Family: 'both', Table: 100, InvertRule: true },
      '4: not from all fwmark 0x1/0x7 table 100',
      '6: not from all fwmark 0x1/0x7 table 100',
    ],
    [{ FirewallMark: '0x10', Family: 'ipv6' }, '6: from all fwmark 0x10 table 254'],
    [{ From: '10.1.1.1', Type: 'blackhole' }, '4: from 10.1.1.1/32 table 254 blackhole'],
    [
      {
        From: '0.0.0.0/0',
        IPProtocol: 'tcp',
        SourcePort: 80,
        DestinationPort: '1000-2000',
        TypeOfService: 8,
      },
      '4: from all tos 0x8 ipproto 6 sport 80 dport 1000-2000 table 254',
    ],
    [
      { OutgoingInterface: 'eth0', SuppressPrefixLength: 0 },
      '4: from all oif eth0 table 254 suppress_prefixlength 0',
    ],
    [{ From: '10.1.1.1', Table: 'mine' }],
    [{ From: '10.1.1.1', SourcePort: 'http' }],
    [{ From: '10.1.1.1', FirewallMark: 'x' }],
    [{ From: '10.1.1.1', FirewallMark: '1/2/3' }],
  ] as const) {
    it(`are, of ${JSON.stringify(section)}: ${expected.join(' and ') || 'not told'}`, () => {
      expect(rules(section)).to.deep.equal(expected);
    });
  }

  it('are not promised of a systemd that knows no types of rules', () => {
    expect(rules({ From: '10.1.1.1', Type: 'prohibit' }, 247)).to.deep.equal([]);
  });

  it('are left to networkd where it is told more than a step can say', () => {
    const [rule] = ofNetwork(252, { RoutingPolicyRule: { From: '10.1.1.1', User: 'root' } }).rules ?? [];
    expect(rule?.isWhole).to.equal(false);
  });
});

describe('forwarding and NAT', () => {
  const of = (version: number, network: object) => {
    const { sysctls = [], masquerade = [] } = ofNetwork(
      version,
      {},
      { Address: ['10.9.0.1/24', 'fd09::1/64', 'fe80::7/64'], ...network },
    );
    return [...sysctls, ...masquerade];
  };
  const [all4, all6] = ['net/ipv4/ip_forward', 'net/ipv6/conf/all/forwarding'];
  const [own4, own6] = ['net/ipv4/conf/eth0/forwarding', 'net/ipv6/conf/eth0/forwarding'];

  for (const [version, network, ...expected] of [
    [252, {}],
    [252, { IPForward: 'no' }],
    [252, { IPForward: true }, all4, own4, all6, own6],
    [255, { IPForward: 'ipv6' }, all6, own6],
    [256, { IPForward: true }],
    [256, { IPv4Forwarding: true }, own4],
    [257, { IPv4Forwarding: true, IPv6Forwarding: true }, own4, own6],
    [257, { IPv6Forwarding: true }, own6],
    [247, { IPMasquerade: true }, all4, own4],
    [247, { IPMasquerade: 'ipv4' }],
    [252, { IPMasquerade: 'ipv4' }, all4, own4, '10.9.0.0/24'],
    [252, { IPMasquerade: true }, all4, own4, '10.9.0.0/24'],
    [256, { IPMasquerade: 'ipv6' }, own6, 'fd09::/64'],
    [257, { IPMasquerade: 'both' }, all4, own4, all6, own6, '10.9.0.0/24', 'fd09::/64'],
  ] as const) {
    it(`are on v${version} of ${JSON.stringify(network)}: ${expected.join(' ') || 'none'}`, () => {
      expect(of(version, network)).to.deep.equal(expected);
    });
  }

  it('are those of a ContainerBridge too', () => {
    const spec = { addresses: ['10.0.3.2/24'], forwarding: 'ipv4', masquerade: 'ipv4' };
    const { sysctls, masquerade } = expectationOf('br-a', 257, resource('ContainerBridge', 'a', spec));
    expect(sysctls).to.deep.equal(['net/ipv4/ip_forward', 'net/ipv4/conf/br-a/forwarding']);
    expect(masquerade).to.deep.equal(['10.0.3.0/24']);
  });
});

describe('what others are told of a link', () => {
  it('is as networkd writes it down', () => {
    const network = {
      DNS: ['FD00:0::53#Dns.Example 10.0.0.53', '10.0.0.1:54'],
      Domains: 'Example.com. ~corp ~.',
      NTP: 'ntp.a ntp.a',
    };
    expect(ofNetwork(252, {}, network).names).to.deep.equal({
      dns: ['fd00::53#dns.example', '10.0.0.53'],
      domains: ['example.com', '~corp', '~.'],
      ntp: ['ntp.a'],
    });
    expect(ofNetwork(252, {})).to.not.have.property('names');
  });
});

describe('a DHCP server', () => {
  for (const [version, server, expected] of [
    [252, {}, true],
    [257, {}, undefined],
    [257, { PersistLeases: false }, true],
    [258, { PersistLeases: 'runtime' }, true],
    [252, { BindToInterface: false }, undefined],
  ] as const) {
    it(`is ${expected ? '' : 'not '}promised on v${version} with ${JSON.stringify(server)}`, () => {
      expect(ofNetwork(version, { DHCPServer: server }, { DHCPServer: true }).dhcpServer).to.equal(expected);
    });
  }

  it('is not promised where it waits for a storage, and is otherwise', () => {
    const of = (dhcpServer?: object) =>
      expectationOf(
        'br-a',
        257,
        resource('ContainerBridge', 'a', { addresses: ['10.0.3.2/24'], ...(dhcpServer && { dhcpServer }) }),
      ).dhcpServer;
    expect([of(), of({}), of({ persistLeases: true })]).to.deep.equal([undefined, true, undefined]);
  });

  it('and all else is nothing where networkd leaves the link down', () => {
    const promised = ofNetwork(
      252,
      { Link: { ActivationPolicy: 'down' }, Route: { Gateway: '10.9.0.2' } },
      { DHCPServer: true },
    );
    expect(promised).to.not.have.any.keys('routes', 'dhcpServer', 'network');
  });
});
