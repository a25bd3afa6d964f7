import type { LinkExpectation } from '../crds/compiled.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { isClimbable, isWorthNewLink } from './climbable.ts';
import { type Difference, isAtWork } from './compare.ts';
import { dependentsOf } from './dependents.ts';
import { settingOf } from './in-place.ts';
import { isLastWay } from './leftover.ts';
import type { ObservedLink } from './observed.ts';
import type { PlanInput } from './plan-input.ts';
import { deferredBy } from './recreation.ts';
import type { LinkProperty, Step } from './step.ts';

/** What mends one difference of one link: a new link, a reminder for networkd, or one step. */
export type Action =
  | { readonly kind: 'remake'; readonly reason: string; readonly restart: boolean }
  | { readonly kind: 'remind'; readonly units: readonly string[]; readonly restart: boolean }
  | { readonly kind: 'step'; readonly step: Step };

/** The rungs of the ladder, least disruptive first. */
export const rungs = { reconfigure: 0, reload: 1, remake: 2, count: 3 } as const;

/** The least disruptive action against a difference on a rung of the ladder; undefined where none would help. */
export function actionOn(
  input: PlanInput,
  owner: ResourceKey,
  expected: LinkExpectation,
  difference: Difference,
  rung: number,
): Action | undefined {
  switch (difference.aspect) {
    case 'missing':
      return missingRepair(input, expected, rung);
    case 'kind':
    case 'parent':
      return expected.made ? { kind: 'remake', reason: difference.message, restart: false } : undefined;
    case 'master':
    case 'mode':
    case 'mtu':
    case 'mac':
      return setting(input, owner, expected, difference, difference.aspect, rung);
    case 'shadowed':
      return unshadowing(input, expected);
    case 'leftover':
      return isKept(input, expected, difference)
        ? undefined
        : inPlace(input, owner, expected, difference, rung);
    case 'gateway':
    case 'options':
    case 'route':
    case 'rule':
    case 'names':
    case 'sysctl':
    case 'nat':
      return inPlace(input, owner, expected, difference, rung);
    case 'setup':
      // It failed for a bridge that it had before: into one of others networkd plugs nothing, and so it can go on without.
      if (expected.master?.foreign && !input.observed.links.has(expected.master.name))
        return reconfiguring(owner, expected, difference.message);
      return climb(input, owner, expected, difference, rung);
    case 'address':
    case 'dhcp':
    case 'state':
      return climb(input, owner, expected, difference, rung);
  }
}

function missingRepair(
  { desired, observed }: PlanInput,
  expected: LinkExpectation,
  rung: number,
): Action | undefined {
  if (!expected.made) return undefined;
  const units = dependentsOf(expected.link, desired);
  // v257+ tries a .netdev that once failed again only when its file looks new (networkd.md §2.3).
  const netdev = rung >= rungs.reload && expected.netdev !== undefined ? [expected.netdev] : [];
  // Up to v256 one that went and came back at once may wait for ever for what networkd thinks is still there.
  const isInVain = rung >= rungs.count && rung % rungs.count === rungs.remake;
  const restart = observed.networkd.capabilities.staleStackedNetdev && isInVain;
  return { kind: 'remind', units: [...units, ...netdev], restart };
}

/** networkd keeps to a file that was deleted until somebody has it read its units again. */
function unshadowing({ observed }: PlanInput, { link, network }: LinkExpectation): Action | undefined {
  if (network === undefined || !observed.links.get(link)?.isNetworkFileGone) return undefined;
  return { kind: 'remind', units: [network], restart: false };
}

function setting(
  { observed }: PlanInput,
  owner: ResourceKey,
  expected: LinkExpectation,
  { message }: Difference,
  property: LinkProperty,
  rung: number,
): Action | undefined {
  const link = observed.links.get(expected.link);
  const value = property === 'master' ? expected.master?.name : expected[property];
  if (!link || value === undefined) return undefined;
  if (property === 'master' && !observed.links.has(String(value))) return undefined;
  const byNetworkd = !(property === 'master' && expected.master?.foreign);
  if (byNetworkd && rung === 0 && isAtWork(link)) return undefined;
  return {
    kind: 'step',
    step: {
      kind: 'set-link',
      link: expected.link,
      property,
      value: String(value),
      owner,
      reason: message,
      disruption: 'none',
    },
  };
}

