import type { HistoryEntry } from './history.ts';
import type { Transaction } from './transaction.ts';

/** The generation before the current one: what a rollback without a number means. */
export function previousGeneration(entries: readonly HistoryEntry[]): number | undefined {
  return entries.filter(isApplied).at(-2)?.generation;
}

/** Whether the documents of a generation can still be put together. */
export function isReachable(generation: number, entries: readonly HistoryEntry[]): boolean {
  return entries.some((entry) => entry.generation === generation && isApplied(entry));
}

/** What has to be taken back of the files in force to come to an earlier generation: only `before` counts. */
export function wayBackTo(generation: number, entries: readonly HistoryEntry[]): Transaction['files'] {
  const later = entries.filter((entry) => entry.generation > generation && isApplied(entry));
  return Object.assign({}, ...later.reverse().map(({ files }) => files));
}

function isApplied({ result }: HistoryEntry): boolean {
  return result === 'confirmed';
}

/** That an earlier generation stands for the documents, and until when. */
export function holdMessage(generation: number): string {
  return `held on generation ${generation} until the documents change or 'osa-net resume' is given`;
}
