import { eventually } from '../bed/eventually.ts';

/** What the demo promised and did not show. */
export class Unmet extends Error {
  readonly expected: string;
  readonly seen: string;

  constructor(expected: string, seen: string) {
    super(`expected: ${expected}\nseen: ${seen}`);
    this.expected = expected;
    this.seen = seen;
  }
}

/**
 * Waits until `attempt` no longer throws, and returns its value with the seconds it took.
 * @param expected what is to be true, for the reader
 * @throws Unmet after so many seconds, with the message of the last error as what was seen
 */
export async function within<T>(
  seconds: number,
  expected: string,
  attempt: () => T | Promise<T>,
): Promise<{ value: Exclude<T, false>; took: number }> {
  const began = performance.now();
  try {
    const value = await eventually(attempt, seconds * 1_000);
    return { value, took: (performance.now() - began) / 1_000 };
  } catch (error) {
    throw new Unmet(`${expected}, within ${seconds} s`, (error as Error).message);
  }
}

/** Seconds for the reader: `0.31 s`. */
export function inSeconds(seconds: number): string {
  return `${seconds.toFixed(2)} s`;
}
