import { expect } from 'chai';
import { masqueradeScript } from '../../../controller/kernel/nat.ts';
import {
  parseDhcpServers,
  parseMasqueraded,
  parseRoutes,
  parseRules,
} from '../../../controller/kernel/parse-traffic.ts';

/** As iproute2 6.1 printed them with -Numeric (Debian 12); 5.10 and 6.15 do the same. */
const routes =
  '[{"type":"6","dst":"10.78.0.0/16","table":"77","protocol":"4","scope":"0","flags":[]},' +
  '{"type":"1","dst":"10.77.0.0/16","gateway":"10.9.0.254","dev":"brx","table":"254","protocol":"4","scope":"0","metric":50,"prefsrc":"10.9.0.1","flags":[]}]';

describe('routes as ip prints them', () => {
  const rest = {
    metric: undefined,
    scope: undefined,
    source: undefined,
    gateway: undefined,
    link: undefined,
  };

  it('are read with numbers for tables, types and protocols', () => {
    expect(parseRoutes(routes, 4)).to.deep.equal([
      { ...rest, family: 4, destination: '10.78.0.0/16', table: 77, type: 6, protocol: 4, scope: 0 },
      {
        ...{ family: 4, destination: '10.77.0.0/16', table: 254, type: 1, protocol: 4, scope: 0 },
        ...{ link: 'brx', gateway: '10.9.0.254', metric: 50, source: '10.9.0.1' },
      },
    ]);
  });

  it('are one a hop, with the length that a single host has', () => {
    const json =
      '[{"dst":"fd00::1","nexthops":[{"gateway":"fe80::1","dev":"a"},{"gateway":"fe80::2","dev":"b"}]},' +
      '{"dst":"10.0.0.1","dev":"a","via":{"family":"inet6","host":"fe80::9"}},{"dst":"default","dev":"a"},{}]';
    expect(
      parseRoutes(json, 6).map(({ destination, gateway, link }) => [destination, gateway, link]),
    ).to.deep.equal([
      ['fd00::1/128', 'fe80::1', 'a'],
      ['fd00::1/128', 'fe80::2', 'b'],
      ['10.0.0.1/128', 'fe80::9', 'a'],
      ['default', undefined, 'a'],
    ]);
    expect(parseRoutes('[{"dst":"10.0.0.1"}]', 4)[0]).to.include({
      destination: '10.0.0.1/32',
      table: 254,
      type: 1,
    });
    expect(() => parseRoutes('[', 4)).to.throw(SyntaxError);
  });
});

describe('rules as ip prints them', () => {
  const none = {
    ...{
      from: undefined,
      to: undefined,
      type: undefined,
      mark: undefined,
      mask: undefined,
      incoming: undefined,
    },
    ...{ outgoing: undefined, suppressPrefixLength: undefined, ipProtocol: undefined, sourcePort: undefined },
    ...{ destinationPort: undefined, typeOfService: undefined, isInverted: false },
  };

  it('are read with what they select and what becomes of it', () => {
    const json =
      '[{"priority":0,"src":"all","table":"255"},' +
      '{"priority":7,"src":"10.1.0.0","srclen":24,"tos":"0x08","table":"254","action":"6","protocol":"4"},' +
      '{"priority":8,"src":"10.9.0.1","dst":"10.0.0.0","dstlen":8,"ipproto":"ipproto-6","sport":80,"sport_mask":"0xffff","dport_start":1000,"dport_end":2000,"table":"100","suppress_prefixlen":0},' +
      '{"priority":9,"not":null,"src":"all","fwmark":"0x1","fwmask":"0x7","iif":"a","oif":"b","table":"100"},{}]';
    expect(parseRules(json, 4)).to.deep.equal([
      { ...none, family: 4, priority: 0, table: 255 },
      { ...none, family: 4, priority: 7, from: '10.1.0.0/24', typeOfService: 8, table: 254, type: 6 },
      {
        ...{
          ...none,
          family: 4,
          priority: 8,
          from: '10.9.0.1/32',
          to: '10.0.0.0/8',
          ipProtocol: 6,
          sourcePort: '80',
        },
        ...{ destinationPort: '1000-2000', table: 100, suppressPrefixLength: 0 },
      },
      {
        ...{ ...none, family: 4, priority: 9, isInverted: true, mark: '0x1', mask: '0x7' },
        ...{ incoming: 'a', outgoing: 'b', table: 100 },
      },
    ]);
  });
});

describe("networkd's table of nftables", () => {
  const set = (...elem: readonly unknown[]) => ({
    set: { name: 'masq_saddr', table: 'io.systemd.nat', elem },
  });
  const rule = {
    rule: {
      chain: 'postrouting',
      expr: [
        { match: { op: '==', left: { payload: { protocol: 'ip', field: 'saddr' } }, right: '@masq_saddr' } },
        { masquerade: null },
      ],
    },
  };
  const read = (...entries: readonly unknown[]) => parseMasqueraded(JSON.stringify({ nftables: entries }));

  it('masquerades the members of its set', () => {
    const members = [{ prefix: { addr: '10.9.0.0', len: 24 } }, '10.0.0.1', 'fd00::1', 7];
    expect(read(set(...members), rule)).to.deep.equal(['10.9.0.0/24', '10.0.0.1/32', 'fd00::1/128']);
  });

  it('masquerades nothing without its rule, and without members', () => {
    expect(read(set('10.0.0.1'))).to.deep.equal([]);
    expect(read(set('10.0.0.1'), { rule: { ...rule.rule, chain: 'output' } })).to.deep.equal([]);
    expect(read(set('10.0.0.1'), { rule: { ...rule.rule, expr: rule.rule.expr.slice(0, 1) } })).to.deep.equal(
      [],
    );
    expect(read(set(), rule)).to.deep.equal([]);
    expect(read(rule)).to.deep.equal([]);
  });

  it('is filled again in the family of the network', () => {
    const [v4, v6] = [masqueradeScript('10.9.0.0/24'), masqueradeScript('fd09::/64')];
    expect(v4)
      .to.include('add element ip io.systemd.nat masq_saddr { 10.9.0.0/24 }\n')
      .and.include('type ipv4_addr');
    expect(v6)
      .to.include('add element ip6 io.systemd.nat masq_saddr { fd09::/64 }\n')
      .and.include('type ipv6_addr');
    expect(v4).to.not.include('ip6');
  });
});

describe('sockets of DHCP servers', () => {
  it('are those bound to a link, by number or by name of the port', () => {
    const output =
      'UNCONN 0      0      0.0.0.0%brx:67 0.0.0.0:*\n' +
      'UNCONN 0      0      0.0.0.0%eth0.5:bootps 0.0.0.0:*\nUNCONN 0 0 0.0.0.0:67 0.0.0.0:*\n' +
      'UNCONN 0 0 0.0.0.0%br9:6700 0.0.0.0:*\n';
    expect([...parseDhcpServers(output)]).to.deep.equal(['brx', 'eth0.5']);
    expect([...parseDhcpServers('')]).to.deep.equal([]);
  });
});
