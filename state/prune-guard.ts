import type { ResourceKey } from '../crds/resource.ts';
import type { Inventory } from './inventory.ts';

/** Whether documents vanished in a way that looks like an accident. */
export interface PruneGuard {
  /** What the operator of the host must know; empty when nothing is held back. */
  readonly blocked: string;
  /** Resources kept in force although their documents are gone. */
  readonly held: readonly ResourceKey[];
  /** The directory cannot be read: nobody knows what stands in it, so nothing at all is pruned. */
  readonly everything?: boolean;
}

/** A directory with fewer resources than this may lose all of them at once. */
const guardedFrom = 4;

export const nothingHeld: PruneGuard = { blocked: '', held: [] };

/** What of the inventory tells what there was. */
type Known = Pick<Inventory, 'documents' | 'resources'>;

/** What a reading of the directory says of the documents. */
interface Reading {
  /** Those that were kept as last good ones. */
  readonly before: ReadonlySet<ResourceKey>;
  readonly present: ReadonlySet<ResourceKey>;
  /** Held by an earlier reading, and not back. */
  readonly stillHeld: readonly ResourceKey[];
  /** Those whose deletion was approved. */
  readonly approved: ReadonlySet<ResourceKey>;
}

/**
 * Holds documents that vanished, where so many did so at once that it looks like an accident, and those of an earlier
 * one. All that stood in the directory count; held are those of which something was put on the host.
 */
export function guard(reading: Reading, { documents: stood = [], resources }: Known): PruneGuard {
  const { before, present, stillHeld } = reading;
  const isUnrecorded = Object.keys(resources).length === 0;
  // A file that is kept for what is held may still show what went with leave: that is not lost once more.
  const standing = [...before].filter((key) => isUnrecorded || resources[key]);
  const isAccident = vanishedAtOnce(standing, present) || vanishedAtOnce(stood, present);
  const wasApplied = (key: ResourceKey) => resources[key] !== undefined && resources[key].applied !== '';
  const vanished = [...standing, ...stood.filter(wasApplied)].filter((key) => !present.has(key));
  return holding([...(isAccident ? vanished : []), ...stillHeld], reading, stood);
}

/** Holds what an earlier reading held, where this one says nothing of what vanished. */
export function heldStill(reading: Reading): PruneGuard {
  return holding(reading.stillHeld, reading, []);
}

function holding(
  keys: readonly ResourceKey[],
  { before, approved }: Reading,
  stood: readonly ResourceKey[],
): PruneGuard {
  const held = [...new Set(keys)].filter((key) => !approved.has(key)).sort();
  return { blocked: held.length === 0 ? '' : lostMessage(held, [...before, ...stood]), held };
}

/** Whether so many documents vanished at once that it looks like an accident. */
function vanishedAtOnce(before: readonly ResourceKey[], present: ReadonlySet<ResourceKey>): boolean {
  const lost = before.filter((key) => !present.has(key));
  return before.length >= guardedFrom && lost.length * 2 > before.length;
}

function lostMessage(held: readonly ResourceKey[], before: readonly ResourceKey[]): string {
  const all = new Set([...before, ...held]).size;
  return `${held.length} of ${all} documents vanished at once; their links stay until the documents are back or 'osa-net prune --yes' is given`;
}
