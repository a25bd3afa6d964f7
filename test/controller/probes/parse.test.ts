import { expect } from 'chai';
import {
  hasDefaultRoute6,
  parseAddresses6,
  parseConnections,
  parseDefaultRoutes,
  parseEstablished,
  parseNeighbour,
  parseRouteGet,
  parseRoutes4,
  parseSshPorts,
  perPeer,
  preferred,
} from '../../../controller/probes/parse.ts';
import { parseHosts, parseNameServers } from '../../../controller/probes/resolve.ts';

const routes4 = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
e0	00000000	0100090A	0003	0	0	7	00000000	0	0	0
tun0	00000000	00000000	0001	0	0	0	00000000	0	0	0
e6	00000000	00000000	0003	0	0	9	00000000	0	0	0
*	00000000	00000000	0201	0	0	5	00000000	0	0	0
e1	00000000	0100090A	0003	0	0	0	00000080	0	0	0
e0	0000090A	00000000	0001	0	0	0	00FFFFFF	0	0	0
`;

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const tail = '00000000:00000000 02:000A7214 00000000     0        0 24026 2 0000000000000000 20 4 30 10 -1\n';
const tcp = [
  head,
  `   0: 00000000:0016 00000000:0000 0A ${tail}`,
  `   1: 0200090A:0016 0107080A:C5E2 01 ${tail}`,
  `   2: 0200090A:0050 0107080A:C5E3 01 ${tail}`,
  ` 213: 0200090A:0016 0107080A:C5E4 08 ${tail}`,
].join('');
const tcp6 = [
  head,
  `   0: 0000000000000000FFFF00000200090A:0016 0000000000000000FFFF00000107080A:C5E2 01 ${tail}`,
  `   1: 000009FD000000000000000002000000:0016 000009FD000000000000000001000000:C5E2 01 ${tail}`,
].join('');

describe('routes of /proc/net', () => {
  it('are default routes that lead somewhere', () => {
    expect(parseRoutes4(routes4, 'LE')).to.deep.equal([
      { link: 'e0', metric: 7, address: '10.9.0.1' },
      { link: 'tun0', metric: 0 },
      { link: 'e6', metric: 9 },
    ]);
    expect(parseRoutes4(routes4.replace('0100090A', '0A090001'), 'BE')[0]).to.include({
      address: '10.9.0.1',
    });
    expect(parseRoutes4('')).to.deep.equal([]);
  });

  it('of IPv6 are there or not', () => {
    const route = (length: string, flags: string) =>
      `${'0'.repeat(32)} ${length} ${'0'.repeat(32)} 00 fd090000000000000000000000000001 00000400 00000001 00000000 ${flags}       e0\n`;
    const unreachable = route('00', '00200200');
    expect(hasDefaultRoute6(unreachable + route('80', '80200001'))).to.equal(false);
    expect(hasDefaultRoute6(unreachable + route('00', '00000003'))).to.equal(true);
    expect(hasDefaultRoute6('')).to.equal(false);
  });
});

describe('what ip prints', () => {
  it('about the next hop', () => {
    const answers: readonly (readonly [json: string, hop: object | undefined])[] = [
      ['[{"dst":"10.9.0.1","from":"10.9.0.2","dev":"e0"}]', { link: 'e0', local: false }],
      ['[{"gateway":"10.9.0.1","dev":"e0"}]', { link: 'e0', address: '10.9.0.1', local: false }],
      [
        '[{"via":{"family":"inet6","host":"fd09::1"},"dev":"e0"}]',
        { link: 'e0', address: 'fd09::1', local: false },
      ],
      ['[{"type":"local","dev":"lo"}]', { link: 'lo', local: true }],
      ['[]', undefined],
      ['', undefined],
    ];
    for (const [json, hop] of answers) expect(parseRouteGet(json)).to.deep.equal(hop);
  });

  it('about default routes, of which those of the lowest metric count', () => {
    const routes = parseDefaultRoutes(
      JSON.stringify([
        { dst: 'default', gateway: 'fe80::1', dev: 'e0' },
        { dst: 'default', metric: 1024, nexthops: [{ gateway: 'fe80::2', dev: 'e1' }, { dev: 'tun0' }] },
        { dst: 'default', gateway: 'fe80::3', dev: 'e2', metric: 2048 },
      ]),
    );
    expect(routes.map(({ link }) => link)).to.deep.equal(['e0', 'e1', 'tun0', 'e2']);
    expect(preferred(routes, 6).map(({ link }) => link)).to.deep.equal(['e0', 'e1', 'tun0']);
    expect(preferred(routes, 4).map(({ link }) => link)).to.deep.equal(['e0']);
    expect(preferred([], 4)).to.deep.equal([]);
  });

  it('about a neighbour', () => {
    const plain = { state: 'STALE', router: false, external: false };
    const entries: readonly (readonly [json: string, entry: object | undefined])[] = [
      ['[{"dst":"10.9.0.1","lladdr":"02:00:00:00:00:01","state":["STALE"]}]', plain],
      ['[{"router":null,"state":["STALE"]}]', { ...plain, router: true }],
      ['[{"extern_learn":null,"state":["STALE"]}]', { ...plain, external: true }],
      ['[{"dst":"10.9.0.1"}]', { ...plain, state: 'NONE' }],
      ['[]', undefined],
      ['', undefined],
    ];
    for (const [json, entry] of entries) expect(parseNeighbour(json), json).to.deep.equal(entry);
  });
});

describe('connections of /proc/net', () => {
  const session = {
    local: { address: '10.9.0.2', port: 22 },
    peer: { address: '10.8.7.1', port: 50_658 },
  };

  it('are the established ones to a port', () => {
    expect(parseConnections(tcp, new Set([22]), 'LE')).to.deep.equal([session]);
    expect(parseConnections(tcp, new Set([22, 80]), 'LE')).to.have.length(2);
  });

  it('on a socket of IPv6 may be of either family', () => {
    const v6 = { local: { address: 'fd09::2', port: 22 }, peer: { address: 'fd09::1', port: 50_658 } };
    const found = parseConnections(tcp6, new Set([22]), 'LE');
    expect(found).to.deep.equal([session, v6]);
  });

  it('count once for each pair of addresses', () => {
    const other = { ...session, peer: { address: '10.8.7.2', port: 1 } };
    const again = { ...session, peer: { ...session.peer, port: 2 } };
    expect(perPeer([session, again, other])).to.deep.equal([session, other]);
  });

  it('are counted by the kernel', () => {
    const text =
      'Ip: Forwarding\nIp: 1\nTcp: RtoMin CurrEstab InSegs\nTcp: 200 3 99\nUdp: CurrEstab\nUdp: 7\n';
    expect(parseEstablished(text)).to.equal(3);
    expect(parseEstablished('')).to.equal(0);
  });
});

describe('addresses of /proc/net/if_inet6', () => {
  it('are those that are usable', () => {
    const text = [
      'fd090000000000000000000000000002 02 40 00 82       e0',
      'fe800000000000008c7a22fffe0aec07 02 40 20 80       e0',
      'fe800000000000008c7a22fffe0aec08 03 40 20 c0       e1',
      'fd090000000000000000000000000003 03 40 00 88       e1\n',
    ].join('\n');
    expect(parseAddresses6(text)).to.deep.equal([
      { address: 'fd09::2', link: 'e0', isLinkLocal: false },
      { address: 'fe80::8c7a:22ff:fe0a:ec07', link: 'e0', isLinkLocal: true },
    ]);
  });
});

describe('files of /etc', () => {
  it('tell the ports of sshd', () => {
    const text = [
      '# Port 1',
      'Port 2222',
      '  port="2223"',
      'ListenAddress 10.0.0.1:2224',
      'ListenAddress [fd00::1]:2225 # comment',
      'ListenAddress fd00::22',
      'ListenAddress 10.0.0.1',
      'GatewayPorts 5',
    ].join('\n');
    expect(parseSshPorts(text)).to.deep.equal([2222, 2223, 2224, 2225]);
  });

  it('tell the servers of names', () => {
    const text =
      '#nameserver 1.1.1.1\nnameserver 127.0.0.53\n nameserver fe80::1%e0\nnameserver FD00::1 x\nsearch a\n';
    expect(parseNameServers(text)).to.deep.equal(['127.0.0.53', 'fd00::1']);
  });

  it('tell addresses of names', () => {
    const text = '127.0.0.1 localhost\n# 10.0.0.9 db\n10.0.0.1\tDB.example db # x\nfd00::1 db\n10.0.0.2 db\n';
    expect(parseHosts(text, 'db', 4)).to.equal('10.0.0.1');
    expect(parseHosts(text, 'db.Example.', 4)).to.equal('10.0.0.1');
    expect(parseHosts(text, 'db', 6)).to.equal('fd00::1');
    expect(parseHosts(text, 'x', 4)).to.equal(undefined);
  });
});
