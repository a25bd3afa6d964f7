import type { Observed } from './observed.ts';
import type { Step } from './step.ts';

/** What carrying out a plan came to. */
export interface Carried {
  readonly done: readonly Step[];
  readonly before: Observed;
  readonly after: Observed;
  /** networkd was last told of units so long ago that it has carried out what they said. */
  readonly isQuiet: boolean;
  /**
   * Others started networkd between the look that the plan rests on and the changes of units: it made what was missing
   * from the units of then.
   */
  readonly isStartedAnew?: boolean;
}

/** Whether networkd was told to read its units. */
export function isTold(done: readonly Step[]): boolean {
  return done.some(({ kind }) => kind === 'reload' || kind === 'restart-networkd');
}

/** Names of the links that were deleted. */
export function deletedIn(done: readonly Step[]): ReadonlySet<string> {
  return new Set(done.flatMap((step) => (step.kind === 'delete-link' ? step.link : [])));
}
