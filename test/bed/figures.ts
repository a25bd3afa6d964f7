import { readdirSync, readFileSync } from 'node:fs';
import type { Bed } from './bed.ts';
import type { Operator } from './operator.ts';

/** What must not grow in a long life. */
export interface Figures {
  readonly rssMegabytes: number;
  readonly openFiles: number;
  readonly matchRules: number;
}

/** Of an operator that runs. @throws when it does not */
export async function figuresOf(bed: Bed, operator: Operator): Promise<Figures> {
  const pid = operator.process.pid();
  if (pid === undefined) throw new Error('the operator is gone');
  const rss = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return {
    rssMegabytes: Number(rss) / 1024,
    openFiles: readdirSync(`/proc/${pid}/fd`).length,
    matchRules: await matchRulesOf(bed),
  };
}

/** Match rules of every connection but our own question's; only the operator holds any for networkd's signals. */
async function matchRulesOf(bed: Bed): Promise<number> {
  const stats = 'org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.Debug.Stats';
  const { stdout } = await bed.sh(`busctl --json=short call ${stats} GetAllMatchRules`);
  const { data } = JSON.parse(stdout) as { data: [Record<string, string[]>] };
  return Object.values(data[0])
    .flat()
    .filter((rule) => rule.includes('network1')).length;
}
