import { expect } from 'chai';
import type { LinkExpectation } from '../../crds/compiled.ts';
import type { RouteExpectation, RuleExpectation } from '../../crds/routes.ts';
import { differencesOf } from '../../state/compare.ts';
import type { Observed, ObservedLink, ObservedRoute, ObservedRule } from '../../state/observed.ts';
import { link, links, observed } from './build.ts';

const nothing = { inventory: {}, desired: { linksOf: new Map(), made: new Map(), units: new Map() } };

function differ(
  promised: Partial<LinkExpectation>,
  host: Partial<Observed>,
  fields: Partial<ObservedLink> = {},
) {
  const expected = { link: 'x', made: false, field: '', ...promised };
  const seen = observed(252, { links: links(link('x', fields)), ...host });
  return differencesOf(expected, seen, nothing).map(({ aspect, message }) => `${aspect}: ${message}`);
}

describe('settings of a kind of link', () => {
  const option = {
    key: 'Bridge.ForwardDelaySec',
    field: 'forward_delay',
    value: '401',
    tolerance: 1,
    words: ['forward_delay', '401'],
  };
  const of = (data: object | undefined, kind = 'bridge') =>
    differ({ kind: 'bridge', options: [option] }, {}, { kind, data: data as ObservedLink['data'] });

  for (const [data, expected] of [
    [{ forward_delay: 401 }, []],
    [{ forward_delay: 400 }, []],
    [{ forward_delay: 399 }, ['options: Bridge.ForwardDelaySec is 399 (forward_delay), should be 401']],
    [{ forward_delay: 'soon' }, ['options: Bridge.ForwardDelaySec is soon (forward_delay), should be 401']],
    [{}, []],
    [undefined, []],
  ] as const) {
    it(`differ beyond what the kernel rounds: ${JSON.stringify(data)}`, () => {
      expect(of(data)).to.deep.equal(expected);
    });
  }

  it('are not looked for in a link of another kind', () => {
    expect(of({ forward_delay: 1 }, 'veth')).to.deep.equal(['kind: kind is veth, should be bridge']);
  });

  it('belong to what a link is where only a new one can have them', () => {
    const id = { key: 'VLAN.Id', field: 'id', value: '7' };
    expect(differ({ kind: 'vlan', options: [id] }, {}, { kind: 'vlan', data: { id: 6 } })).to.deep.equal([
      'kind: VLAN.Id is 6 (id), should be 7',
    ]);
    const protocol = { key: 'VLAN.Protocol', field: 'protocol', value: '802.1q' };
    expect(
      differ({ kind: 'vlan', options: [protocol] }, {}, { kind: 'vlan', data: { protocol: '802.1Q' } }),
    ).to.deep.equal([]);
  });
});

describe('routes', () => {
  const wanted: RouteExpectation = {
    ...{
      family: 4,
      destination: '10.77.0.0/16',
      gateway: '10.0.0.2',
      metric: 5,
      table: 254,
      type: 'unicast',
    },
    ...{ scope: 0, source: '10.0.0.1', protocol: 4, isWhole: true },
  };
  const there: ObservedRoute = {
    ...{ family: 4, destination: '10.77.0.0/16', gateway: '10.0.0.2', metric: 5, table: 254, type: 1 },
    ...{ scope: 0, source: '10.0.0.1', protocol: 4, link: 'x' },
  };
  const missing = ['route: route 10.77.0.0/16 via 10.0.0.2 src 10.0.0.1 metric 5 is missing'];
  const of = (change: Partial<ObservedRoute>) =>
    differ({ routes: [wanted] }, { routes: [{ ...there, ...change }] });

  it('are there as they are promised', () => {
    expect(of({})).to.deep.equal([]);
  });

  for (const change of [
    { family: 6 },
    { destination: '10.78.0.0/16' },
    { gateway: '10.0.0.3' },
    { metric: 6 },
    { metric: undefined },
    { table: 100 },
    { type: 6 },
    { scope: 253 },
    { source: undefined },
    { protocol: 3 },
    { link: 'y' },
  ] as const) {
    it(`are missing where there is another: ${JSON.stringify(change)}`, () => {
      expect(of(change)).to.deep.equal(missing);
    });
  }

  it('may be more than is said of them', () => {
    const bare: RouteExpectation = {
      family: 4,
      destination: '10.77.0.0/16',
      table: 254,
      type: 'unicast',
      protocol: 4,
      isWhole: true,
    };
    expect(differ({ routes: [bare] }, { routes: [there] })).to.deep.equal([]);
  });

  it('that lead nowhere stand on no link', () => {
    const hole: RouteExpectation = {
      family: 6,
      destination: 'fd78::/64',
      table: 254,
      type: 'unreachable',
      protocol: 4,
      isWhole: true,
    };
    const seen = {
      family: 6,
      destination: 'fd78::/64',
      table: 254,
      type: 7,
      protocol: 4,
      link: 'lo',
    } as const;
    expect(differ({ routes: [hole] }, { routes: [seen] })).to.deep.equal([]);
  });

  it('are missing only once networkd is done and the addresses are there', () => {
    const none = { routes: [] };
    const promised = { routes: [wanted], addresses: ['10.0.0.1/24'] };
    expect(differ(promised, none, { addresses: ['10.0.0.1/24'] })).to.deep.equal(missing);
    expect(differ(promised, none)).to.deep.equal(['address: address 10.0.0.1/24 is missing']);
    expect(differ(promised, none, { addresses: ['10.0.0.1/24'], setup: 'configuring' })).to.deep.equal([]);
  });

  it('that nobody has looked at are not missed', () => {
    expect(differ({ routes: [wanted] }, {})).to.deep.equal([]);
  });
});

