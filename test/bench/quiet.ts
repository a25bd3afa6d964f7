import { lstatSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bed, startBed } from '../bed/bed.ts';
import { eventually } from '../bed/eventually.ts';
import { type Operator, startOperator } from '../bed/operator.ts';
import { changesIn, recordCalls } from '../bed/witness.ts';
import { limitRow, median, milliseconds, plainRow, type Row } from './figures.ts';
import { progress } from './progress.ts';
import { converged } from './settled.ts';
import { integrations } from './topology.ts';

/** So long after the last event nothing is left to be done, ms. */
const restTime = 6_000;

/** What passes that find nothing to do cost with `count` integrations in force. */
export async function measureQuiet(count: number, passes: number): Promise<readonly Row[]> {
  progress(`quiet pass at n = ${count}`);
  const bed = await startBed();
  try {
    const operator = startOperator(bed, { flags: ['--log-level', 'debug'] });
    operator.drop('all.yaml', integrations(count));
    await converged(bed, count);
    await sleep(restTime);
    return await measurePasses(bed, operator, count, passes);
  } finally {
    await bed.stop();
  }
}

async function measurePasses(
  bed: Bed,
  operator: Operator,
  count: number,
  passes: number,
): Promise<readonly Row[]> {
  const calls = await recordCalls(bed);
  const before = filesOf(bed);
  const touched = await repeated(passes, () =>
    passAfter(operator, () => utimesSync(`${bed.root}/etc/osa-net.d/all.yaml`, new Date(), new Date())),
  );
  const resynced = await repeated(passes, () => passAfter(operator, () => operator.process.kill('SIGHUP')));
  const written = changedFiles(before, filesOf(bed));
  const changes = changesIn(calls.lines()).length;
  await calls.stop();
  const n = `n = ${count}: quiet pass`;
  return [
    limitRow(`${n}, a document touched (median of ${passes})`, median(touched), 50, milliseconds),
    limitRow(`${n}, all read anew (median of ${passes})`, median(resynced), 50, milliseconds),
    plainRow(`${n}, longest of all`, milliseconds(Math.max(...touched, ...resynced))),
    limitRow(`${n}, files written`, written, 0, String),
    limitRow(`${n}, calls that change something (Reload …)`, changes, 0, String),
  ];
}

async function repeated(times: number, once: () => Promise<number>): Promise<readonly number[]> {
  const all: number[] = [];
  for (let i = 0; i < times; i++) all.push(await once());
  return all;
}

/** What the operator says that the first pass after a cause took, ms. */
async function passAfter(operator: Operator, cause: () => void): Promise<number> {
  const logged = operator.log.length;
  cause();
  const pass = await eventually(
    () => operator.log.slice(logged).find(({ message }) => message === 'pass') ?? false,
  );
  await sleep(1_500);
  return Number(pass['ms']);
}

const folders = ['/etc/systemd/network', '/var/lib/osa-net', '/run/osa-net'];

/** Inode and time of last change of the content of every file that the operator writes. */
function filesOf(bed: Bed): ReadonlyMap<string, string> {
  return new Map(folders.flatMap((folder) => [...filesUnder(bed.root + folder)]));
}

function filesUnder(folder: string): readonly (readonly [string, string])[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const { ino, size, mtimeNs } = lstatSync(path, { bigint: true });
      // the status file's mtime moves with each pass, which is how it tells that the operator lives
      const time = entry.name === 'status.json' ? '' : mtimeNs;
      return [path, `${ino} ${size} ${time}`];
    });
}

function changedFiles(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): number {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).length;
}
