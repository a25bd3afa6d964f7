import type { SectionPlace } from '../kinds/sections.ts';
import { oldestSystemd } from '../networkd/capabilities.ts';
import { type KeyFacts, keyFacts, keyNames, predecessorOf, sectionNames } from '../networkd/vocabulary.ts';
import type { UnitType } from '../networkd/vocabulary-types.ts';
import type { Fault } from '../problem.ts';
import { suggest } from '../suggest.ts';
import { type Finding, isExtension, type KeyPlace, nearest, type Reader, unsupported } from './finding.ts';
import { valueFindings } from './values.ts';

/** What is wrong with the keys of a section, and with what they are set to. */
export function keyFindings({ name, section, path }: SectionPlace, reader: Reader): readonly Finding[] {
  if (isExtension(name)) return [];
  return Object.entries(section).flatMap(([key, value]) =>
    isExtension(key) ? [] : findingsOf({ section: name, key, value, path: `${path}.${key}` }, reader),
  );
}

function findingsOf(place: KeyPlace, reader: Reader): readonly Finding[] {
  const { section, key, path } = place;
  const facts = keyFacts(reader.type, section, key);
  if (!facts) return [unknown(place, reader.type)];
  if (facts.since > reader.version) {
    if (mayHave(facts.since, reader.version)) return [];
    return [{ path, on: 'key', fault: tooNew(place, facts, reader) }];
  }
  const { obsolete } = facts;
  if (!obsolete || obsolete.since > reader.version) return valueFindings(place, facts, reader.version);
  const isIgnored = /^warn_compat|_deprecated$/.test(facts.parserIn(reader.version));
  const warning: Finding = { path, on: 'key', fault: obsoleteFault(place, obsolete, isIgnored), works: true };
  return isIgnored ? [warning] : [warning, ...valueFindings(place, facts, reader.version)];
}

/** Releases whose tables of keys were read. */
const releases = [247, 252, 254, 257, 262];

/**
 * Whether a key that is dated by the release in whose table it was first seen may have come earlier: the man pages date
 * most keys, and not all.
 */
function mayHave(since: number, version: number): boolean {
  const before = releases[releases.indexOf(since) - 1];
  return before !== undefined && version > before;
}

function unknown({ section, key, path }: KeyPlace, type: UnitType): Finding {
  const keys = keyNames(type, section);
  const elsewhere = sectionNames(type).filter((name) => keyNames(type, name).includes(key));
  const isNear = suggest(key, keys) !== undefined;
  const near = nearest(key, keys, type);
  const hint =
    elsewhere.length === 0
      ? near
      : `it is a key of ${elsewhere.map((name) => `[${name}]`).join(', ')}${isNear ? `; ${near}` : ''}`;
  const message = `[${section}] has no key ${JSON.stringify(key)}`;
  return { path, on: 'key', fault: { code: 'UNKNOWN_FIELD', message, hint } };
}

function tooNew({ section, key }: KeyPlace, { since }: KeyFacts, { type, version }: Reader): Fault {
  const before = predecessorOf(type, `${section}.${key}`);
  const instead = before === undefined ? '' : `write ${keyInWords(before)}, or `;
  return unsupported(
    version,
    `does not know ${key} in [${section}]`,
    `${instead}run systemd ${since} or later`,
  );
}

function obsoleteFault(
  { section, key }: KeyPlace,
  { since, instead }: NonNullable<KeyFacts['obsolete']>,
  isIgnored: boolean,
): Fault {
  const becomes = isIgnored ? 'is ignored' : 'is only read for the sake of old files';
  // Of the oldest version that was read nobody knows since when it does so.
  const from = since === oldestSystemd ? '' : ` since systemd ${since}`;
  return {
    code: 'OBSOLETE_KEY',
    message: `[${section}] ${key} ${becomes}${from}`,
    hint:
      instead === undefined ? 'remove it: nothing took its place' : `write ${keyInWords(instead)} instead`,
  };
}

/** `Network.IPForward` as people write it: `IPForward in [Network]`. */
function keyInWords(id: string): string {
  const [section = '', key = ''] = id.split('.');
  return `${key} in [${section}]`;
}
