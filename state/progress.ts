import type { ResourceKey } from '../crds/resource.ts';

/** How far the operator is with a resource that is not yet as it should be. In memory only: a restart starts afresh. */
export interface Progress {
  /** Failed tries in a row; the rung of the repair ladder. */
  readonly attempts: number;
  /** Milliseconds since the epoch: no repair before this. */
  readonly nextAt: number;
  /** When it stopped being as it should be (ms since the epoch). */
  readonly since: number;
  /** When it was repaired lately (ms since the epoch): three in ten minutes mean that somebody else writes it. */
  readonly repairs: readonly number[];
}

export type ProgressMap = ReadonlyMap<ResourceKey, Progress>;

/** Backoff and its bounds, in milliseconds. */
export const backoff = {
  first: 1_000,
  cap: 300_000,
  /** networkd v257+ itself retries a failed link 5 times in 10 s. */
  besideNetworkd: 10_000,
  /** What networkd gets to converge after a change before anything is retried. */
  settle: 5_000,
  /** Tries after which a resource is `Stalled` (and still retried at the cap). */
  stalledAfter: 10,
} as const;

/** Repairs of one resource within this time count as a fight from the third on. */
export const fight = { window: 600_000, times: 3 } as const;

/** Full jitter (Brooker 2015): a delay between nothing and the exponential bound, but never under half the first. */
export function backoffDelay(attempts: number, floor: number, random: () => number): number {
  const bound = Math.min(backoff.cap, backoff.first * 2 ** Math.min(attempts, 20));
  return Math.max(floor, backoff.first / 2, Math.round(bound * random()));
}

/** What a pass found and did about one resource. */
export interface Outcome {
  readonly ok: boolean;
  /** Its document changed and steps were done for it. */
  readonly changed: boolean;
  /** A repair was done. */
  readonly repaired: boolean;
  /** A step failed. */
  readonly failed: boolean;
  /** networkd is still busy with it: waiting is not a failed try. */
  readonly busy: boolean;
  /** Least delay before the next try, ms. */
  readonly floor: number;
}

/**
 * How hard a resource may be repaired now: a rung of the ladder, `settling` while its own change is still on the way,
 * or undefined while it waits for its next try.
 */
export type Rung = number | 'settling' | undefined;

export function rungOf(progress: Progress | undefined, now: number, busy: boolean): Rung {
  if (!progress) return 0;
  const settling = progress.attempts === 0 && progress.since !== 0;
  if (settling && (now < progress.nextAt || isExcused(progress.since, busy, now))) return 'settling';
  return now >= progress.nextAt ? progress.attempts : undefined;
}

/** Longest time for which a busy networkd excuses a resource, ms. */
const busyLimit = 120_000;

function isExcused(since: number, busy: boolean, now: number): boolean {
  return busy && now - since < busyLimit;
}

/** Whether somebody else keeps writing what the resource promises. */
export function isFight(progress: Progress | undefined, now: number): boolean {
  return (progress?.repairs ?? []).filter((at) => now - at < fight.window).length >= fight.times;
}

/** The next progress of a resource; undefined when there is nothing to remember. */
export function advance(
  before: Progress | undefined,
  outcome: Outcome,
  now: number,
  random: () => number,
): Progress | undefined {
  const recent = (before?.repairs ?? []).filter((at) => now - at < fight.window);
  const repairs =
    outcome.repaired && (before === undefined || before.attempts === 0) ? [...recent, now] : recent;
  if (outcome.ok) return afterSuccess(repairs, now);
  const since = before === undefined || before.since === 0 ? now : before.since;
  if (outcome.changed && !outcome.failed)
    return { attempts: 0, nextAt: now + backoff.settle, since: now, repairs };
  const waiting = before !== undefined && before.since !== 0 && now < before.nextAt;
  if (waiting && !outcome.repaired && !outcome.failed) return before;
  if (isExcused(since, outcome.busy, now) && !outcome.failed && !outcome.repaired) {
    return { attempts: before?.attempts ?? 0, nextAt: now + backoff.first, since, repairs };
  }
  if (before === undefined && !outcome.repaired && !outcome.failed) {
    return { attempts: 0, nextAt: now + backoff.settle, since, repairs };
  }
  const attempts = (before?.attempts ?? 0) + 1;
  return { attempts, nextAt: now + backoffDelay(attempts, outcome.floor, random), since, repairs };
}

/** Only a fight outlives success: while it lasts, the next repair waits. */
function afterSuccess(repairs: readonly number[], now: number): Progress | undefined {
  if (repairs.length === 0) return undefined;
  const nextAt = repairs.length >= fight.times ? now + backoff.besideNetworkd * (repairs.length - 2) : now;
  return { attempts: 0, nextAt, since: 0, repairs };
}
