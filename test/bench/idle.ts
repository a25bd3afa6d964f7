import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBed } from '../bed/bed.ts';
import { startOperator } from '../bed/operator.ts';
import { childrenOf } from '../bed/process.ts';
import { limitRow, plainRow, type Row } from './figures.ts';
import { progress } from './progress.ts';
import { converged } from './settled.ts';
import { integrations } from './topology.ts';

/** What an operator costs that has nothing to do, `count` integrations being in force. */
export async function measureIdle(count: number, seconds: number): Promise<readonly Row[]> {
  progress(`idle operator at n = ${count}, ${seconds} s`);
  const bed = await startBed();
  try {
    const operator = startOperator(bed);
    operator.drop('all.yaml', integrations(count));
    await converged(bed, count);
    await sleep(20_000);
    const pid = operator.process.pid();
    if (pid === undefined) throw new Error('the operator is gone');
    const before = cpuMs(pid);
    await sleep(seconds * 1_000);
    const share = (cpuMs(pid) - before) / (seconds * 1_000);
    const n = `n = ${count}: idle operator`;
    const helpers = childrenOf(pid).map(residentMiB);
    return [
      limitRow(`${n}, resident memory`, residentMiB(pid), 75, mebibytes),
      plainRow(
        `${n}, resident memory of its ip monitor`,
        mebibytes(helpers.reduce((sum, one) => sum + one, 0)),
      ),
      limitRow(`${n}, processor over ${seconds} s`, share * 100, 0.1, (percent) => `${percent.toFixed(3)} %`),
    ];
  } finally {
    await bed.stop();
  }
}

function mebibytes(value: number): string {
  return `${value.toFixed(1)} MiB`;
}

function residentMiB(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kibibytes) / 1_024;
}

/** CPU time of all threads, ms, to the clock tick (proc_pid_stat(5), fields 14 and 15; 100 ticks a second). */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
