import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../bed/places.ts';
import { milliseconds, type Pair, type Row, ratioRow } from './figures.ts';
import { progress } from './progress.ts';
import { publishedStatus } from './published.ts';
import { inScratch } from './units.ts';

/** How many resources the status is of. */
const resources = 50;

/** `osa-net status` of 50 resources against a Node that starts and ends; wall time. */
export async function measureStatus(pairs: number): Promise<readonly Row[]> {
  progress(`status of ${resources} resources, ${pairs} pairs`);
  const status = await publishedStatus(resources / 2);
  return inScratch((scratch) => {
    writeFileSync(join(scratch, 'status.json'), status);
    const ours = () => timed([bundle, 'status', '--runtime-dir', scratch], [0, 3]);
    const theirs = () => timed(['-e', '0'], [0]);
    ours();
    theirs();
    const measured = Array.from({ length: pairs }, (_, i) => alternate(i, ours, theirs));
    const measure = `osa-net status ÷ node -e 0`;
    return [ratioRow(measured, { measure, limit: 1.3, format: milliseconds })];
  });
}

/** Measures two things one after the other, each being first in turn. */
export function alternate(turn: number, ours: () => number, theirs: () => number): Pair {
  if (turn % 2 === 0) return { ours: ours(), theirs: theirs() };
  const second = theirs();
  return { ours: ours(), theirs: second };
}

/** Wall time of a Node with these arguments, ms. @throws when it ends with another exit status */
function timed(words: readonly string[], expected: readonly number[]): number {
  const began = performance.now();
  const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  const elapsed = performance.now() - began;
  if (!expected.includes(status ?? -1)) throw new Error(`exit ${status}: ${words.join(' ')}\n${stderr}`);
  return elapsed;
}
