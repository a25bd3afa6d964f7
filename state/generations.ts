import type { HistoryEntry } from './history.ts';
import type { Transaction } from './transaction.ts';

/** The generation before the current one: what a rollback without a number means. */
export function previousGeneration(entries: readonly HistoryEntry[]): number | undefined {
  return entries.filter(isApplied).at(-2)?.generation;
}

/**
 * The generations up to the current one of which none is missing: a way back that passes by one that could not be kept
 * would leave its changes in place.
 * @param current the last generation that was applied
 */
export function unbroken(entries: readonly HistoryEntry[], current = 0): readonly HistoryEntry[] {
  const known = new Set(entries.map(({ generation }) => generation));
  let first = current + 1;
  while (known.has(first - 1)) first -= 1;
  return entries
    .filter(({ generation }) => generation >= first && generation <= current)
    .sort((a, b) => a.generation - b.generation);
}

/**
 * Why the documents of a generation cannot be put together; empty when they can.
 * @param all of which `entries` are the unbroken ones
 */
export function obstacleTo(
  generation: number,
  entries: readonly HistoryEntry[],
  all: readonly HistoryEntry[],
): string {
  if (isReachable(generation, entries)) return '';
  return isReachable(generation, all)
    ? `generation ${generation} cannot be put together: the history does not lead from there to what is in force`
    : `there is no generation ${generation}; see: osa-net history`;
}

function isReachable(generation: number, entries: readonly HistoryEntry[]): boolean {
  return entries.some((entry) => entry.generation === generation && isApplied(entry));
}

/** What has to be taken back of the files in force to come to an earlier of the unbroken generations: only `before` counts. */
export function wayBackTo(generation: number, entries: readonly HistoryEntry[]): Transaction['files'] {
  const later = entries.filter((entry) => entry.generation > generation && isApplied(entry));
  return Object.assign({}, ...later.reverse().map(({ files }) => files));
}

/**
 * The first file of a way back that is no longer in force under its name although nothing changed on the host: renamed, or
 * split. What it held stands in another one, of which no generation tells.
 * @param now paths of the files in force
 */
export function movedSince(
  way: Transaction['files'],
  entries: readonly HistoryEntry[],
  now: { has(file: string): boolean },
): string | undefined {
  const latest: Transaction['files'] = Object.assign(
    {},
    ...entries.filter(isApplied).map(({ files }) => files),
  );
  return Object.keys(way).find((file) => latest[file]?.after !== undefined && !now.has(file));
}

function isApplied({ result }: HistoryEntry): boolean {
  return result === 'confirmed';
}

/** That an earlier generation stands for the documents, and until when. */
export function holdMessage(generation: number): string {
  return `held on generation ${generation} until the documents change or 'osa-net resume' is given`;
}
