import type { ResourceKey } from '../crds/resource.ts';
import type { Desired } from '../state/desired.ts';
import type { DirectoryView, SourceFile } from '../state/directory.ts';
import type { Inventory } from '../state/inventory.ts';
import type { Observed } from '../state/observed.ts';
import type { ProgressMap } from '../state/progress.ts';
import type { Report } from '../state/report.ts';
import type { Transaction } from '../state/transaction.ts';

/** What one pass leaves for the next. Only the inventory and the last good files are facts; the rest may be lost. */
export interface Memory {
  readonly inventory: Inventory;
  readonly lastGood: ReadonlyMap<string, SourceFile>;
  readonly progress: ProgressMap;
  readonly report: Report;
  /** By link: resources that wait until it is detached from what is to be made anew. */
  readonly blockedBy: ReadonlyMap<string, readonly ResourceKey[]>;
  /** The desired state with what it was made from: made anew only when that changed. */
  readonly desired?: Made;
  /** When networkd was last told to read its units (uptime, ms). */
  readonly toldAt?: number;
  /** When networkd could not be restarted, unless it could since (uptime, ms). */
  readonly restartFailedAt?: number | undefined;
  /** The last good documents before the open transaction. */
  readonly base?: ReadonlyMap<string, SourceFile>;
  /** Documents of the earlier generation that the host is held on. */
  readonly held?: ReadonlyMap<string, SourceFile>;
  /** Documents that are only tried, by the path that they would have. */
  readonly overlay?: ReadonlyMap<string, SourceFile>;
  /** What the user wants of the next transaction. */
  readonly wish?: Wish;
  /** What the last pass was to try in vain. */
  readonly vain?: Vain | undefined;
}

export interface Wish extends Pick<Transaction, 'by' | 'lifted'> {
  /** ms */
  readonly confirmWithin?: number;
}

/** Documents that were to be tried and would change nothing, as they stand. */
export interface Vain extends Pick<Observed, 'networkd'>, Pick<Report, 'items'> {
  readonly desired: Desired;
}

/** What a pass starts with that tries nothing. */
export function withoutTry({ overlay: _, wish: __, ...memory }: Memory): Memory {
  return memory;
}

/** A desired state, and what it was made from. */
export interface Made {
  readonly view: DirectoryView;
  readonly version: number;
  /** What of the inventory decides about documents. */
  readonly decisions: readonly unknown[];
  readonly result: Desired;
}

/** What the next pass starts with. Where no transaction is open, that which was only about one is over. */
export function nextMemory(
  { held, overlay, wish, base }: Memory,
  next: Omit<Memory, 'held' | 'overlay' | 'wish' | 'base'>,
): Memory {
  const { transaction, hold } = next.inventory;
  return {
    ...next,
    ...(transaction && base && { base }),
    ...(hold && held && { held }),
    ...(transaction && overlay && { overlay }),
    // A host that is held goes back as soon as it can.
    ...((transaction || hold) && wish && { wish }),
  };
}

/** What a life of the operator, or a look at what it would do, begins with. */
export function newMemory(inventory: Inventory, lastGood: Memory['lastGood']): Memory {
  const report = {
    items: [],
    converged: new Set<ResourceKey>(),
    waiting: new Set<ResourceKey>(),
    stuck: new Set<ResourceKey>(),
  };
  return { inventory, lastGood, progress: new Map(), report, blockedBy: new Map() };
}
