import type { LinkExpectation } from '../crds/compiled.ts';
import type { Aspect, Difference } from './compare.ts';
import type { Observed, ObservedLink } from './observed.ts';

/** States that only something outside can change: carrier comes from a cable or the other end. */
const wantOfCarrier = ['no-carrier', 'dormant', 'degraded-carrier'];

/** Whether the cable or the other end of a link is missing. */
export function lacksCarrier(link: ObservedLink | undefined): boolean {
  return link !== undefined && wantOfCarrier.includes(link.operational);
}

/** What only networkd puts right as a whole, by whatever it takes. */
const climbable: readonly Aspect[] = [
  'address',
  'gateway',
  'route',
  'rule',
  'names',
  'dhcp',
  'options',
  'setup',
  'state',
];

/**
 * What a new link may mend in the end; for a route or a server on it, it would cost more than it brings. What one lacks
 * because it has no carrier a new one would lack, too, and what stands on it would go with it: as carrier is lost,
 * networkd takes the addresses away, in every version and unless IgnoreCarrierLoss= says otherwise.
 */
export function isWorthNewLink(
  { links }: Observed,
  { link: name }: LinkExpectation,
  { aspect }: Pick<Difference, 'aspect'>,
): boolean {
  if (!['address', 'gateway', 'setup', 'state'].includes(aspect)) return false;
  const link = links.get(name);
  return !lacksCarrier(link) || !['configured', 'configuring'].includes(link?.setup ?? '');
}

/** Whether a difference is one against which the ladder is climbed. */
export function isClimbable(
  { links }: Observed,
  expected: LinkExpectation,
  { aspect }: Pick<Difference, 'aspect'>,
): boolean {
  if (!climbable.includes(aspect)) return false;
  const link = links.get(expected.link);
  if (!link || (aspect === 'state' && lacksCarrier(link))) return false;
  // A port whose bridge is not there fails again: the bridge comes first.
  return !expected.master || links.has(expected.master.name);
}
