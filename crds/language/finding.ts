import type { SectionPlace } from '../kinds/sections.ts';
import type { UnitType } from '../networkd/vocabulary-types.ts';
import type { Fault } from '../problem.ts';
import { suggest } from '../suggest.ts';

/** What systemd would say of one thing in a document of sections. */
export interface Finding {
  /** `spec.Route.0.Gateway` */
  readonly path: string;
  /** Whether it is about the name that stands there, or about what it is set to. */
  readonly on: 'key' | 'value';
  readonly fault: Fault;
  /** systemd does what is asked all the same: it should only be written otherwise. */
  readonly works?: boolean;
}

/** By what a section is read. */
export interface Reader {
  readonly type: UnitType;
  readonly version: number;
  /** Only of a .netdev: the kind of device that it makes. */
  readonly kind?: string | undefined;
}

/** A key of a section, and where it stands. */
export interface KeyPlace {
  readonly section: string;
  readonly key: string;
  readonly value: SectionPlace['section'][string];
  readonly path: string;
}

/** systemd leaves these to whoever wants to note something of their own (systemd.syntax(7)). */
export function isExtension(name: string): boolean {
  return name.startsWith('X-');
}

/** What to do about a name that a unit does not have: the nearest that it has, or where all of them stand. */
export function nearest(name: string, names: readonly string[], type: UnitType): string {
  const best = suggest(name, names);
  return best === undefined ? `see systemd.${type}(5) for what it has` : `did you mean ${best}?`;
}

/** What only another version than the running one reads. */
export function unsupported(version: number, message: string, hint: string): Fault {
  return { code: 'UNSUPPORTED_BY_SYSTEMD', message: `systemd ${version} ${message}`, hint };
}
