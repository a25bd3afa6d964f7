import type { Condition, ConditionType, Reason } from './status.ts';

/** What is to be said of a condition, before it is compared with what was said last. */
export interface Verdict {
  readonly type: ConditionType;
  readonly status: Condition['status'];
  readonly reason: Reason;
  readonly message: string;
}

/**
 * New conditions from the verdicts of this pass and the conditions of the last one. Sorted by type;
 * `lastTransitionTime` moves only where `status` does; an unchanged condition stays the same object.
 */
export function nextConditions(
  before: readonly Condition[],
  verdicts: readonly Verdict[],
  generation: number,
  now: string,
): readonly Condition[] {
  const next = verdicts
    .map((verdict) =>
      nextCondition(
        before.find(({ type }) => type === verdict.type),
        verdict,
        generation,
        now,
      ),
    )
    .sort((a, b) => (a.type < b.type ? -1 : 1));
  const unchanged = next.length === before.length && next.every((condition, i) => condition === before[i]);
  return unchanged ? before : next;
}

function nextCondition(
  before: Condition | undefined,
  verdict: Verdict,
  observedGeneration: number,
  now: string,
): Condition {
  if (
    before &&
    before.status === verdict.status &&
    before.reason === verdict.reason &&
    before.message === verdict.message &&
    before.observedGeneration === observedGeneration
  ) {
    return before;
  }
  const lastTransitionTime = before?.status === verdict.status ? before.lastTransitionTime : now;
  return { ...verdict, observedGeneration, lastTransitionTime };
}
