import type { Compiled, Entry, Fragment, Unit } from './compiled.ts';
import { isSecret, linkNamingKeys } from './networkd/keys.ts';
import type { ResourceKey } from './resource.ts';
import { sha256, signedUnit, type UnitSection } from './unit.ts';

/** Two resources that want to write the same line of a unit; the first keeps it. */
export interface UnitConflict {
  readonly unit: string;
  /** Who lost. */
  readonly key: ResourceKey;
  /** Who keeps it. */
  readonly first: ResourceKey;
  readonly section: string;
  /** The key of the assignment. */
  readonly entry: string;
}

export interface Assembled {
  /** Sorted by name. */
  readonly units: readonly Unit[];
  readonly conflicts: readonly UnitConflict[];
}

/**
 * Fragments of all resources → whole units, one writer per key. The resource of a unit's first fragment that does not
 * merely contribute owns it; what others contribute comes in the order of their keys, so that the order of documents
 * does not show. Units whose resources did not change since the last call are not made again.
 */
export function assemble(compiled: readonly Compiled[]): Assembled {
  const units: Unit[] = [];
  const conflicts: UnitConflict[] = [];
  for (const [name, parts] of partsByUnit(compiled)) {
    // A line for the unit of another document, which is not there.
    if (parts.every(({ fragments }) => fragments.every(({ contributes }) => contributes))) continue;
    const made = unitOf(name, parts);
    units.push(made.unit);
    conflicts.push(...made.conflicts);
  }
  units.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { units, conflicts };
}

/** What one resource has to say about one unit. */
interface Part {
  readonly key: ResourceKey;
  readonly fragments: readonly Fragment[];
}

interface MadeUnit {
  readonly parts: readonly Part[];
  readonly unit: Unit;
  readonly conflicts: readonly UnitConflict[];
}

/** Parts and units are remembered with what they were made of; both go when the resource goes. */
const partsOf = new WeakMap<Compiled, ReadonlyMap<string, Part>>();
const madeOf = new WeakMap<Part, MadeUnit>();

function partsByUnit(compiled: readonly Compiled[]): ReadonlyMap<string, readonly Part[]> {
  const byUnit = new Map<string, Part[]>();
  for (const one of compiled) {
    for (const [name, part] of splitByUnit(one)) {
      const others = byUnit.get(name);
      if (others) others.push(part);
      else byUnit.set(name, [part]);
    }
  }
  return byUnit;
}

function splitByUnit(compiled: Compiled): ReadonlyMap<string, Part> {
  const known = partsOf.get(compiled);
  if (known) return known;
  const parts = new Map<string, Part>();
  for (const unit of new Set(compiled.fragments.map((fragment) => fragment.unit))) {
    const fragments = compiled.fragments.filter((fragment) => fragment.unit === unit);
    parts.set(unit, { key: compiled.key, fragments });
  }
  partsOf.set(compiled, parts);
  return parts;
}

function unitOf(name: string, parts: readonly Part[]): MadeUnit {
  const [first] = parts;
  if (!first) throw new TypeError(`expected fragments of ${name}, got none`);
  const known = madeOf.get(first);
  if (known && known.parts.length === parts.length && known.parts.every((part, i) => part === parts[i])) {
    return known;
  }
  const made = makeUnit(name, parts, first);
  madeOf.set(first, made);
  return made;
}

function makeUnit(name: string, parts: readonly Part[], first: Part): MadeUnit {
  const owner = parts.find(({ fragments }) => fragments.some((fragment) => !fragment.contributes)) ?? first;
  const { sections, conflicts } = merge(name, inOrder(parts));
  const text = signedUnit(owner.key, sections);
  const unit: Unit = {
    name,
    owner: owner.key,
    text,
    hash: sha256(text),
    mode: sections.some(holdsSecret) ? 0o640 : 0o644,
    dependsOn: linksNamedIn(sections),
  };
  return { parts, unit, conflicts };
}

/** Owned fragments in the order of the documents, which decides who wins; then contributions by resource key. */
function inOrder(parts: readonly Part[]): readonly (readonly [ResourceKey, Fragment])[] {
  const all = parts.flatMap(({ key, fragments }) => fragments.map((fragment) => [key, fragment] as const));
  const contributed = all.filter(([, { contributes }]) => contributes);
  contributed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return [...all.filter(([, { contributes }]) => !contributes), ...contributed];
}

interface OpenSection {
  readonly name: string;
  readonly entries: Entry[];
  /** Who wrote each key. */
  readonly writers: Map<string, ResourceKey>;
}

function merge(unit: string, fragments: readonly (readonly [ResourceKey, Fragment])[]) {
  const sections: OpenSection[] = [];
  const conflicts: UnitConflict[] = [];
  for (const [key, fragment] of fragments) {
    const section = sectionFor(fragment, sections);
    if (fragment.contributes) {
      section.entries.push(...fragment.entries.filter((entry) => !includes(section.entries, entry)));
      continue;
    }
    for (const [entry, first] of claim(section, fragment, key)) {
      conflicts.push({ unit, key, first, section: section.name, entry });
    }
  }
  return { sections, conflicts };
}

function sectionFor(fragment: Fragment, sections: OpenSection[]): OpenSection {
  const open = fragment.repeated ? undefined : sections.find(({ name }) => name === fragment.section);
  if (open) return open;
  const section: OpenSection = { name: fragment.section, entries: [], writers: new Map() };
  sections.push(section);
  return section;
}

function includes(entries: readonly Entry[], [key, value]: Entry): boolean {
  return entries.some(([k, v]) => k === key && v === value);
}

/** Writes a resource's lines into a section; returns the keys that another one has written before, and that one. */
function claim(section: OpenSection, fragment: Fragment, key: ResourceKey): ReadonlyMap<string, ResourceKey> {
  const lost = new Map<string, ResourceKey>();
  for (const entry of fragment.entries) {
    const writer = section.writers.get(entry[0]);
    if (writer !== undefined && writer !== key) {
      lost.set(entry[0], writer);
      continue;
    }
    section.writers.set(entry[0], key);
    section.entries.push(entry);
  }
  return lost;
}

function linksNamedIn(sections: readonly UnitSection[]): readonly string[] {
  const names = sections
    .filter(({ name }) => name === 'Network')
    .flatMap(({ entries }) => entries.filter(([key]) => linkNamingKeys.has(key)))
    .flatMap(([, value]) => value.split(/\s+/))
    .filter((name) => name !== '');
  return [...new Set(names)].sort();
}

/** Of WireGuard also where the keys stand in files: which those are, and who the peers are, is nobody's business. */
function holdsSecret({ name, entries }: UnitSection): boolean {
  return name === 'WireGuard' || entries.some(([key]) => isSecret(name, key));
}
