import { microseconds } from './networkd/values/numbers.ts';

/**
 * Seconds of a time span such as `3h`, `1h 30min` or `3600`; undefined when it is none.
 * @see systemd.time(7); a number without unit counts seconds. `infinity` is no lease time and so not taken.
 */
export function timeSpanSeconds(text: string): number | undefined {
  const found = microseconds(text.trim(), 1_000_000n);
  return found === undefined ? undefined : Number(found) / 1e6;
}