/**
 * What osa-net does itself, because networkd would have to configure the whole link anew for it (up to v256 that takes
 * the addresses away for a moment), or would not do it at all: it sets switches and NAT only together with addresses.
 */
function inPlace(
  input: PlanInput,
  owner: ResourceKey,
  expected: LinkExpectation,
  difference: Difference,
  rung: number,
): Action | undefined {
  const link = input.observed.links.get(expected.link);
  const setting = settingOf(input.observed, expected, difference);
  if (!link || !setting) return climb(input, owner, expected, difference, rung);
  const isAlone = ['leftover', 'options', 'sysctl', 'nat'].includes(difference.aspect);
  const isReady = !isAtWork(link) && link.operational !== 'off' && hasAddresses(expected, link);
  if (!isAlone && (rung % rungs.count !== 0 || !isReady))
    return climb(input, owner, expected, difference, rung);
  return { kind: 'step', step: { ...setting, owner, reason: difference.message, disruption: 'none' } };
}

/** Whether what an earlier text left stays for now. */
function isKept({ observed }: PlanInput, expected: LinkExpectation, { link, subject }: Difference): boolean {
  const seen = observed.links.get(link);
  return (
    seen !== undefined &&
    subject !== undefined &&
    'left' in subject &&
    isLastWay(subject.left, expected, seen)
  );
}

/** A route needs the addresses of its link; if those are gone, whatever brings them back brings it back too. */
function hasAddresses({ addresses = [] }: LinkExpectation, link: ObservedLink): boolean {
  return addresses.every((address) => link.addresses.includes(address));
}

function climb(
  input: PlanInput,
  owner: ResourceKey,
  expected: LinkExpectation,
  difference: Difference,
  rung: number,
): Action | undefined {
  const { message } = difference;
  const link = input.observed.links.get(expected.link);
  if (!link || !isClimbable(input.observed, expected, difference)) return undefined;
  if (rung === rungs.reconfigure && isAtWork(link)) return undefined;
  // networkd gives a link that is up no new link-local address, however often it is configured (seen on v252 to v262).
  if (rung === rungs.reconfigure && difference.aspect === 'state' && lacksLinkLocal(expected, link)) {
    return {
      kind: 'step',
      step: { kind: 'renew-link-local', link: link.name, owner, reason: message, disruption: 'none' },
    };
  }
  const step = rung % rungs.count;
  const { master, network } = expected;
  const waits = master !== undefined && isAtWork(link);
  const waitsForMaster = waits && !master.foreign && link.master !== master.name;
  // Up to v256 an unchanged .network holds on to a bridge that was there before. From v257 on networkd gives up a .netdev
  // whose link is there already, and its ports wait until it restarts.
  if (step === rungs.remake && network !== undefined && waits && (waitsForMaster || rung > rungs.remake)) {
    return { kind: 'remind', units: [network], restart: rung > rungs.remake };
  }
  if (step === rungs.remake && expected.made && isWorthNewLink(input.observed, expected, difference)) {
    return deferredBy(input, owner, expected, message, false)
      ? reconfiguring(owner, expected, message)
      : { kind: 'remake', reason: message, restart: false };
  }
  if (step === rungs.reload && waitsForMaster) {
    return { kind: 'step', step: announcing(owner, master.name, `${expected.link} waits for it in vain`) };
  }
  if (step === rungs.reload && network !== undefined)
    return { kind: 'remind', units: [network], restart: false };
  return reconfiguring(owner, expected, message);
}

/** A link that needs no other address has carrier, and is not even `degraded`. */
function lacksLinkLocal({ requiredState, addresses = [] }: LinkExpectation, link: ObservedLink): boolean {
  return requiredState === 'degraded' && addresses.length === 0 && link.operational === 'carrier';
}

/** Up to v256 networkd knows of a bridge that was there before its .netdev only once the kernel tells of it. */
function announcing(owner: ResourceKey, link: string, reason: string): Step {
  return { kind: 'announce-link', link, owner, reason, disruption: 'none' };
}

function reconfiguring(owner: ResourceKey, { link }: LinkExpectation, reason: string): Action {
  return {
    kind: 'step',
    step: { kind: 'reconfigure-link', link, owner, reason, disruption: 'link flap' },
  };
}
