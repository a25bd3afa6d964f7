import { isAddress, isLinkName, isWithin } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';

/** A routing table; which names RouteTable= of networkd.conf has for tables (v248+), the unit alone does not tell. */
export const routeTable = {
  247: 'default | main | local | <int 1..4294967295>',
  248: 'default | main | local | <int 1..4294967295> | <route-table-name>',
} as const;

const protocol = 'kernel | boot | static | <int 0..255>';
const type =
  'unicast | local | broadcast | anycast | multicast | blackhole | unreachable | prohibit | throw | nat | xresolve';

/** [Route] and [Network] Gateway=: until 254 with a parser for each key, then with one for the section. */
export const routeShapes: Shapes = {
  destination: '<prefix>',
  preferred_src: '<address>',
  route_boolean: '<boolean>',
  route_mtu: { 247: '<size 68..4294967295>', 252: '<size 0..4294967295>' },
  route_nexthop: '<empty> | <int 1..4294967295>',
  route_priority: '<int 0..4294967295>',
  route_protocol: protocol,
  route_scope: {
    247: 'global | site | link | host | nowhere',
    252: 'global | site | link | host | nowhere | <int 0..255>',
  },
  route_table: { ...routeTable, 247: 'default | main | local | <int 0..4294967295>' },
  route_type: type,
  tcp_advmss: '<empty> | <size 1..4294967295>',
  tcp_congestion: '<empty> | <text>',
  tcp_window: { 247: '<int 0..1023>', 252: '<int 1..1023>' },

  'route_section ROUTE_DESTINATION': '<prefix>',
  // It is the check of the section that warns of `_dhcp`, whatever else stands there.
  'route_section ROUTE_GATEWAY': '<empty> | <address> | _dhcp4 | _ipv6ra | !_dhcp',
  'route_section ROUTE_GATEWAY_NETWORK': '<empty> | <address>',
  'route_section ROUTE_GATEWAY_ONLINK': '<empty> | <boolean>',
  'route_section ROUTE_METRIC_ADVMSS': '<empty> | <size 1..4294967295>',
  'route_section ROUTE_METRIC_CC_ALGO': '<empty> | <text>',
  'route_section ROUTE_METRIC_FASTOPEN_NO_COOKIE': '<empty> | <boolean>',
  'route_section ROUTE_METRIC_HOPLIMIT': '<empty> | <int 1..255>',
  'route_section ROUTE_METRIC_INITCWND': '<empty> | <int 1..1023>',
  'route_section ROUTE_METRIC_INITRWND': '<empty> | <int 1..1023>',
  'route_section ROUTE_METRIC_MTU': '<empty> | <size 0..4294967295>',
  'route_section ROUTE_METRIC_QUICKACK': '<empty> | <boolean>',
  'route_section ROUTE_METRIC_RTO_MIN': '<empty> | <span 1us..4294967295ms>',
  'route_section ROUTE_MULTIPATH': {
    247: '<empty> | <multipath-hop>',
    262: '<empty> | <multipath-hop-or-device>',
  },
  'route_section ROUTE_NEXTHOP': '<empty> | <int 1..4294967295>',
  'route_section ROUTE_PREFERENCE': 'low | medium | high',
  'route_section ROUTE_PREFERRED_SOURCE': {
    247: '<address>',
    262: '<empty> | <address> | 0 | ~no | ~n | ~false | ~f | ~off',
  },
  'route_section ROUTE_PRIORITY': '<int 0..4294967295>',
  'route_section ROUTE_PROTOCOL': protocol,
  'route_section ROUTE_SCOPE': 'global | site | link | host | nowhere | <int 0..255>',
  'route_section ROUTE_TABLE': routeTable,
  'route_section ROUTE_TYPE': type,
};

export const routeAtoms: Atoms = {
  'multipath-hop': (text) => isMultipathHop(text, false),
  'multipath-hop-or-device': (text) => isMultipathHop(text, true),
};

/** `address[@link] [weight]`; `@link` may stand alone where `canBeDevice`. */
function isMultipathHop(text: string, canBeDevice: boolean): boolean {
  const [, address = '', link, weight = '1'] = /^([^@\s]*)(?:@(\S+))?(?:\s+(.+))?$/.exec(text) ?? [];
  const leads = address === '' ? canBeDevice && link !== undefined : isAddress(address);
  return leads && (link === undefined || isLink(link)) && isWithin(wholeNumber(weight), '1..256');
}

function isLink(text: string): boolean {
  const index = wholeNumber(text);
  return index === undefined ? isLinkName(text, 127) : isWithin(index, '1..2147483647');
}
