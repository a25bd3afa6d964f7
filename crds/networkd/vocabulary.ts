import { own } from '../own.ts';
import { shapeOf } from './values/shapes.ts';
import { vocabularyData } from './vocabulary-data.ts';
import type { Obsolete, Parsers, UnitType, VocabularyData } from './vocabulary-types.ts';

/** What networkd knows of one key. */
export interface KeyFacts {
  /** The version that brought it. */
  readonly since: number;
  /** Since when it is only there for old files, and what took its place. */
  readonly obsolete?: Obsolete;
  /** The parser that reads its values in a version that has it. */
  parserIn(version: number): string;
  /** What its values look like in a version that has it (crds/networkd/values/notation.ts). */
  shapeIn(version: number): string;
}

let loaded: VocabularyData | undefined;

function data(): VocabularyData {
  loaded ??= vocabularyData();
  return loaded;
}

/** The sections that units of a type may have. */
export function sectionNames(type: UnitType): readonly string[] {
  return Object.keys(data().keys[type]);
}

/** The keys of a section, all versions together; none for an unknown section. */
export function keyNames(type: UnitType, section: string): readonly string[] {
  return Object.keys(data().keys[type][section] ?? {});
}

const facts = new Map<string, KeyFacts>();

/** What is known of a key, the same object each time; undefined where no version has it. */
export function keyFacts(type: UnitType, section: string, key: string): KeyFacts | undefined {
  const id = `${type} ${section} ${key}`;
  const known = facts.get(id);
  if (known) return known;
  const found = factsOf(type, section, key);
  if (found) facts.set(id, found);
  return found;
}

function factsOf(type: UnitType, section: string, key: string): KeyFacts | undefined {
  const keys = own(data().keys[type], section);
  const parsers = keys && own(keys, key);
  if (!parsers) return undefined;
  const obsolete = own(data().obsolete[type], `${section}.${key}`);
  return {
    since: firstOf(parsers),
    ...(obsolete && { obsolete }),
    parserIn: (version) => inVersion(parsers, version),
    shapeIn: (version) => shapeOf(inVersion(parsers, version), section, key, version),
  };
}

/** The key whose place another took: `Network.IPForward` for `Network.IPv4Forwarding`; undefined where it took nobody's. */
export function predecessorOf(type: UnitType, id: string): string | undefined {
  return Object.entries(data().obsolete[type]).find(([, { instead }]) => instead === id)?.[0];
}

/** Kinds of network device that `Kind=` of a .netdev may name. */
export function netdevKindNames(): readonly string[] {
  return Object.keys(data().netdevKinds);
}

/** What is known of a kind of network device; undefined where no version has it. */
export function netdevKind(name: string): VocabularyData['netdevKinds'][string] | undefined {
  return own(data().netdevKinds, name);
}

function firstOf(parsers: Parsers): number {
  return Math.min(...Object.keys(parsers).map(Number));
}

function inVersion(parsers: Parsers, version: number): string {
  const since = Object.keys(parsers).map(Number);
  const latest = Math.max(...since.filter((one) => one <= version));
  return parsers[latest] ?? parsers[firstOf(parsers)] ?? '';
}
