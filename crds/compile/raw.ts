import type { Entry, Fragment } from '../compiled.ts';
import { type SectionsSpec, sectionPlaces, sectionsOf } from '../kinds/sections.ts';
import { type Reading, readingOf } from '../language/reading.ts';
import type { Capabilities } from '../networkd/capabilities.ts';
import type { UnitType } from '../networkd/vocabulary-types.ts';
import type { Resource } from '../resource.ts';
import { unitValues } from '../section-values.ts';

/** How the running systemd reads a document whose spec are the sections of a unit. */
export function readingOfRaw(
  resource: Resource<'NetDev' | 'Network' | 'Link'>,
  type: UnitType,
  { version }: Capabilities,
): Reading {
  return readingOf({ ...resource, places: sectionPlaces(resource.spec) }, type, version);
}

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
