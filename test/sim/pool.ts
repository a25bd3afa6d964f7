import { Worker } from 'node:worker_threads';
import type { Mix } from './inside/entry.ts';

/** Seeds for a worker. */
export interface Share {
  readonly from: number;
  readonly count: number;
  readonly mix?: Mix | undefined;
}

/** What became of schedules. */
export interface Answer {
  runs: number;
  events: number;
  passes: number;
  steps: number;
  /** Events and faults by kind. */
  readonly met: Record<string, number>;
  readonly failures: { readonly seed: number; readonly failure: string }[];
}

export interface PoolOptions {
  /** A bundle. */
  readonly text: string;
  readonly from: number;
  readonly count: number;
  readonly workers: number;
  readonly mix?: Mix;
  /** Seeds a share. */
  readonly share?: number;
  /** No further shares once something failed. */
  readonly stopsAtFailure: boolean;
  readonly onProgress?: (total: Answer) => void;
}

/** Runs the schedules of a range of seeds on several processors. */
export async function runMany(options: PoolOptions): Promise<Answer> {
  const { text, from, count, workers, mix, share = 50, stopsAtFailure, onProgress } = options;
  const total: Answer = { runs: 0, events: 0, passes: 0, steps: 0, met: {}, failures: [] };
  let next = from;
  const takeShare = (): Share | undefined => {
    if (next >= from + count || (stopsAtFailure && total.failures.length > 0)) return undefined;
    const taken = { from: next, count: Math.min(share, from + count - next), mix };
    next += share;
    return taken;
  };
  const onAnswer = (answer: Answer) => {
    add(total, answer);
    onProgress?.(total);
  };
  await Promise.all(Array.from({ length: workers }, () => runWorker(text, takeShare, onAnswer)));
  return total;
}

function runWorker(
  text: string,
  takeShare: () => Share | undefined,
  onAnswer: (answer: Answer) => void,
): Promise<void> {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: text });
  return new Promise<void>((resolve, reject) => {
    const goOn = () => {
      const share = takeShare();
      if (share) worker.postMessage(share);
      else void worker.terminate().then(() => resolve(), reject);
    };
    worker.on('message', (answer: Answer) => {
      onAnswer(answer);
      goOn();
    });
    worker.on('error', reject);
    goOn();
  });
}

function add(total: Answer, answer: Answer): void {
  for (const field of ['runs', 'events', 'passes', 'steps'] as const) total[field] += answer[field];
  for (const [kind, times] of Object.entries(answer.met)) total.met[kind] = (total.met[kind] ?? 0) + times;
  total.failures.push(...answer.failures);
}
