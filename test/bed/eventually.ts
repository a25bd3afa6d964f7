import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Calls `attempt` every so many milliseconds until it neither throws nor returns false, and returns its value.
 * When the time is over the last error is thrown, so a failed assertion reads as if it had stood alone.
 */
export async function eventually<T>(
  attempt: () => T | Promise<T>,
  timeoutMs = 5_000,
  everyMs = 20,
): Promise<Exclude<T, false>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const outcome = await tryOnce(attempt);
    if ('value' in outcome) return outcome.value;
    if (performance.now() > deadline) throw outcome.error;
    await sleep(everyMs);
  }
}

type Outcome<T> = { readonly value: Exclude<T, false> } | { readonly error: unknown };

async function tryOnce<T>(attempt: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    const value = await attempt();
    if (value === false) return { error: new Error(`still false: ${attempt.toString()}`) };
    return { value: value as Exclude<T, false> };
  } catch (error) {
    return { error };
  }
}
