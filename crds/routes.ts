import type { Family } from './ip.ts';

/** A route that a link's unit asks for, in numbers where the kernel has names for them. */
export interface RouteExpectation {
  readonly family: Family;
  /** `default`, or the network in canonical form: `10.77.0.0/16`. */
  readonly destination: string;
  readonly gateway?: string;
  readonly metric?: number;
  /** Number of the routing table. */
  readonly table: number;
  readonly type: RouteType;
  /** Number of the scope (rtnetlink(7)). */
  readonly scope?: number;
  /** Preferred source address. */
  readonly source?: string;
  readonly onLink?: boolean;
  /** Number of the protocol that networkd gives it. */
  readonly protocol: number;
  /** False where the unit says more of the route than is said here, so that only networkd can set it. */
  readonly isWhole: boolean;
}

/** A rule that a link's unit asks for. */
export interface RuleExpectation {
  readonly family: Family;
  /** Canonical networks; absent: all. */
  readonly from?: string;
  readonly to?: string;
  /** Number of the routing table; networkd gives one to rules of a type too, which never look into it. */
  readonly table: number;
  readonly priority?: number;
  /** `0x1`, and its mask where it is not all ones. */
  readonly mark?: string;
  readonly mask?: string;
  readonly incoming?: string;
  readonly outgoing?: string;
  readonly isInverted?: boolean;
  readonly type?: Exclude<RouteType, 'unicast'>;
  readonly suppressPrefixLength?: number;
  readonly ipProtocol?: number;
  /** `80`, `1000-2000` */
  readonly sourcePort?: string;
  readonly destinationPort?: string;
  readonly typeOfService?: number;
  /** False where the unit says more of the rule than is said here. */
  readonly isWhole: boolean;
}

/** Numbers of the kernel's routing types (linux/rtnetlink.h). */
export const routeTypes = {
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
} as const;
export type RouteType = keyof typeof routeTypes;

export const scopes = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 } as const;
export const tables = { default: 253, main: 254, local: 255 } as const;
/** Those that systemd.network(5) names. */
export const routeProtocols = { kernel: 2, boot: 3, static: 4, ra: 9, dhcp: 16 } as const;
export const ipProtocols = { icmp: 1, tcp: 6, udp: 17, 'ipv6-icmp': 58, sctp: 132 } as const;

/** The route that `Gateway=` in [Network] stands for. */
export function defaultRoute(gateway: string): RouteExpectation {
  return {
    family: gateway.includes(':') ? 6 : 4,
    destination: 'default',
    gateway,
    table: tables.main,
    type: 'unicast',
    protocol: routeProtocols.static,
    isWhole: true,
  };
}

/** A route in words: `10.77.0.0/16 via 10.9.0.254 table 100`. */
export function routeText({ type, destination, gateway, metric, table, source }: RouteExpectation): string {
  return [
    ...(type === 'unicast' ? [] : [type]),
    destination,
    ...(gateway === undefined ? [] : ['via', gateway]),
    ...(source === undefined ? [] : ['src', source]),
    ...(metric === undefined ? [] : ['metric', String(metric)]),
    ...(table === tables.main ? [] : ['table', String(table)]),
  ].join(' ');
}

/** A rule in words, as `ip rule` has them: `from 10.9.0.0/24 table 100 priority 1000`. */
export function ruleText(rule: RuleExpectation): string {
  return ruleWords(rule).join(' ');
}

/** What selects packets, what becomes of them, and the place of the rule, in the words of `ip rule`. */
export function ruleWords(rule: RuleExpectation): readonly string[] {
  const mark = rule.mask === undefined ? rule.mark : `${rule.mark}/${rule.mask}`;
  const named = (word: string, value: string | number | undefined) =>
    value === undefined ? [] : [word, String(value)];
  const tos = rule.typeOfService?.toString(16);
  return [
    ...(rule.isInverted ? ['not'] : []),
    ...['from', rule.from ?? 'all'],
    ...named('to', rule.to),
    ...named('tos', tos === undefined ? undefined : `0x${tos}`),
    ...named('fwmark', mark),
    ...named('iif', rule.incoming),
    ...named('oif', rule.outgoing),
    ...named('ipproto', rule.ipProtocol),
    ...named('sport', rule.sourcePort),
    ...named('dport', rule.destinationPort),
    ...named('priority', rule.priority),
    ...named('table', rule.table),
    ...(rule.type === undefined ? [] : [rule.type]),
    ...named('suppress_prefixlength', rule.suppressPrefixLength),
  ];
}
