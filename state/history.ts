import type { ResourceKey } from '../crds/resource.ts';
import type { FormerUnits } from './former-units.ts';

/** How the trial of a generation ended. */
export type TrialResult =
  | 'confirmed'
  /** A probe that passed before did not pass any more, or a resource that was ready is not. */
  | 'rolled-back'
  /** `osa-net cancel` */
  | 'cancelled'
  /** Nobody confirmed it in time. */
  | 'timed-out'
  /** The operator or the host went down in the middle of it. */
  | 'interrupted'
  /** It was taken back, and what passed before still does not pass. */
  | 'revert-failed';

/** One applied generation of the documents. */
export interface HistoryEntry {
  /** Counts the applied generations of this host from 1. */
  readonly generation: number;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly result: TrialResult;
  /** Why it was taken back; empty when it was confirmed. */
  readonly message: string;
  readonly by: 'documents' | 'try' | 'rollback';
  readonly changes: readonly {
    readonly key: ResourceKey;
    readonly change: 'added' | 'changed' | 'removed';
    /** Path of the document. */
    readonly file: string;
  }[];
  /** sha256 (hex) of the files that changed, before and after; absent: there was none. By path. */
  readonly files: Readonly<Record<string, { readonly before?: string; readonly after?: string }>>;
  /** Git revision of the documents directory, where it is a checkout. */
  readonly revision?: string;
  /** Units of others that it took over: their texts are kept as long as this entry. */
  readonly formerUnits?: FormerUnits;
}

/** The last applied generations, oldest first: `history.json` in the state directory. */
export interface History {
  readonly schemaVersion: 1;
  readonly entries: readonly HistoryEntry[];
}

/** So many are kept. */
export const historyLength = 50;

/**
 * A history with one more entry: the last word on its generation. Later ones are of a count that was lost with an
 * inventory, and lead nowhere from here.
 */
export function withEntry(entries: readonly HistoryEntry[], entry: HistoryEntry): readonly HistoryEntry[] {
  const others = entries.filter(({ generation }) => generation < entry.generation);
  return [...others, entry].slice(-historyLength);
}
