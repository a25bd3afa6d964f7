import type { Entry } from '../compiled.ts';
import { unitValue } from '../section-values.ts';

type Value = string | number | boolean | readonly string[] | undefined;

/** Lines of a section in the order given; what is undefined is left out, a list repeats its key. */
export function entriesOf(values: Readonly<Record<string, Value>>): readonly Entry[] {
  return Object.entries(values).flatMap(([key, value]): readonly Entry[] => {
    if (value === undefined) return [];
    if (typeof value === 'object') return value.map((one) => [key, one]);
    return [[key, unitValue(value)]];
  });
}

/** A list as one value: blanks between its members; undefined when it is empty, so that the line is left out. */
export function listValue(values: readonly string[] | undefined): string | undefined {
  return values === undefined || values.length === 0 ? undefined : values.join(' ');
}
