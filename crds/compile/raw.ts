import type { Entry, Fragment } from '../compiled.ts';
import { type SectionsSpec, sectionsOf } from '../kinds/sections.ts';
import { unitValues } from '../section-values.ts';

/** The sections of a raw document as they are: lists of values as repeated keys, lists of maps as repeated sections. */
export function rawFragments(unit: string, spec: SectionsSpec): readonly Fragment[] {
  return sectionsOf(spec).map(([section, keys]) => {
    const entries = Object.entries(keys).flatMap(([key, value]) =>
      unitValues(value).map((one): Entry => [key, one]),
    );
    return Array.isArray(spec[section])
      ? { unit, section, entries, repeated: true }
      : { unit, section, entries };
  });
}
