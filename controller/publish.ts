import { mkdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { apiVersion } from '../crds/resource.ts';
import type { OperatorStatus, StatusItem, StatusList } from '../state/status.ts';
import { removeUnfinished, replaceFile } from './atomic.ts';

/** Where the status of an operator stands. */
export function statusPath(runtimeDir: string): string {
  return join(runtimeDir, 'status.json');
}

/** Writes the status where the command line reads it. */
export interface Publisher {
  /** Replaces the file when anything in it changed; otherwise only its mtime moves, which says that a pass was made. */
  publish(status: Omit<StatusList, 'apiVersion' | 'kind' | 'schemaVersion'>): Promise<void>;
}

export async function createPublisher(runtimeDir: string): Promise<Publisher> {
  await mkdir(runtimeDir, { recursive: true });
  removeUnfinished(runtimeDir);
  const path = statusPath(runtimeDir);
  let last: { items: readonly StatusItem[]; operator: string } | undefined;
  return {
    async publish({ operator, items }) {
      const timeless = JSON.stringify({ ...operator, lastPassAt: '' });
      if (last?.operator === timeless && sameItems(last.items, items)) {
        const now = new Date();
        const isThere = await utimes(path, now, now).then(
          () => true,
          () => false,
        );
        if (isThere) return;
      }
      const list: StatusList = { apiVersion, kind: 'StatusList', schemaVersion: 1, operator, items };
      await replaceFile(path, `${JSON.stringify(list)}\n`).catch((cause) => {
        throw new Error(`cannot publish the status: ${(cause as Error).message}`, { cause });
      });
      last = { items, operator: timeless };
    },
  };
}

/** Unchanged items are the same objects (state/report.ts). */
function sameItems(a: readonly StatusItem[], b: readonly StatusItem[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i]);
}

/** What of the operator's status never changes while it runs. */
export async function identity(
  version: string,
): Promise<Pick<OperatorStatus, 'version' | 'pid' | 'pidStart' | 'startedAt'>> {
  return {
    version,
    pid: process.pid,
    pidStart: await startOf(process.pid),
    startedAt: new Date().toISOString(),
  };
}

/** Start time of a process in clock ticks since boot (proc(5), stat field 22); empty when there is none. */
async function startOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field, the program's name, may itself hold spaces and parentheses.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
