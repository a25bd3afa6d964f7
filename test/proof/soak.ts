import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { History } from '../../state/history.ts';
import type { Release } from '../bed/bed.ts';
import { figuresOf } from '../bed/figures.ts';
import { converge } from './converge.ts';
import { randomOf } from './random.ts';
import { soakDrift, soakEdit, soakFiles, soakWrite } from './soak-events.ts';
import { grown, growthOf, type Reading, secondsOf, toldReading } from './soak-figures.ts';
import { Stage } from './stage.ts';

/** How often what happens, in seconds; the operator lives long, for a new one starts with fresh memory. */
const every = { edit: 1, drift: 7, killNetworkd: 420, killOperator: 900 } as const;

/** A long life: what was done in it, and what was read of the operator. */
class Soak {
  readonly #stage: Stage;
  readonly #random;
  readonly #began = performance.now();
  #born = performance.now();
  readonly counts = { edits: 0, drifts: 0, kills: 0 };
  readonly readings: Reading[] = [];

  constructor(stage: Stage, seed: number) {
    this.#stage = stage;
    this.#random = randomOf(seed);
  }

  get second(): number {
    return Math.round((performance.now() - this.#began) / 1_000);
  }

  /** Milliseconds until a second of its life; negative when that is over: what is late is made up for. */
  until(second: number): number {
    return this.#began + second * 1_000 - performance.now();
  }

  /** What is due in a second of its life. */
  async tick(second: number): Promise<void> {
    const isDue = (seconds: number) => second > 0 && second % seconds === 0;
    if (isDue(every.edit)) {
      await this.#stage.perform(soakEdit(this.#random));
      this.counts.edits++;
    }
    if (isDue(every.drift)) {
      await this.#stage.perform(soakDrift(this.#random));
      this.counts.drifts++;
    }
    if (isDue(every.killNetworkd)) await this.#kill('networkd');
    if (isDue(every.killOperator)) await this.#kill('operator');
    const { operator } = this.#stage.deaths;
    await this.#stage.supervise();
    if (this.#stage.deaths.operator > operator) this.#born = performance.now();
  }

  async #kill(who: 'networkd' | 'operator'): Promise<void> {
    await this.#stage.perform({ kind: 'kill', who });
    await this.#stage.perform({ kind: 'start', who });
    this.counts.kills++;
    if (who === 'operator') this.#born = performance.now();
  }

  /** Reads the operator's figures and prints them. */
  async read(): Promise<void> {
    const { bed, operator } = this.#stage;
    if (!operator) throw new Error('cannot read figures: there is no operator');
    const folder = `${bed.root}/var/lib/osa-net`;
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const { entries } = JSON.parse(readFileSync(join(folder, 'history.json'), 'utf8')) as History;
    const texts = new Set(entries.flatMap((entry) => Object.values(entry.files).flatMap(Object.values)));
    const bytes = files.reduce((sum, file) => sum + sizeOf(join(file.parentPath, file.name)), 0);
    const reading = {
      ...(await figuresOf(bed, operator)),
      second: this.second,
      age: Math.round((performance.now() - this.#born) / 1_000),
      stateFiles: files.length,
      looseFiles: files.filter(({ name }) => !texts.has(name)).length,
      generations: entries.length,
      stateKilobytes: Math.round(bytes / 1_024),
    };
    this.readings.push(reading);
    process.stdout.write(
      `${toldReading(reading)}; so far ${JSON.stringify({ ...this.counts, deaths: this.#stage.deaths })}\n`,
    );
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0; // it was just replaced
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      time: { type: 'string', default: '2h' },
      release: { type: 'string', default: 'host' },
      seed: { type: 'string', default: '1' },
      report: { type: 'string', default: '5m' },
    },
  });
  const [time, report] = [secondsOf(values.time), secondsOf(values.report)];
  const stage = await Stage.open(values.release as Release, '64m', []);
  try {
    const random = randomOf(Number(values.seed));
    for (let index = 0; index < soakFiles; index++) await stage.perform(soakWrite(random, index));
    const start = await converge(stage, 120_000);
    if (start.problems.length > 0) throw new Error(`cannot begin: ${start.problems.join('\n')}`);
    const soak = new Soak(stage, Number(values.seed) + 1);
    for (let second = 0; second < time; second++) {
      await soak.tick(second);
      if (second > 0 && second % report === 0) await soak.read();
      await sleep(Math.max(0, soak.until(second + 1)));
    }
    await stage.lift();
    const { problems, tookMs } = await converge(stage, 600_000);
    await soak.read();
    const growth = growthOf(soak.readings, Math.min(600, time / 3));
    const leaks = grown(growth);
    process.stdout.write(`growth after the warm-up: ${JSON.stringify(growth)}\n`);
    for (const leak of leaks) process.stdout.write(`not flat: ${leak}\n`);
    if (problems.length > 0) process.stdout.write(`did not converge:\n${problems.join('\n')}\n`);
    else process.stdout.write(`converged ${(tookMs / 1_000).toFixed(1)} s after the last edit\n`);
    return problems.length + leaks.length === 0 ? 0 : 1;
  } finally {
    await stage.close();
  }
}

process.exitCode = await main();
