import { InvalidArgumentError, Option } from 'commander';
import { timeSpanSeconds } from '../../crds/time-span.ts';

/** An option that takes a time span (systemd.time(7)) or a number of seconds; its value is ms. */
export function timeOption(flags: string, description: string): Option {
  return new Option(`${flags} <time>`, description).argParser(parseTime);
}

function parseTime(value: string): number {
  const seconds = timeSpanSeconds(value);
  if (seconds === undefined || !Number.isFinite(seconds) || seconds <= 0) {
    throw new InvalidArgumentError('It is a time such as 90, 90s or 2min.');
  }
  return Math.round(seconds * 1_000);
}
