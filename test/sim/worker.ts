import { parentPort, workerData } from 'node:worker_threads';
import { load } from './bundle.ts';
import type { Answer, Share } from './pool.ts';

/** Runs the schedules that it is given, one share after another. */
const simulator = await load(workerData as string);

parentPort?.on('message', (share: Share) => void carryOut(share));

async function carryOut({ from, count, mix }: Share): Promise<void> {
  const answer: Answer = { runs: 0, events: 0, passes: 0, steps: 0, met: {}, failures: [] };
  for (let seed = from; seed < from + count; seed++) {
    const { failure, events, passes, steps, met } = await simulator.run(simulator.scheduleOf(seed, mix));
    answer.runs += 1;
    answer.events += events;
    answer.passes += passes;
    answer.steps += steps;
    for (const [kind, times] of Object.entries(met)) answer.met[kind] = (answer.met[kind] ?? 0) + times;
    if (failure !== '') answer.failures.push({ seed, failure });
  }
  parentPort?.postMessage(answer);
}
