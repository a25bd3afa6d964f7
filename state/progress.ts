import type { ResourceKey } from '../crds/resource.ts';

/** How far the operator is with a resource that is not yet as it should be. In memory only: a restart starts afresh. */
export interface Progress {
  /** Failed tries in a row; the rung of the repair ladder. */
  readonly attempts: number;
  /** Milliseconds since the epoch: the next try. */
  readonly nextAt: number;
  /** When it stopped being as it should be (ms since the epoch); 0 while it is. */
  readonly since: number;
  /** What began it: a change of ours, which networkd is carrying out, or drift, which it may never notice. */
  readonly cause: 'change' | 'drift';
  /** Set: all that is wrong is for something outside to mend. */
  readonly isStuck?: true;
  /** When each field was repaired lately (ms since the epoch), by field, e.g. `mv-mgmt-v1 master`. */
  readonly repairs: Readonly<Record<string, readonly number[]>>;
}

export type ProgressMap = ReadonlyMap<ResourceKey, Progress>;

/**
 * Progress without what lies in the future: the clock was set back, and to wait for that time could take days. Those
 * resources start afresh.
 */
export function withoutFuture(progress: ProgressMap, now: number): ProgressMap {
  const isOfNow = ({ since, nextAt, repairs }: Progress) =>
    since <= now &&
    nextAt - now <= backoff.cap &&
    Object.values(repairs)
      .flat()
      .every((at) => at <= now);
  const entries = [...progress];
  const kept = entries.filter(([, entry]) => isOfNow(entry));
  return kept.length === entries.length ? progress : new Map(kept);
}

/** Backoff and its bounds, in milliseconds. */
export const backoff = {
  first: 1_000,
  cap: 300_000,
  /** networkd v257+ itself retries a failed link 5 times in 10 s. */
  besideNetworkd: 10_000,
  /** What networkd gets to converge after a change or a repair before anything more is tried. */
  settle: 5_000,
  /** networkd counts as busy until it was silent for so long. */
  calm: 2_000,
  /** Longest time for which a networkd that is at work counts as a reason to wait. */
  patience: 120_000,
  /** Tries after which a resource is `Stalled` (and still retried at the cap). */
  stalledAfter: 10,
} as const;

/** From so many repairs of one field within this time on, somebody else writes it: repairs wait ever longer. */
export const fight = { window: 600_000, times: 3, firstWait: 10_000 } as const;

/** Full jitter (Brooker 2015): a delay between nothing and the exponential bound, but never under half the first. */
export function backoffDelay(attempts: number, floor: number, random: () => number): number {
  const bound = Math.min(backoff.cap, backoff.first * 2 ** Math.min(attempts, 20));
  return Math.max(floor, backoff.first / 2, Math.round(bound * random()));
}

/**
 * How hard a resource may be repaired now: a rung of the ladder, or `settling` while what was done is still on its
 * way; then only what networkd leaves to us is completed. Against somebody who writes a field of the link (without one: any
 * field) harder repairs would only cost more.
 */
export type Rung = number | 'settling';

/** `busy`: networkd told of something just now. */
export function rungOf(progress: Progress | undefined, now: number, busy: boolean, link?: string): Rung {
  if (!progress || progress.since === 0) return 0;
  // What is wrong besides went wrong only now.
  if (progress.isStuck) return 'settling';
  if (now < progress.nextAt || isExcused(progress.since, busy, now)) return 'settling';
  const fought = foughtFields(progress, now);
  const isFought = fought.some((field) => link === undefined || field.startsWith(`${link} `));
  return isFought ? 0 : progress.attempts;
}

function isExcused(since: number, busy: boolean, now: number): boolean {
  return busy && now - since < backoff.patience;
}

/** Whether a field may be repaired now: at once the first times, then with growing waits while somebody fights it. */
export function mayRepair(progress: Progress | undefined, field: string, now: number): boolean {
  const times = recent(progress, field, now);
  const last = times.at(-1);
  if (last === undefined || times.length < fight.times) return true;
  return now - last >= Math.min(backoff.cap, fight.firstWait * 2 ** (times.length - fight.times));
}

/**
 * Whether a field went wrong only after what is being repaired did: its repair need not wait for that one. While networkd
 * carries out a change nobody can tell; once a first try has failed, what is wrong anew is no part of that change.
 */
export function isFresh(progress: Progress | undefined, field: string): boolean {
  if (!progress || (progress.cause === 'change' && progress.attempts === 0)) return false;
  return !progress.repairs[field]?.some((at) => at >= progress.since);
}

/** Fields that somebody else keeps writing, sorted. How networkd fares with a link is nobody's writing. */
export function foughtFields(progress: Progress | undefined, now: number): readonly string[] {
  const fields = Object.keys(progress?.repairs ?? {}).filter((field) => !/ (setup|state)$/.test(field));
  return fields.filter((field) => recent(progress, field, now).length >= fight.times).sort();
}

