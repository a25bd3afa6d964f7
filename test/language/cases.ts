import { readFileSync } from 'node:fs';
import { accepts } from '../../crds/networkd/values/accepts.ts';
import { namesOf } from '../../crds/networkd/values/shapes.ts';
import {
  keyFacts,
  keyNames,
  netdevKind,
  netdevKindNames,
  sectionNames,
} from '../../crds/networkd/vocabulary.ts';
import type { UnitType } from '../../crds/networkd/vocabulary-types.ts';
import { checkout } from '../bed/places.ts';

/** Values of a parser: what every version takes or refuses, and what a version takes or refuses from then on. */
interface Examples {
  readonly good: readonly string[];
  readonly bad: readonly string[];
  readonly byVersion?: Readonly<
    Record<number, { readonly good?: readonly string[]; readonly bad?: readonly string[] }>
  >;
}

/** One value of one key. */
export interface Case {
  readonly type: UnitType;
  readonly section: string;
  readonly key: string;
  readonly value: string;
  /** Only of a .netdev: the kind of device whose section it is. */
  readonly kind?: string;
  /** What the examples say networkd does with it. */
  readonly isGood: boolean;
  /** What osa-net does with it. */
  readonly isAccepted: boolean;
}

const examples = JSON.parse(readFileSync(`${checkout}/test/language/examples.json`, 'utf8')) as Readonly<
  Record<string, Examples>
>;

/** Each value of the examples for each key that a version has. */
export function casesOf(type: UnitType, version: number): readonly Case[] {
  return sectionNames(type).flatMap((section) =>
    keyNames(type, section).flatMap((key) => casesOfKey(type, section, key, version)),
  );
}

function casesOfKey(type: UnitType, section: string, key: string, version: number): readonly Case[] {
  const facts = keyFacts(type, section, key);
  if (!facts || facts.since > version) return [];
  const kind = type === 'netdev' ? kindWith(section, version) : undefined;
  if (type === 'netdev' && kind === undefined) return [];
  const shape = facts.shapeIn(version);
  const values = valuesFor(namesOf(facts.parserIn(version), section, key), version);
  return [...values].map(([value, isGood]) => ({
    ...{ type, section, key, value, isGood },
    ...(kind !== undefined && { kind }),
    isAccepted: accepts(shape, value),
  }));
}

/** The values for the first of these names, each with whether networkd takes it: what a later version says counts for it. */
function valuesFor(names: readonly string[], version: number): ReadonlyMap<string, boolean> {
  const found = examples[names.find((name) => Object.hasOwn(examples, name)) ?? ''];
  const verdicts = new Map<string, boolean>();
  const note = ({ good = [], bad = [] }: Partial<Examples>) => {
    for (const value of good) verdicts.set(value, true);
    for (const value of bad) verdicts.set(value, false);
  };
  if (!found) return verdicts;
  note(found);
  for (const [since, more] of Object.entries(found.byVersion ?? {})) if (Number(since) <= version) note(more);
  return verdicts;
}

function kindWith(section: string, version: number): string | undefined {
  if (section === 'NetDev' || section === 'Match') return 'bridge';
  return netdevKindNames().find((name) => {
    const kind = netdevKind(name);
    return kind && kind.since <= version && kind.sections.includes(section);
  });
}
