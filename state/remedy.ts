import type { LinkExpectation } from '../crds/compiled.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { type Difference, isAtWork } from './compare.ts';
import { dependentsOf, isUsedByOthers } from './dependents.ts';
import type { PlanInput } from './plan-input.ts';
import type { LinkProperty, Step } from './step.ts';

/** What mends one difference of one link: a new link, a reminder for networkd, or one step. */
export type Action =
  | { readonly kind: 'remake'; readonly reason: string; readonly restart: boolean }
  | { readonly kind: 'remind'; readonly units: readonly string[] }
  | { readonly kind: 'step'; readonly step: Step };

/** The rungs of the ladder, least disruptive first. */
const rungs = { reconfigure: 0, reload: 1, remake: 2, count: 3 } as const;

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
      return undefined;
    case 'address':
    case 'gateway':
    case 'setup':
    case 'state':
      return climb(input, owner, expected, difference, rung);
  }
}

function missingRepair({ desired }: PlanInput, expected: LinkExpectation, rung: number): Action | undefined {
  if (!expected.made) return undefined;
  const units = dependentsOf(expected.link, desired);
  // v257+ tries a .netdev that once failed again only when its file looks new (networkd.md §2.3).
  const netdev = rung >= rungs.reload && expected.netdev !== undefined ? [expected.netdev] : [];
  return { kind: 'remind', units: [...units, ...netdev] };
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

/** States that only something outside can change: carrier comes from a cable or the other end. */
const wantOfCarrier = ['no-carrier', 'dormant', 'degraded-carrier'];

function climb(
  input: PlanInput,
  owner: ResourceKey,
  expected: LinkExpectation,
  { aspect, message }: Difference,
  rung: number,
): Action | undefined {
  const link = input.observed.links.get(expected.link);
  if (!link || (aspect === 'state' && wantOfCarrier.includes(link.operational))) return undefined;
  // A port whose bridge is not there fails again: the bridge comes first.
  if (expected.master && !input.observed.links.has(expected.master.name)) return undefined;
  if (rung === rungs.reconfigure && isAtWork(link)) return undefined;
  const step = rung % rungs.count;
  if (step === rungs.remake && expected.made && !isUsedByOthers(input, owner, expected.link)) {
    return { kind: 'remake', reason: message, restart: false };
  }
  if (step === rungs.reload && expected.network !== undefined)
    return { kind: 'remind', units: [expected.network] };
  return {
    kind: 'step',
    step: { kind: 'reconfigure-link', link: expected.link, owner, reason: message, disruption: 'link flap' },
  };
}
