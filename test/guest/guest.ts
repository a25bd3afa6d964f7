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
  const scratch = mkdtempSync(join(tmpdir(), 'osa-net-guest-'));
  const console = join(scratch, 'console');
  try {
    const boot = spawn('bash', [`${checkout}/test/guest/boot.sh`, release, process.execPath, console], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const outcomes: Outcome[] = [];
    createInterface({ input: boot.stdout }).on('line', (line) => {
      const outcome: Outcome = { ...(JSON.parse(line) as Outcome), isGuest: true };
      outcomes.push(outcome);
      tell(outcome);
    });
    const [code] = await once(boot, 'close');
    if (outcomes.length === drifts.length) return outcomes;
    const last = readFileSync(console, { encoding: 'utf8', flag: 'a+' }).slice(-20_000);
    throw new Error(
      `cannot measure in a guest of ${release}: exit ${code} after ${outcomes.length} drifts:\n${last}`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
