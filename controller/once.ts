import type { ResourceKey } from '../crds/resource.ts';
import { backoff } from '../state/progress.ts';
import { conditionOf, type StatusItem } from '../state/status.ts';
import type { Memory } from './memory.ts';

export function isReady(item: StatusItem): boolean {
  return conditionOf(item.status, 'Ready')?.status === 'True';
}

/** What `--once` gives up on: the user must act, or so many tries have failed. */
const onceAttempts = 4;
/** Longest that `--once` takes, ms. */
const onceTime = 120_000;
/** Nobody may come after it: what it changed last is judged, and taken back where it must be, before it ends. */
const trialTime = 120_000;

/**
 * Whether an operator that makes passes only until there is nothing more to do ends.
 * @param elapsed ms since it began, of a clock that nobody sets
 */
export function isOver({ report, progress, inventory }: Memory, elapsed: number): boolean {
  const { transaction } = inventory;
  if (transaction) return elapsed > onceTime + trialTime + (transaction.confirmWithin ?? 0);
  if (elapsed > onceTime) return true;
  const hopeless = (item: StatusItem) => {
    const key = `${item.kind}/${item.metadata.name}` as ResourceKey;
    const attempts = progress.get(key)?.attempts ?? 0;
    const waitsForUser =
      conditionOf(item.status, 'Reconciling') === undefined && attempts === 0 && !progress.has(key);
    return waitsForUser || attempts >= Math.min(onceAttempts, backoff.stalledAfter);
  };
  return report.items.every((item) => isReady(item) || hopeless(item));
}
