import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResourceKey } from '../crds/resource.ts';
import { removeFile, replaceFile } from './atomic.ts';

/** Where `osa-net prune --yes` leaves its word for the operator; in the state directory, so that it survives a crash. */
function approvalPath(stateDir: string): string {
  return join(stateDir, 'prune-approved.json');
}

/** Approves that the links and units of these resources go. */
export async function approvePrune(stateDir: string, keys: readonly ResourceKey[]): Promise<void> {
  await replaceFile(approvalPath(stateDir), `${JSON.stringify(keys)}\n`, 0o600);
}

/** What is approved and not yet carried out; an approval that cannot be read approves nothing. */
export async function approvedPrune(stateDir: string): Promise<ReadonlySet<ResourceKey>> {
  const text = await readFile(approvalPath(stateDir), 'utf8').catch(() => '[]');
  return new Set(keysIn(text));
}

function keysIn(text: string): readonly ResourceKey[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((key): key is ResourceKey => typeof key === 'string') : [];
  } catch {
    return [];
  }
}

/** An approval counts once: one that came back with the power would let a later accident delete what it names. */
export async function forgetApproval(stateDir: string): Promise<void> {
  await removeFile(approvalPath(stateDir));
}
