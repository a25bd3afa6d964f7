import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Release } from '../bed/bed.ts';
import { Stage } from './stage.ts';
import { keepEvidence, play, story } from './trial.ts';

/** How long a host may take until all is well after the end of all faults, ms: osa-net gives networkd two minutes. */
const patience = 240_000;
/** A host is made anew after so many schedules, and after each that failed. */
const schedulesEach = 100;

interface Tally {
  version: number;
  converged: number;
  events: number;
  kills: number;
  readonly deaths: { operator: number; networkd: number };
  slowestMs: number;
  slowestSeed: number;
  readonly failed: number[];
}

/** Plays `count` schedules from a seed on, one after the other on hosts that nobody cleans up in between. */
async function playMany(release: Release, first: number, count: number, folder: string): Promise<Tally> {
  const tally: Tally = {
    version: 0,
    converged: 0,
    events: 0,
    kills: 0,
    deaths: { operator: 0, networkd: 0 },
    slowestMs: 0,
    slowestSeed: 0,
    failed: [],
  };
  for (let seed = first; seed < first + count; ) {
    const stage = await Stage.open(release);
    const fresh = seed;
    try {
      const last = Math.min(seed + schedulesEach, first + count);
      while (seed < last && (await playOne(stage, { seed: seed++, fresh }, tally, folder)));
    } finally {
      tally.kills += stage.kills;
      for (const who of ['operator', 'networkd'] as const) tally.deaths[who] += stage.deaths[who];
      await stage.close();
    }
  }
  return tally;
}

/** A schedule, and the first one of its host: what the ones in between left may be a part of the story. */
interface Turn {
  readonly seed: number;
  readonly fresh: number;
}

async function playOne(stage: Stage, { seed, fresh }: Turn, tally: Tally, folder: string): Promise<boolean> {
  const trial = await play(stage, seed, patience);
  tally.version = stage.bed.version;
  tally.events += trial.moments.length;
  if (trial.slowestMs > tally.slowestMs) {
    tally.slowestMs = trial.slowestMs;
    tally.slowestSeed = seed;
  }
  const converged = trial.problems.length === 0;
  process.stderr.write(
    `schedules: seed ${seed} ${converged ? 'converged' : 'FAILED'} (${Math.round(trial.slowestMs)} ms)\n`,
  );
  if (converged) {
    tally.converged++;
    return true;
  }
  tally.failed.push(seed);
  const place = join(folder, `v${stage.bed.version}-seed-${seed}`);
  await keepEvidence(stage, trial, place);
  process.stdout.write(
    `${story(trial)}\nkept in ${place}\nreplay with --seed ${seed}, or with all that came before on its host: --seed ${fresh} --count ${seed - fresh + 1}\n\n`,
  );
  return false;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      release: { type: 'string', multiple: true, default: ['host', 'trixie'] },
      count: { type: 'string' },
      seed: { type: 'string' },
      keep: { type: 'string', default: join(tmpdir(), 'osa-net-schedules') },
    },
  });
  // A seed that is given alone is one to be replayed.
  const count = Number(values.count ?? (values.seed === undefined ? 500 : 1));
  let failures = 0;
  for (const release of values.release as Release[]) {
    const tally = await playMany(release, Number(values.seed ?? 1), count, values.keep);
    failures += tally.failed.length;
    process.stdout.write(
      `systemd ${tally.version}: ${tally.converged} of ${count} schedules converged with everything foreign as it was; ` +
        `${tally.events} events, ${tally.kills} kills; ended by themselves: ` +
        `operator ${tally.deaths.operator} times, networkd ${tally.deaths.networkd} times; ` +
        `slowest rest ${(tally.slowestMs / 1_000).toFixed(1)} s (seed ${tally.slowestSeed})` +
        `${tally.failed.length > 0 ? `; failed: ${tally.failed.join(' ')}` : ''}\n`,
    );
  }
  return failures === 0 ? 0 : 1;
}

process.exitCode = await main();
