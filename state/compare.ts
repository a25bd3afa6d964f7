import type { LinkExpectation } from '../crds/compiled.ts';
import type { LinkOption } from '../crds/networkd/link-options.ts';
import { defaultRoute, type RouteExpectation, type RuleExpectation } from '../crds/routes.ts';
import { optionDifferences } from './compare-options.ts';
import { trafficDifferences } from './compare-traffic.ts';
import { describeLeftover, type Known, type Leftover, leftoversOf } from './leftover.ts';
import type { Observed, ObservedLink } from './observed.ts';

/** One way in which a link is not as promised. */
export interface Difference {
  readonly link: string;
  readonly aspect: Aspect;
  /** As the user reads it: `master is none, should be br-container`. */
  readonly message: string;
  /** What of several things of its aspect is not as promised. */
  readonly subject?: Subject;
}

export type Subject =
  | { readonly left: Leftover }
  | { readonly option: LinkOption }
  | { readonly route: RouteExpectation }
  | { readonly rule: RuleExpectation }
  | { readonly sysctl: string }
  | { readonly network: string };

export type Aspect =
  | 'missing'
  | 'kind'
  | 'parent'
  | 'mode'
  | 'master'
  | 'mtu'
  | 'mac'
  | 'address'
  | 'leftover'
  | 'gateway'
  | 'options'
  | 'route'
  | 'rule'
  | 'names'
  | 'dhcp'
  | 'sysctl'
  | 'nat'
  | 'shadowed'
  | 'setup'
  | 'state';

/** networkd's OperationalState words in its own order (systemd's network-util.h); `-` is not known yet. */
const operationalOrder = [
  '-',
  'missing',
  'off',
  'no-carrier',
  'dormant',
  'degraded-carrier',
  'carrier',
  'degraded',
  'enslaved',
  'routable',
];

/** Whether an OperationalState is at least another one. */
export function reaches(operational: string, required: string): boolean {
  return operationalOrder.indexOf(operational) >= operationalOrder.indexOf(required);
}

/** Everything about a link that differs from what was promised, most fundamental first. */
export function differencesOf(
  expected: LinkExpectation,
  observed: Observed,
  known: Known,
): readonly Difference[] {
  const link = observed.links.get(expected.link);
  if (!link) return [{ link: expected.link, aspect: 'missing', message: 'does not exist' }];
  return [
    ...identityDifferences(expected, link),
    ...propertyDifferences(expected, link),
    ...optionDifferences(expected, link),
    ...addressDifferences(expected, link, observed),
    ...leftoverDifferences(expected, link, observed, known),
    ...trafficDifferences(expected, link, observed),
    ...networkdDifferences(expected, link),
  ].map(([aspect, message, subject]) => ({
    link: expected.link,
    aspect,
    message,
    ...(subject && { subject }),
  }));
}

/** What differs, and how the user reads it. */
export type Found = readonly [Aspect, string, Subject?];

/** What only a new link could have otherwise. */
export function identityDifferences(expected: LinkExpectation, link: ObservedLink): readonly Found[] {
  const found: Found[] = [];
  if (expected.kind !== undefined && link.kind !== expected.kind) {
    found.push(['kind', `kind is ${link.kind ?? 'hardware'}, should be ${expected.kind}`]);
  }
  if (expected.parent !== undefined && !link.parentElsewhere && link.parent !== expected.parent) {
    found.push(['parent', `stands on ${link.parent ?? 'nothing'}, should stand on ${expected.parent}`]);
  }
  return found;
}

function propertyDifferences(expected: LinkExpectation, link: ObservedLink): readonly Found[] {
  const pairs: readonly [Aspect, string | number | undefined, string | number | undefined][] = [
    ['mode', expected.mode, link.mode],
    ['master', expected.master?.name, link.master],
    ['mtu', expected.mtu, link.mtu],
    ['mac', expected.mac, link.mac],
  ];
  return pairs
    .filter(([, wanted, seen]) => wanted !== undefined && wanted !== seen)
    .map(([aspect, wanted, seen]) => [aspect, `${aspect} is ${seen ?? 'none'}, should be ${wanted}`]);
}

function addressDifferences(
  expected: LinkExpectation,
  link: ObservedLink,
  observed: Observed,
): readonly Found[] {
  const missing = (expected.addresses ?? []).filter((address) => !link.addresses.includes(address));
  const gateways = observed.defaultRoutes.filter((route) => route.link === link.name).map((r) => r.gateway);
  const lost = (expected.gateways ?? []).filter((gateway) => !gateways.includes(gateway));
  return [
    ...missing.map((address): Found => ['address', `address ${address} is missing`]),
    ...lost.map(
      (gateway): Found => [
        'gateway',
        `default route through ${gateway} is missing`,
        { route: defaultRoute(gateway) },
      ],
    ),
  ];
}

/** While networkd is at work it may still be taking addresses away. */
function leftoverDifferences(
  expected: LinkExpectation,
  link: ObservedLink,
  observed: Observed,
  known: Known,
): readonly Found[] {
  if (isAtWork(link)) return [];
  return leftoversOf(expected, observed, known).map((left) => ['leftover', describeLeftover(left), { left }]);
}

/** Words of networkd's AdministrativeState that mean it is still at work. */
const atWork = ['-', 'pending', 'initialized', 'configuring'];

/** Whether networkd has yet to finish with a link. */
export function isAtWork(link: ObservedLink): boolean {
  return atWork.includes(link.setup);
}

/**
 * Whether networkd may be silent about a link for long and still finish it. `initialized` is over in an instant, except
 * for a link that failed too often for v257+, which leaves it so for good. A port is plugged in before all else: while
 * its bridge is there and it is not in it, networkd waits for a bridge that it does not know of.
 */
export function mayTakeLong(
  { link: name, master }: LinkExpectation,
  { links }: Pick<Observed, 'links'>,
): boolean {
  const link = links.get(name);
  if (!link || !isAtWork(link) || link.setup === 'initialized') return false;
  const isElsewhere = master !== undefined && links.has(master.name) && link.master !== master.name;
  return !(isElsewhere && link.setup === 'configuring');
}

/** networkd (seen on v252) does not look again at a port that has carrier when its master is set from outside. */
function operationalOf({ operational, master }: ObservedLink): string {
  return operational === 'carrier' && master !== undefined ? 'enslaved' : operational;
}

function networkdDifferences(expected: LinkExpectation, link: ObservedLink): readonly Found[] {
  if (expected.network === undefined) return [];
  const applied = link.networkFile?.split('/').at(-1);
  if (applied !== undefined && applied !== '' && applied !== expected.network) {
    const gone = link.isNetworkFileGone ? ', which is gone,' : '';
    return [['shadowed', `networkd applies ${link.networkFile}${gone} instead of ${expected.network}`]];
  }
  const found: Found[] = [];
  if (link.setup !== 'configured') found.push(['setup', `networkd says ${link.setup}`]);
  if (expected.requiredState !== undefined && !reaches(operationalOf(link), expected.requiredState)) {
    found.push([
      'state',
      `operational state is ${link.operational}, should be ${expected.requiredState} or better`,
    ]);
  }
  return found;
}
