import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import type { Transaction } from '../../state/transaction.ts';
import { bridge, source } from '../state/build.ts';

export const old = source('a.yaml', bridge('a'));
export const next = source('a.yaml', bridge('a', { mtu: 1400 }));

/** A change of a.yaml from `old` to `next` that waits for its confirmation. */
export const transaction: Transaction = {
  generation: 7,
  startedAt: '2026-01-01T00:00:00.000Z',
  by: 'documents',
  phase: 'trial',
  confirmWithin: 60_000,
  probes: [],
  changes: {},
  files: { [old.file]: { before: old.hash, after: next.hash } },
  scene: {},
};

export const inventory: Inventory = { ...emptyInventory, generation: 6, transaction };