describe('rules', () => {
  const wanted: RuleExpectation = {
    ...{
      family: 4,
      from: '10.0.0.0/24',
      table: 100,
      priority: 1000,
      mark: '0x1',
      mask: '0x7',
      incoming: 'x',
    },
    ...{ suppressPrefixLength: 0, ipProtocol: 6, sourcePort: '80', destinationPort: '1-2', typeOfService: 8 },
    isWhole: true,
  };
  const { isWhole: _, type: __, ...rest } = wanted;
  const there: ObservedRule = { ...rest, priority: 1000, isInverted: false };
  const of = (change: Partial<ObservedRule>, promised: Partial<RuleExpectation> = {}) =>
    differ({ rules: [{ ...wanted, ...promised }] }, { rules: [{ ...there, ...change }] }).length;

  it('are there as they are promised', () => {
    expect(of({})).to.equal(0);
    expect(of({ priority: 7 }, { priority: undefined } as object)).to.equal(0);
    expect(of({ outgoing: 'y' }, { isWhole: false })).to.equal(0);
    expect(of({ type: 6, table: 254 }, { type: 'blackhole' })).to.equal(0);
  });

  for (const change of [
    { family: 6 },
    { from: undefined },
    { to: '10.1.0.0/16' },
    { table: 101 },
    { priority: 1001 },
    { mark: '0x2' },
    { mask: undefined },
    { incoming: 'y' },
    { outgoing: 'y' },
    { isInverted: true },
    { type: 6 },
    { suppressPrefixLength: undefined },
    { ipProtocol: 17 },
    { sourcePort: '81' },
    { destinationPort: undefined },
    { typeOfService: 16 },
  ] as const) {
    it(`are missing where there is another: ${JSON.stringify(change)}`, () => {
      expect(of(change)).to.equal(1);
    });
  }

  it('that nobody has looked at are not missed', () => {
    expect(differ({ rules: [wanted] }, {})).to.deep.equal([]);
  });
});

describe('forwarding, NAT, servers and domains', () => {
  it('is off where the kernel says 0, and unknown where it has no such switch', () => {
    const sysctls = ['net/ipv4/ip_forward', 'net/ipv4/conf/x/forwarding'];
    const of = (...seen: readonly (readonly [string, string])[]) =>
      differ({ sysctls }, { sysctls: new Map(seen) });
    expect(of(['net/ipv4/ip_forward', '0'], ['net/ipv4/conf/x/forwarding', '1'])).to.deep.equal([
      'sysctl: net/ipv4/ip_forward is 0, should be 1',
    ]);
    expect(of()).to.deep.equal([]);
    expect(differ({ sysctls }, {})).to.deep.equal([]);
  });

  for (const [seen, expected] of [
    [undefined, []],
    [[], ['nat: 10.0.0.0/24 is not masqueraded']],
    [['10.0.0.0/24'], []],
    [['10.0.0.0/16'], []],
    [['10.0.0.0/25'], ['nat: 10.0.0.0/24 is not masqueraded']],
    [['10.1.0.0/24', 'fd00::/8'], ['nat: 10.0.0.0/24 is not masqueraded']],
  ] as const) {
    it(`has a network in networkd's table, or one around it: ${seen}`, () => {
      expect(differ({ masquerade: ['10.0.0.0/24'] }, { masqueraded: seen })).to.deep.equal(expected);
    });
  }

  it('names every server and domain that is gone, and none that came on top', () => {
    const names = { dns: ['10.0.0.53'], domains: ['~corp'], ntp: ['ntp.a'] };
    expect(
      differ({ names }, {}, { names: { dns: ['9.9.9.9', '10.0.0.53'], domains: [], ntp: ['ntp.b'] } }),
    ).to.deep.equal(['names: domain ~corp is missing', 'names: NTP server ntp.a is missing']);
    expect(differ({ names }, {})).to.deep.equal([]);
  });

  for (const [carrier, servers, expected] of [
    [true, ['x'], []],
    [true, ['y'], ['dhcp: its DHCP server does not listen']],
    [false, [], []],
    [true, undefined, []],
  ] as const) {
    it(`misses a DHCP server ${carrier ? 'with' : 'without'} carrier and ${servers}`, () => {
      const dhcpServers = servers && new Set<string>(servers);
      expect(differ({ dhcpServer: true }, { dhcpServers }, { carrier })).to.deep.equal(expected);
    });
  }
});
