import {
  type NetdevKind,
  type Obsolete,
  type Parsers,
  type Sections,
  type UnitType,
  unitTypes,
  type VocabularyData,
} from '../../networkd/vocabulary-types.ts';
import { keySince, obsoleteSince, parserSince, renamedSections, replacements } from './corrections.ts';
import { type Row, rowsOf } from './gperf.ts';
import { type Dates, datesOf } from './man.ts';
import { kindSectionsOf, sectionsReadBy } from './sections.ts';
import { manPageOf, readerOf, type Source, tablesOf } from './sources.ts';

/** What a release says. */
interface Reading {
  readonly version: number;
  readonly rows: Readonly<Record<UnitType, readonly Row[]>>;
  readonly kinds: ReadonlyMap<string, readonly string[]>;
}

/**
 * The releases' sources → networkd's language as it grew.
 * @param sources oldest first
 */
export function vocabularyOf(sources: readonly { version: number; source: Source }[]): VocabularyData {
  const newest = sources.at(-1);
  if (newest === undefined) throw new TypeError('expected at least one release, got none');
  const readings = sources.map(({ version, source }) => read(version, source));
  // The other pages take most of [Match] from systemd.link(5).
  const ofLinks = datesOf(manPageOf(newest.source, 'link'));
  const byType = unitTypes.map((type) => {
    const dates = new Map([
      ...ofLinks,
      ...datesOf(manPageOf(newest.source, type)),
      ...Object.entries(keySince),
    ]);
    return [type, keysOf(type, readings, dates), obsoleteOf(type, readings)] as const;
  });
  const keys = byUnitType(byType.map(([type, ofType]) => [type, ofType]));
  return {
    keys,
    obsolete: byUnitType(byType.map(([type, , obsolete]) => [type, obsolete])),
    netdevKinds: netdevKindsOf(readings, keys.netdev),
  };
}

function byUnitType<T>(entries: readonly (readonly [UnitType, T])[]): Record<UnitType, T> {
  return Object.fromEntries(entries) as Record<UnitType, T>;
}

function read(version: number, source: Source): Reading {
  const tables = tablesOf(source);
  const kinds = kindSectionsOf(source('src/network/netdev'));
  const sections = {
    network: sectionsReadBy(readerOf(source, 'network')),
    netdev: [...kinds.values()].flat(),
    link: sectionsReadBy(readerOf(source, 'link')),
  };
  const rows = unitTypes.map((type) => {
    const read = rowsOf(tables[type]).filter(({ section }) => sections[type].includes(section));
    return [type, read] as const;
  });
  return { version, rows: byUnitType(rows), kinds };
}

function keysOf(type: UnitType, readings: readonly Reading[], dates: Dates): Sections {
  const sections = new Map<string, Map<string, Record<number, string>>>();
  for (const [index, { version, rows }] of readings.entries()) {
    for (const { section, key, parser } of rows[type]) {
      const keys = sections.get(section) ?? new Map<string, Record<number, string>>();
      sections.set(section, keys);
      const parsers = keys.get(key);
      if (!parsers) {
        const since = sinceOf(dates.get(`${section}.${key}`), readings[index - 1]?.version, version);
        keys.set(key, { [since]: parser });
      } else if (Object.values(parsers).at(-1) !== parser) {
        parsers[parserSince[`${section}.${key}`]?.[parser] ?? version] = parser;
      }
    }
  }
  return sorted([...sections].map(([name, keys]) => [name, sorted<Parsers>([...keys])]));
}

/** The man page's date where it lies between the release that did not have the key and the one that has it. */
function sinceOf(date: number | undefined, without: number | undefined, having: number): number {
  if (without === undefined) return having;
  return date !== undefined && date > without && date <= having ? date : having;
}

function obsoleteOf(type: UnitType, readings: readonly Reading[]): Readonly<Record<string, Obsolete>> {
  const newest = readings.at(-1)?.rows[type] ?? [];
  const found = new Map<string, Obsolete>();
  for (const { version, rows } of readings) {
    for (const row of rows[type]) {
      const id = idOf(row);
      if (!isObsolete(row, version) || found.has(id)) continue;
      const instead = replacements[id] ?? replacementOf(id, newest);
      found.set(id, { since: obsoleteSince[id] ?? version, ...(instead !== undefined && { instead }) });
    }
  }
  return sorted([...found]);
}

function idOf({ section, key }: Row): string {
  return `${section}.${key}`;
}

function isObsolete(row: Row, version: number): boolean {
  return row.obsolete || (obsoleteSince[idOf(row)] ?? Infinity) <= version;
}

/** What says the same today: the key that the newest table puts in the same place, or that of the section's new name. */
function replacementOf(id: string, newest: readonly Row[]): string | undefined {
  const current = newest.filter((row) => !row.obsolete && idOf(row) !== id);
  const old = newest.find((row) => idOf(row) === id);
  const same = old && current.find(({ target }) => target !== '' && target === old.target);
  const [section = '', key = ''] = id.split('.');
  const renamed = current.find((row) => row.section === renamedSections[section] && row.key === key);
  const instead = same ?? renamed;
  return instead && idOf(instead);
}

function netdevKindsOf(
  readings: readonly Reading[],
  sections: Sections,
): Readonly<Record<string, NetdevKind>> {
  const found = new Map<string, NetdevKind>();
  for (const [index, { version, kinds }] of readings.entries()) {
    for (const [name, ofKind] of kinds) {
      const since =
        found.get(name)?.since ?? (index === 0 ? version : (kindSince(ofKind, sections) ?? version));
      found.set(name, { since, sections: ofKind });
    }
    for (const [name, kind] of found) {
      if (!kinds.has(name) && kind.until === undefined) found.set(name, { ...kind, until: version - 1 });
    }
  }
  return sorted([...found]);
}

/** A kind that has a section of its own came with the first key of it. */
function kindSince(ofKind: readonly string[], sections: Sections): number | undefined {
  const own = ofKind.filter((name) => name !== 'Match' && name !== 'NetDev');
  const versions = own.flatMap((name) =>
    Object.values(sections[name] ?? {}).map((parsers) => Math.min(...Object.keys(parsers).map(Number))),
  );
  return versions.length === 0 ? undefined : Math.min(...versions);
}

function sorted<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}
