import { InvalidArgumentError, Option } from 'commander';
import { timeSpanSeconds } from '../../crds/time-span.ts';
import { humanDuration } from './duration.ts';

/** The shortest and longest time that can be waited for, s. */
const shortest = 1;
const longest = 86_400;

/** An option that takes seconds or a time span (`90`, `2min`), and gives milliseconds. */
export function timeOption(flags: string, description: string, preset?: number): Option {
  const option = new Option(flags, description).argParser(parseTime);
  return preset === undefined ? option : option.default(preset, humanDuration(preset));
}

function parseTime(value: string): number {
  const seconds = timeSpanSeconds(value) ?? Number.NaN;
  if (seconds >= shortest && seconds <= longest) return Math.round(seconds * 1000);
  throw new InvalidArgumentError('It is a time from 1s to 1d: seconds, or a time span such as 2min.');
}
