import { type Release, startBed } from '../bed/bed.ts';
import type { Action } from './actions.ts';
import { traceOnBed } from './on-bed.ts';
import { traceOnModel } from './on-model.ts';
import type { Scenario } from './scenarios.ts';
import { differences } from './trace.ts';

/** What a comparison came to. */
export interface Verdict {
  readonly scenario: Scenario;
  /** Of systemd. */
  readonly version: number;
  /** Readable; empty where both agree. */
  readonly differences: readonly string[];
}

/** When things happen must not matter once all has settled, so the model plays a scenario more than once. */
const seeds = [1, 2, 3, 4, 5];

/** Beds at a time: they mostly wait. */
const atOnce = 20;

/** Plays scenarios on the model and on the real networkd of a release, each in a bed of its own. Needs root. */
export async function compareAll(
  scenarios: readonly Scenario[],
  release: Release,
  onVerdict: (verdict: Verdict) => void = () => undefined,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  const rest = [...scenarios];
  const work = async () => {
    for (let next = rest.shift(); next; next = rest.shift()) {
      const verdict = await compare(next, release);
      verdicts.push(verdict);
      onVerdict(verdict);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return verdicts;
}

/** What differs is looked at once more: where the machine is busy, something may not have been over yet. */
async function compare(scenario: Scenario, release: Release): Promise<Verdict> {
  const first = await play(scenario, release);
  return first.differences.length === 0 ? first : play(scenario, release);
}

async function play(scenario: Scenario, release: Release): Promise<Verdict> {
  const bed = await startBed({ release });
  try {
    const { version } = bed;
    const reality = await traceOnBed(scenario, bed);
    const steps = scenario.steps.map((actions) => actions.map(told).join(', '));
    const found = seeds
      .map((seed) => differences(steps, traceOnModel(scenario, version, seed), reality))
      .find((differing) => differing.length > 0);
    return { scenario, version, differences: found ?? [] };
  } finally {
    await bed.stop();
  }
}

function told(action: Action): string {
  if ('unit' in action) return `${action.do} ${action.unit}`;
  if (!('link' in action)) return action.do;
  return `${action.do} ${action.link}${'to' in action ? ` ${JSON.stringify(action.to)}` : ''}`;
}
