import type { LinkExpectation } from '../crds/compiled.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { isClimbable, isWorthNewLink } from './climbable.ts';
import type { Aspect, Difference } from './compare.ts';
import { hasLeave } from './in-use.ts';
import type { PlanInput } from './plan-input.ts';
import { type Deferred, deferredBy } from './recreation.ts';
import { rungs } from './remedy.ts';

/** A re-creation that only waits for its turn. */
export function inTurn({ link, field }: LinkExpectation, reason: string, isOnlyWay: boolean): Deferred {
  return { link, field, reason, users: { ports: [], stacked: [] }, isOnlyWay };
}

/**
 * What of these differences only a new link mends and has to wait: for leave, or for its turn. Of those that the ladder
 * mends, that is told once its last rung was reached, and for good then: a reason that comes and goes helps nobody.
 */
export function deferredDifferences(
  input: PlanInput,
  owner: ResourceKey,
  expected: LinkExpectation,
  differences: readonly Difference[],
  due: readonly Difference[],
): readonly Deferred[] {
  if (!expected.made) return [];
  const identity = differences.find(({ aspect }) => needsNew.includes(aspect));
  if (identity) {
    const blocked = deferredBy(input, owner, expected, identity.message, true);
    if (blocked) return [blocked];
    return due.includes(identity) ? [] : [inTurn(expected, identity.message, true)];
  }
  if (input.attemptsOf(owner) < rungs.remake) return [];
  const climbed = differences.find(
    (difference) =>
      isWorthNewLink(input.observed, expected, difference) &&
      isClimbable(input.observed, expected, difference),
  );
  if (!climbed || hasLeave(input, owner)) return [];
  const blocked = deferredBy(input, owner, expected, climbed.message, false);
  return [blocked ?? inTurn(expected, climbed.message, false)];
}

/** What no step changes on a link that exists. */
const needsNew: readonly Aspect[] = ['kind', 'parent'];
