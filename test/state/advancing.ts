import { advance, type Outcome, type Progress } from '../../state/progress.ts';

export const now = 1_000_000;

/** Of all delays the longest. */
export const most = (): number => 1;

const quiet: Outcome = {
  ok: false,
  changed: false,
  repaired: [],
  failed: false,
  isStuck: false,
  busy: false,
  floor: 0,
};

/** The progress after a pass that found and did nothing but this. */
export function next(
  before: Progress | undefined,
  outcome: Partial<Outcome>,
  at = now,
  random = most,
): Progress | undefined {
  return advance(before, { ...quiet, ...outcome }, at, random);
}
