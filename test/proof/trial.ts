import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { converge } from './converge.ts';
import { type Moment, told } from './event.ts';
import { scheduleOf } from './schedule.ts';
import type { Stage } from './stage.ts';

/** How a schedule ended on a host. */
export interface Trial {
  readonly seed: number;
  readonly moments: readonly Moment[];
  /** What was wrong, and after which event; nothing, when it converged each time that it was to. */
  readonly problems: readonly string[];
  /** How long it took from the end of all faults until all was well; the longest of its rests. */
  readonly slowestMs: number;
}

/** Plays the schedule of a seed on a host as it is, and judges it at each of its rests and at its end. */
export async function play(stage: Stage, seed: number, timeoutMs: number): Promise<Trial> {
  const moments = scheduleOf(seed);
  let slowestMs = 0;
  const rest = async (): Promise<readonly string[]> => {
    await stage.lift();
    const { problems, tookMs } = await converge(stage, timeoutMs);
    slowestMs = Math.max(slowestMs, tookMs);
    if (problems.length === 0) stage.sheet.prove();
    return problems;
  };
  for (const [index, { event, pauseMs }] of moments.entries()) {
    if (event.kind !== 'settle') await stage.perform(event);
    const problems = event.kind === 'settle' ? await rest() : [];
    if (problems.length > 0) return { seed, moments: moments.slice(0, index + 1), problems, slowestMs };
    await sleep(pauseMs);
    await stage.supervise();
  }
  return { seed, moments, problems: await rest(), slowestMs };
}

/** The story of a schedule that failed, for people. */
export function story({ seed, moments, problems }: Trial): string {
  return [
    `seed ${seed} did not converge:`,
    ...problems.map((problem) => `  ${problem}`),
    'after:',
    ...moments.map((moment) => `  ${told(moment)}`),
  ].join('\n');
}

/** Keeps everything that tells why: the story, what operator and networkd logged, status, inventory, links. */
export async function keepEvidence(stage: Stage, trial: Trial, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const keep = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const { bed } = stage;
  keep('story.txt', `${story(trial)}\n`);
  keep(
    'operator.log',
    `${stage
      .log()
      .map((line) => JSON.stringify(line))
      .join('\n')}\n`,
  );
  keep('networkd.log', bed.networkd.log());
  const { stdout } = await bed.sh(
    `ip -d addr; bridge link; head -n 999 /etc/systemd/network/* /etc/osa-net.d/*; ls -laR /var/lib/osa-net /etc/osa-net.d; cat /var/lib/osa-net/inventory.json /run/osa-net/status.json`,
    { check: false },
  );
  keep('host.txt', stdout);
}
