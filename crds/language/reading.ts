import type { SectionPlace } from '../kinds/sections.ts';
import { newestSystemd } from '../networkd/capabilities.ts';
import { mayBeSecret } from '../networkd/keys.ts';
import type { UnitType } from '../networkd/vocabulary-types.ts';
import { byPlace, type Problem } from '../problem.ts';
import { locate, type Resource } from '../resource.ts';
import type { Finding, Reader } from './finding.ts';
import { keyFindings } from './keys.ts';
import { kindFinding, kindsIn } from './kinds.ts';
import { kindRuleFindings, sectionRuleFindings } from './rules.ts';
import { sectionFault } from './sections.ts';

/** Sections of a document, and where its fields stand. */
export interface Written extends Pick<Resource, 'positions' | 'keys' | 'location'> {
  readonly places: readonly SectionPlace[];
}

/** How systemd reads a document of sections. */
export interface Reading {
  /** What it would leave out, with a line in its log at most. */
  readonly unread: readonly Problem[];
  /** What works, and should be written otherwise. */
  readonly warnings: readonly Problem[];
}

/**
 * Reads a document as systemd of a version does: sections, keys, values, and what a section or a device cannot be
 * without. A systemd that is newer than all that were measured may know more: of that one everything is only a warning.
 */
export function readingOf(written: Written, type: UnitType, version: number): Reading {
  const found = findingsOf(written.places, type, version).slice(0, mostFindings);
  const isWarning = ({ works }: Finding) => works === true || version > newestSystemd;
  return {
    unread: problemsOf(
      found.filter((one) => !isWarning(one)),
      written,
    ),
    warnings: problemsOf(found.filter(isWarning), written),
  };
}

/** More than these of one document help nobody. */
const mostFindings = 100;

function findingsOf(places: readonly SectionPlace[], type: UnitType, version: number): readonly Finding[] {
  const kind = type === 'netdev' ? kindsIn(places)[0]?.[1] : undefined;
  const reader: Reader = { type, version, kind };
  const ofKind = type === 'netdev' ? kindFinding(places, reader) : undefined;
  if (ofKind) return [ofKind];
  const ofSections = places.flatMap((place) => {
    const fault = sectionFault(place.name, reader);
    if (fault) return [{ path: place.path, on: 'key', fault } as const];
    return [...sectionRuleFindings(place, reader), ...keyFindings(place, reader)];
  });
  return [...ofSections, ...kindRuleFindings(places, reader)];
}

/** In the order of the document. Where it may hold a secret no line is shown: several keys can stand on one. */
function problemsOf(
  findings: readonly Finding[],
  { places, location, ...written }: Written,
): readonly Problem[] {
  const isHidden =
    findings.length > 0 && places.some(({ section }) => Object.keys(section).some(mayBeSecret));
  const problems = findings.map(({ path, on, fault }) => {
    const positions = on === 'key' ? written.keys : written.positions;
    const place = locate({ positions, location }, path);
    return { ...fault, location: isHidden ? { ...place, excerpt: '' } : place };
  });
  return problems.sort(byPlace);
}
