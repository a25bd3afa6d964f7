import { type Scalar, type SectionsSpec, sectionsNamed } from './kinds/sections.ts';
import { own } from './own.ts';

/** A value as it stands in a unit: `yes`/`no` for booleans, no white space around it (networkd drops that anyway). */
export function unitValue(value: Scalar): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value).trim();
}

/** A key's values as they stand in the unit, each with its place in the document: `spec.Network.Address.1`. */
export function valuePlaces(
  value: Scalar | readonly Scalar[],
  path: string,
): readonly (readonly [path: string, value: string])[] {
  if (typeof value !== 'object') return [[path, unitValue(value)]];
  return value.map((one, i) => [`${path}.${i}`, unitValue(one)] as const);
}

/** A key's values in order, as in the unit; a key that is no list has one. */
export function unitValues(value: Scalar | readonly Scalar[]): readonly string[] {
  return typeof value === 'object' ? value.map(unitValue) : [unitValue(value)];
}

/**
 * What a key of a section holds once networkd has read the unit: all values in order, of every section of that name.
 * An empty one forgets those before it (systemd.syntax(7)).
 */
export function valuesOf(spec: SectionsSpec, section: string, key: string): readonly string[] {
  const values = sectionsNamed(spec, section).flatMap((entries) => unitValues(own(entries, key) ?? []));
  return values.slice(values.lastIndexOf('') + 1);
}

/** The value that counts of a key that takes one: the last. */
export function lastValueOf(spec: SectionsSpec, section: string, key: string): string | undefined {
  return valuesOf(spec, section, key).at(-1);
}

/** Whether a key is set to one of systemd's words for yes. */
export function isSwitchedOn(spec: SectionsSpec, section: string, key: string): boolean {
  const value = lastValueOf(spec, section, key)?.toLowerCase();
  return value !== undefined && ['1', 'yes', 'y', 'true', 't', 'on'].includes(value);
}

/** Whether a key is set to one of systemd's words for no. */
export function isSwitchedOff(spec: SectionsSpec, section: string, key: string): boolean {
  const value = lastValueOf(spec, section, key)?.toLowerCase();
  return value !== undefined && ['0', 'no', 'n', 'false', 'f', 'off'].includes(value);
}
