import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkout } from '../bed/places.ts';
import type { Outcome } from '../drift/measure.ts';
import { drifts } from './cases.ts';

/** A Debian release with a systemd of 252 or 257. */
export type GuestRelease = 'bookworm' | 'trixie';

/** Boots a guest that measures every drift of its own, and hands each outcome on when it comes. */
export async function measureInGuest(
  release: GuestRelease,
  tell: (outcome: Outcome) => void,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  await runInGuest(release, 'inside', (line) => {
    const outcome: Outcome = { ...(JSON.parse(line) as Outcome), isGuest: true };
    outcomes.push(outcome);
    tell(outcome);
    return outcomes.length === drifts.length;
  });
  return outcomes;
}

/**
 * Boots a guest that runs a program of this directory.
 * @param tell gets each line of what it says, and returns whether that was all of it
 */
export async function runInGuest(
  release: GuestRelease,
  program: string,
  tell: (line: string) => boolean,
): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'osa-net-guest-'));
  const console = join(scratch, 'console');
  try {
    const words = [`${checkout}/test/guest/boot.sh`, release, process.execPath, console, program];
    const boot = spawn('bash', words, { stdio: ['ignore', 'pipe', 'inherit'] });
    let isComplete = false;
    createInterface({ input: boot.stdout }).on('line', (line) => {
      isComplete = tell(line);
    });
    const [code] = await once(boot, 'close');
    if (isComplete) return;
    const last = readFileSync(console, { encoding: 'utf8', flag: 'a+' }).slice(-20_000);
    throw new Error(`cannot run ${program} to its end in a guest of ${release}: exit ${code}:\n${last}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