function recent(progress: Progress | undefined, field: string, now: number): readonly number[] {
  return (progress?.repairs[field] ?? []).filter((at) => now - at < fight.window);
}

/** Forgets who repaired what: the document asks for something else now, and carrying that out is no fight. */
export function respecified(progress: Progress | undefined): Progress | undefined {
  return progress && { ...progress, repairs: {} };
}

/** What a pass found and did about one resource. */
export interface Outcome {
  readonly ok: boolean;
  /** Its document changed and steps were done for it. */
  readonly changed: boolean;
  /** Fields that were repaired. */
  readonly repaired: readonly string[];
  /** A step failed. */
  readonly failed: boolean;
  /** All that is wrong is for something outside to mend. */
  readonly isStuck: boolean;
  /** networkd is still at work, with it or at all: waiting is not a failed try. */
  readonly busy: boolean;
  /** Least delay before the next try, ms. */
  readonly floor: number;
}

/** The next progress of a resource; undefined when there is nothing to remember. */
export function advance(
  before: Progress | undefined,
  outcome: Outcome,
  now: number,
  random: () => number,
): Progress | undefined {
  const next = nextOf(before?.isStuck ? unstuck(before, outcome) : before, outcome, now, random);
  return next && outcome.isStuck ? { ...next, isStuck: true } : next;
}

/** What goes wrong besides what something outside has to mend begins anew, whatever was tried meanwhile. */
function unstuck({ isStuck: _, ...before }: Progress, outcome: Outcome): Progress {
  return outcome.isStuck ? before : { ...before, attempts: 0, nextAt: 0, since: 0, cause: 'drift' };
}

function nextOf(
  before: Progress | undefined,
  outcome: Outcome,
  now: number,
  random: () => number,
): Progress | undefined {
  const repairs = remember(before, outcome.repaired, now);
  if (outcome.ok) {
    return Object.keys(repairs).length === 0
      ? undefined
      : { attempts: 0, nextAt: 0, since: 0, cause: 'drift', repairs };
  }
  const since = before?.since || now;
  const attempts = before?.attempts ?? 0;
  const cause = before?.since ? before.cause : 'drift';
  const retry = (tries: number, least: number) => {
    const nextAt = now + Math.max(least, backoffDelay(tries, outcome.floor, random));
    return { attempts: tries, nextAt, since, cause, repairs };
  };
  if (outcome.failed) return retry(attempts + 1, 0);
  if (outcome.changed) {
    return { attempts: 0, nextAt: now + backoff.settle, since: now, cause: 'change', repairs };
  }
  const isCompleted = cause === 'change' && attempts === 0 && before !== undefined && now < before.nextAt;
  if (isCompleted) return { ...before, repairs };
  // Fresh damage that is mended while an earlier repair waits says nothing against that repair, but may have been in its way.
  const isEarly = before !== undefined && before.since !== 0 && now < before.nextAt;
  if (isEarly && outcome.repaired.length > 0)
    return { ...before, nextAt: now + Math.max(backoff.settle, outcome.floor), repairs };
  if (outcome.repaired.length > 0) return retry(attempts + 1, backoff.settle);
  const first = before === undefined || before.since === 0;
  if (first) return { attempts: 0, nextAt: now + backoff.settle, since, cause, repairs };
  if (now < before.nextAt) return before;
  if (isExcused(since, outcome.busy, now))
    return { attempts, nextAt: now + backoff.first, since, cause, repairs };
  return retry(attempts + 1, 0);
}

/**
 * A repair counts where it puts back what had been right, and whenever it does not wait for its turn: so nothing is
 * repaired over and over at the speed of events. The further tries of a repair that did not help wait as it is.
 * A link that is made anew begins anew: what puts it right then completes it, and the fight is about its being there.
 */
function remember(
  before: Progress | undefined,
  repaired: readonly string[],
  now: number,
): Progress['repairs'] {
  const fields = new Set([...Object.keys(before?.repairs ?? {}), ...repaired]);
  const isMadeAnew = (field: string) =>
    / (?!missing$)\w+$/.test(field) && repaired.includes(field.replace(/ \w+$/, ' missing'));
  const entries = [...fields].map((field) => {
    const times = isMadeAnew(field) ? [] : recent(before, field, now);
    const isTry =
      before !== undefined && before.since !== 0 && now >= before.nextAt && !isFresh(before, field);
    const counts = repaired.includes(field) && (!isTry || times.length >= fight.times);
    return [field, counts ? [...times, now] : times] as const;
  });
  return Object.fromEntries(entries.filter(([, times]) => times.length > 0));
}
