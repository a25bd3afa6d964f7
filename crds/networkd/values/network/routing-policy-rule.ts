import { isWithin } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';
import { routeTable } from './route.ts';

/** [RoutingPolicyRule]: until 254 with a parser for each key, then with one for the section. */
export const routingPolicyRuleShapes: Shapes = {
  routing_policy_rule_device: '<ifname>',
  routing_policy_rule_family: 'both | ipv4 | ipv6',
  routing_policy_rule_fwmark_mask: '<firewall-mark-or-zero>',
  routing_policy_rule_invert: '<boolean>',
  routing_policy_rule_ip_protocol: {
    247: '<empty> | <named-protocol>',
    252: '<empty> | <named-protocol ethernet mptcp>',
  },
  routing_policy_rule_port_range: '<port-or-range>',
  routing_policy_rule_prefix: '<prefix>',
  routing_policy_rule_priority: { 247: '<int 0..4294967295>', 252: '<empty> | <int 0..4294967295>' },
  // An empty one drops the section, without a word.
  routing_policy_rule_suppress_ifgroup: '<empty> | <int 0..2147483647>',
  routing_policy_rule_suppress_prefixlen: '<int 0..128>',
  routing_policy_rule_table: { 247: '<int 0..4294967295>', 248: routeTable[248] },
  routing_policy_rule_tos: '<int 0..255>',
  routing_policy_rule_type: 'blackhole | unreachable | prohibit',
  routing_policy_rule_uid_range: '<user-range>',

  'routing_policy_rule ROUTING_POLICY_RULE_ACTION': 'table | goto | nop | blackhole | unreachable | prohibit',
  'routing_policy_rule ROUTING_POLICY_RULE_DPORT': '<port-or-range>',
  'routing_policy_rule ROUTING_POLICY_RULE_FAMILY': '<empty> | both | ipv4 | ipv6',
  'routing_policy_rule ROUTING_POLICY_RULE_FROM': '<empty> | <prefix>',
  'routing_policy_rule ROUTING_POLICY_RULE_FWMARK': '<firewall-mark>',
  'routing_policy_rule ROUTING_POLICY_RULE_GOTO': '<int 1..4294967295>',
  'routing_policy_rule ROUTING_POLICY_RULE_IIF': '<empty> | <ifname>',
  'routing_policy_rule ROUTING_POLICY_RULE_INVERT': '<empty> | <boolean>',
  'routing_policy_rule ROUTING_POLICY_RULE_IP_PROTOCOL': {
    247: '<empty> | <named-protocol ethernet l2tp>',
    262: '<empty> | <named-protocol ethernet l2tp aggfrag>',
  },
  'routing_policy_rule ROUTING_POLICY_RULE_L3MDEV': '<boolean>',
  'routing_policy_rule ROUTING_POLICY_RULE_OIF': '<empty> | <ifname>',
  'routing_policy_rule ROUTING_POLICY_RULE_PRIORITY': '<empty> | <int 0..4294967295>',
  'routing_policy_rule ROUTING_POLICY_RULE_SPORT': '<port-or-range>',
  'routing_policy_rule ROUTING_POLICY_RULE_SUPPRESS_IFGROUP': '<empty> | <int 0..2147483647>',
  'routing_policy_rule ROUTING_POLICY_RULE_SUPPRESS_PREFIXLEN': '<empty> | <int 0..128>',
  'routing_policy_rule ROUTING_POLICY_RULE_TABLE': routeTable,
  'routing_policy_rule ROUTING_POLICY_RULE_TO': '<empty> | <prefix>',
  'routing_policy_rule ROUTING_POLICY_RULE_TOS': '<int 0..255>',
  'routing_policy_rule ROUTING_POLICY_RULE_UID_RANGE': '<user-range>',
};

export const routingPolicyRuleAtoms: Atoms = {
  'firewall-mark': (text) => isMark(text, false),
  'firewall-mark-or-zero': (text) => isMark(text, true),
  'named-protocol': isNamedProtocol,
  'port-or-range': isPortRange,
  'user-range': isUserRange,
};

/** `mark[/mask]`. Where `skipsMask`, nothing reads the mask behind a mark of 0. */
function isMark(text: string, skipsMask: boolean): boolean {
  const [mark = '', ...rest] = text.split('/');
  const value = wholeNumber(mark);
  const isMarkGood = isWithin(value, '0..4294967295');
  if (rest.length === 0 || (skipsMask && value === 0n)) return isMarkGood;
  return isMarkGood && isWithin(wholeNumber(rest.join('/')), '0..4294967295');
}

/** What every <netinet/in.h> of the C library names. */
const protocols: Readonly<Record<string, bigint>> = {
  ...{ ip: 0n, hopopts: 0n, icmp: 1n, igmp: 2n, ipip: 4n, tcp: 6n, egp: 8n, pup: 12n, udp: 17n, idp: 22n },
  ...{ tp: 29n, dccp: 33n, ipv6: 41n, routing: 43n, fragment: 44n, rsvp: 46n, gre: 47n, esp: 50n, ah: 51n },
  ...{ icmpv6: 58n, none: 59n, dstopts: 60n, mtp: 92n, beetph: 94n, encap: 98n, pim: 103n, comp: 108n },
  ...{ sctp: 132n, mh: 135n, udplite: 136n, mpls: 137n, raw: 255n },
};

/** What only a later one names: systemd has the names of the C library that it was built with. */
const laterProtocols: Readonly<Record<string, bigint>> = {
  l2tp: 115n,
  ethernet: 143n,
  aggfrag: 144n,
  mptcp: 262n,
};

/** The name of a protocol, or the number of one that has a name. */
function isNamedProtocol(text: string, ...later: readonly string[]): boolean {
  const name = text.toLowerCase();
  if (Object.hasOwn(protocols, name) || later.includes(name)) return true;
  const number = wholeNumber(text);
  if (number === undefined) return false;
  return Object.values(protocols).includes(number) || later.some((one) => laterProtocols[one] === number);
}

function isPortRange(text: string): boolean {
  const [low = '', high = low, ...more] = text.split('-');
  const first = wholeNumber(low) ?? 0n;
  const last = wholeNumber(high) ?? 0n;
  return more.length === 0 && first >= 1n && first <= last && last <= 65_535n;
}

/** The name of a user, whom the host has to know; a UID; or two with `-` between. */
function isUserRange(text: string): boolean {
  if (/^[a-z_][a-z0-9_.-]*\$?$/i.test(text)) return true;
  const [low = '', high = low, ...more] = text.split('-');
  return more.length === 0 && isUid(low) && isUid(high) && Number(low) <= Number(high);
}

/** uid_is_valid(): (uid_t) -1 is none, nor is what it was with 16 bits. */
function isUid(text: string): boolean {
  return /^(0|[1-9]\d{0,9})$/.test(text) && Number(text) < 0xffff_ffff && Number(text) !== 0xffff;
}
