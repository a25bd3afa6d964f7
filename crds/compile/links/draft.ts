import type { Scalar, Section, SectionPlace, SectionsSpec } from '../../kinds/sections.ts';
import { sectionPlaces } from '../../kinds/sections.ts';
import { unitValues } from '../../section-values.ts';

/** A unit while it is being written: sections as they will stand in it, and where each line comes from. */
export type Draft = readonly DraftSection[];

export interface DraftSection {
  readonly name: string;
  readonly lines: readonly Line[];
  /** One of several sections of this name. */
  readonly repeated?: boolean;
  /** Where it stands in the document; absent where fields became it. */
  readonly field?: string;
}

/** A key of a unit and the field of the document that sets it. */
export interface Line {
  readonly key: string;
  readonly value: Scalar | readonly Scalar[];
  /** `spec.mtu` */
  readonly field: string;
}

/** The sections without what is not set, those of one name as one. */
export function tidy(draft: Draft): Draft {
  const sections: DraftSection[] = [];
  for (const section of draft) {
    const lines = section.lines.filter(({ value }) => !isEmpty(value));
    if (lines.length === 0) continue;
    const index = section.repeated
      ? -1
      : sections.findIndex(({ name, repeated }) => name === section.name && !repeated);
    const open = sections[index];
    if (open) sections[index] = { ...open, lines: [...open.lines, ...lines] };
    else sections.push({ ...section, lines });
  }
  return sections;
}

function isEmpty(value: Line['value']): boolean {
  return typeof value === 'object' && value.length === 0;
}

/** The same as the spec of a raw document would have it. */
export function specOf(draft: Draft): SectionsSpec {
  const spec: Record<string, Section | Section[]> = {};
  for (const { name, lines, repeated } of draft) {
    const section = sectionOf(lines);
    const others = spec[name];
    if (others === undefined) spec[name] = repeated ? [section] : section;
    else spec[name] = [...(Array.isArray(others) ? others : [others]), section] as Section[];
  }
  return spec;
}

function sectionOf(lines: readonly Line[]): Section {
  const section: Record<string, Scalar | readonly Scalar[]> = {};
  for (const { key, value } of lines) {
    const before = section[key];
    section[key] = before === undefined ? value : [...unitValues(before), ...unitValues(value)];
  }
  return section;
}

/** Sections of a document as lines, each of which comes from where it stands. */
export function draftOf(spec: SectionsSpec, path: string): Draft {
  return sectionPlaces(spec, path).map(({ name, section, path: at }) => ({
    name,
    field: at,
    lines: Object.entries(section).map(([key, value]) => ({ key, value, field: `${at}.${key}` })),
    repeated: Array.isArray(spec[name]),
  }));
}

/** The sections one by one, with a path of their own for each, and the fields by the paths of their lines. */
export function placesOf(draft: Draft): {
  readonly places: readonly SectionPlace[];
  readonly fields: ReadonlyMap<string, string>;
} {
  const fields = new Map<string, string>();
  const places = draft.map(({ name, lines, field: own }, i) => {
    const path = `${i}`;
    for (const { key, field } of lines) fields.set(`${path}.${key}`, field);
    const [first] = lines;
    if (first) fields.set(path, own ?? first.field);
    return { name, section: sectionOf(lines), path };
  });
  return { places, fields };
}
