import type { LinkExpectation, LinkNames } from '../crds/compiled.ts';
import { contains, parseCidr, parseIp } from '../crds/ip.ts';
import {
  type RouteExpectation,
  type RuleExpectation,
  routeText,
  routeTypes,
  ruleText,
} from '../crds/routes.ts';
import type { Found } from './compare.ts';
import type { Observed, ObservedLink, ObservedRoute, ObservedRule } from './observed.ts';

/**
 * What of the way of packets differs: routes, rules, forwarding, NAT, and what networkd tells others of the link. All of
 * it is judged once networkd is done with the link and the addresses are there, on which the rest depends.
 */
export function trafficDifferences(
  expected: LinkExpectation,
  link: ObservedLink,
  observed: Observed,
): readonly Found[] {
  if (link.setup !== 'configured') return [];
  if (expected.addresses?.some((address) => !link.addresses.includes(address))) return [];
  const dhcp = isMissingServer(expected, link, observed);
  return [
    ...lostRoutes(expected, observed).map(
      (route): Found => ['route', `route ${routeText(route)} is missing`, { route }],
    ),
    ...lostRules(expected, observed).map(
      (rule): Found => ['rule', `rule ${ruleText(rule)} is missing`, { rule }],
    ),
    ...lostSysctls(expected, observed).map(
      (sysctl): Found => ['sysctl', `${sysctl} is 0, should be 1`, { sysctl }],
    ),
    ...lostNat(expected, observed).map(
      (network): Found => ['nat', `${network} is not masqueraded`, { network }],
    ),
    ...lostNames(expected, link).map((text): Found => ['names', text]),
    ...(dhcp ? [['dhcp', 'its DHCP server does not listen'] as const] : []),
  ];
}

/** Routes that are promised of a link and not there. */
function lostRoutes({ link, routes = [] }: LinkExpectation, observed: Observed): readonly RouteExpectation[] {
  const seen = observed.routes;
  if (seen === undefined) return [];
  return routes.filter((wanted) => !seen.some((route) => isRoute(wanted, route, link)));
}

function isRoute(wanted: RouteExpectation, seen: ObservedRoute, link: string): boolean {
  // Routes that lead nowhere stand on no link, in IPv6 on `lo`.
  const leadsThere = wanted.type === 'unicast' ? seen.link === link : true;
  return (
    leadsThere &&
    seen.family === wanted.family &&
    seen.destination === wanted.destination &&
    seen.table === wanted.table &&
    seen.type === routeTypes[wanted.type] &&
    seen.protocol === wanted.protocol &&
    isAsked(wanted.gateway, seen.gateway) &&
    isAsked(wanted.metric, seen.metric ?? 0) &&
    isAsked(wanted.scope, seen.scope) &&
    isAsked(wanted.source, seen.source)
  );
}

function isAsked<T>(wanted: T | undefined, seen: T | undefined): boolean {
  return wanted === undefined || wanted === seen;
}

/** Rules that are promised with a link and not there. */
function lostRules({ rules = [] }: LinkExpectation, observed: Observed): readonly RuleExpectation[] {
  const seen = observed.rules;
  if (seen === undefined) return [];
  return rules.filter((wanted) => !seen.some((rule) => isRule(wanted, rule)));
}

const selectors = [
  'family',
  'from',
  'to',
  'mark',
  'mask',
  'incoming',
  'outgoing',
  'suppressPrefixLength',
  'ipProtocol',
  'sourcePort',
  'destinationPort',
  'typeOfService',
] as const;

function isRule(wanted: RuleExpectation, seen: ObservedRule): boolean {
  if ((wanted.isInverted ?? false) !== seen.isInverted || !isAsked(wanted.priority, seen.priority))
    return false;
  const isSameEnd =
    wanted.type === undefined
      ? seen.type === undefined && isAsked(wanted.table, seen.table)
      : seen.type === routeTypes[wanted.type];
  // A unit that says more than is known of a rule selects less than what is compared here.
  return (
    isSameEnd &&
    selectors.every((key) => (wanted.isWhole ? wanted[key] === seen[key] : isAsked(wanted[key], seen[key])))
  );
}

/** Switches below /proc/sys that are off, in the order in which they are to be set: those of the host switch all links. */
function lostSysctls({ sysctls = [] }: LinkExpectation, observed: Observed): readonly string[] {
  // What this kernel does not have (IPv6 may be off) cannot be asked of it.
  return sysctls.filter((key) => observed.sysctls?.get(key) === '0');
}

/** Networks of the link that networkd's table of nftables does not have. */
function lostNat({ masquerade = [] }: LinkExpectation, observed: Observed): readonly string[] {
  const seen = observed.masqueraded;
  if (seen === undefined || masquerade.length === 0) return [];
  return masquerade.filter((network) => !seen.some((other) => covers(other, network)));
}

function covers(seen: string, network: string): boolean {
  if (seen === network) return true;
  const [whole, part] = [parseCidr(seen), parseCidr(network)];
  if ('code' in whole || 'code' in part || whole.prefix > part.prefix) return false;
  const first = parseIp(part.address);
  return first !== undefined && contains(whole, first);
}

const lists: readonly (readonly [keyof LinkNames, string])[] = [
  ['dns', 'DNS server'],
  ['domains', 'domain'],
  ['ntp', 'NTP server'],
];

function lostNames({ names }: LinkExpectation, link: ObservedLink): readonly string[] {
  const seen = link.names;
  if (!names || !seen) return [];
  return lists.flatMap(([list, what]) =>
    names[list].filter((name) => !seen[list].includes(name)).map((name) => `${what} ${name} is missing`),
  );
}

/** A DHCP server waits for a carrier. */
function isMissingServer(
  { dhcpServer, link: name }: LinkExpectation,
  link: ObservedLink,
  observed: Observed,
): boolean {
  if (!dhcpServer || !link.carrier || observed.dhcpServers === undefined) return false;
  return !observed.dhcpServers.has(name);
}
