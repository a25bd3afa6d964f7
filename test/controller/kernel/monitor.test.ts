import { expect } from 'chai';
import { type News, newsInLine } from '../../../controller/kernel/monitor.ts';

const lines: readonly [string, News['names'], News['theme']?][] = [
  [
    '2: br0: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default \\    link/ether e2:74',
    ['br0'],
  ],
  ['4: p0@p1: <BROADCAST,MULTICAST,M-DOWN> mtu 1500', ['p0', 'p0@p1']],
  ['3: p1@NONE: <BROADCAST,MULTICAST> mtu 1500', ['p1', 'p1@NONE']],
  ['Deleted 12: mv9@br0: <BROADCAST> mtu 1500', ['mv9', 'mv9@br0']],
  ['6: a@b"x: <BROADCAST,MULTICAST> mtu 1500', ['a', 'a@b"x']],
  ['2: br0    inet 10.0.3.1/24 scope global br0\\       valid_lft forever', ['br0']],
  ['Deleted 2: br0    inet6 fe80::fc5c/64 scope link tentative \\  valid_lft forever', ['br0']],
  ['6: a@b    inet 10.0.3.1/24 scope global', ['a@b']],
  ['default via 10.0.3.2 dev br0 ', ['br0'], 'routes'],
  ['Deleted default via fe80::1 dev br1 proto static metric 1024 pref medium', ['br1'], 'routes'],
  ['default dev br1 proto kernel scope link ', ['br1'], 'routes'],
  ['Deleted 10.77.0.0/16 via 10.9.0.254 dev br0 proto static metric 50', ['br0'], 'routes'],
  ['fd77::/64 via fd09::254 dev br0 proto static metric 1024 pref medium', ['br0'], 'routes'],
  ['Deleted blackhole 10.78.0.0/16 table 77 proto static ', 'all', 'routes'],
  ['Deleted 32765:\tfrom 10.9.0.0/24 ipproto tcp lookup 100 proto static', 'all', 'rules'],
  ['1005:\tnot from all fwmark 0x1/0x7 lookup 100 proto static', 'all', 'rules'],
  ['inet br0 forwarding off ', ['br0'], 'sysctls'],
  ['inet6 all forwarding on ', 'all', 'sysctls'],
  ['inet default forwarding off ', 'all', 'sysctls'],
  ['inet br0 rp_filter loose ', []],
  [
    'default metric 100 \\\tnexthop via 10.0.3.3 dev br0 weight 1 \\\tnexthop via 10.0.4.4 dev br1 weight 1',
    ['br0', 'br1'],
    'routes',
  ],
  ['10.0.3.0/24 dev br0 proto kernel scope link src 10.0.3.1 linkdown ', []],
  ['local 10.0.3.1 dev br0 table local proto kernel scope host src 10.0.3.1 ', []],
  ['multicast ff00::/8 dev p1 table local proto kernel metric 256 pref medium', []],
  ['', []],
];

describe('a line of ip monitor', () => {
  for (const [line, names, theme] of lines) {
    const what = names === 'all' ? names : names.join(' or ');
    it(`is about ${theme ?? ''} ${what || 'nothing'}: ${line.slice(0, 60)}`, () => {
      const news = newsInLine(line);
      expect(news?.names ?? []).to.deep.equal(names);
      expect(news?.theme).to.equal(theme);
    });
  }
});
