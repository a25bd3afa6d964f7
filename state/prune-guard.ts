import type { ResourceKey } from '../crds/resource.ts';
import { type Inventory, isRefused } from './inventory.ts';

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

/** What of the inventory tells what there was. */
type Known = Pick<Inventory, 'resources' | 'rolledBack'>;

/** What a reading of the directory says of the documents. */
interface Reading {
  /** Those that were kept as last good ones. */
  readonly before: ReadonlySet<ResourceKey>;
  readonly present: ReadonlySet<ResourceKey>;
  /** Those that stood in the directory at the reading before, valid or not. */
  readonly stood: ReadonlySet<ResourceKey>;
  /** Held by an earlier reading, and not back. */
  readonly stillHeld: readonly ResourceKey[];
  /** Those whose deletion was approved. */
  readonly approved: ReadonlySet<ResourceKey>;
}

/** Holds documents that vanished, where so many did so at once that it looks like an accident, and those of an earlier one. */
export function guard({ before, present, stood, stillHeld, approved }: Reading, known: Known): PruneGuard {
  // A file that is kept for what is held may still show what went with leave: that is not lost once more.
  const isUnrecorded = Object.keys(known.resources).length === 0;
  const standing = [...before].filter((key) => isUnrecorded || known.resources[key]);
  const isAccident =
    vanishedAtOnce([...standing, ...notInForce(known)], present) || vanishedAtOnce([...stood], present);
  const lost = isAccident ? standing.filter((key) => !present.has(key)) : [];
  const held = [...new Set([...lost, ...stillHeld])].filter((key) => !approved.has(key)).sort();
  return { blocked: held.length === 0 ? '' : lostMessage(held, before), held };
}

/** Documents that stood in the directory and were not, or not any more, on the host: they count among what vanished. */
function notInForce({ resources, rolledBack = {} }: Known): readonly ResourceKey[] {
  const recorded = Object.keys(resources) as ResourceKey[];
  const takenBack = Object.keys(rolledBack) as ResourceKey[];
  return [
    ...recorded.filter((key) => resources[key]?.applied === ''),
    ...takenBack.filter((key) => isRefused(rolledBack[key])),
  ];
}

/** Whether so many documents vanished at once that it looks like an accident. */
function vanishedAtOnce(keys: readonly ResourceKey[], present: ReadonlySet<ResourceKey>): boolean {
  const before = new Set(keys);
  const lost = [...before].filter((key) => !present.has(key));
  return before.size >= guardedFrom && lost.length * 2 > before.size;
}

function lostMessage(held: readonly ResourceKey[], before: ReadonlySet<ResourceKey>): string {
  const all = new Set([...before, ...held]).size;
  return `${held.length} of ${all} documents vanished at once; their links stay until the documents are back or 'osa-net prune --yes' is given`;
}
