import { newestSystemd, oldestSystemd } from '../networkd/capabilities.ts';
import { mayBeSecret } from '../networkd/keys.ts';
import { verdictOn } from '../networkd/values/accepts.ts';
import type { Verdict } from '../networkd/values/notation.ts';
import { inWords } from '../networkd/values/words.ts';
import type { KeyFacts } from '../networkd/vocabulary.ts';
import type { Fault } from '../problem.ts';
import { valuePlaces } from '../section-values.ts';
import { type Finding, type KeyPlace, unsupported } from './finding.ts';

/** What is wrong with the values of a key, one by one. */
export function valueFindings(place: KeyPlace, facts: KeyFacts, version: number): readonly Finding[] {
  const hidden = mayBeSecret(place.key);
  return valuePlaces(place.value, place.path).flatMap(([path, value]): readonly Finding[] => {
    const verdict = verdictIn(facts, value, version);
    if (verdict === 'taken') return [];
    const shown = hidden ? 'what it is set to' : value === '' ? 'an empty value' : JSON.stringify(value);
    const works = verdict === 'warned';
    const fault = works
      ? warned(place.key, shown, facts, version)
      : refused(place.key, value, shown, facts, version);
    return [{ path, on: 'value', fault, ...(works && { works }) }];
  });
}

/**
 * Versions whose sources were read through for what values they take. In a version between two of them a value may be
 * taken as in the one or already as in the other.
 */
const readThrough = [247, 252, 257, 262] as const;

function verdictIn(facts: KeyFacts, value: string, version: number): Verdict {
  const verdicts = neighboursOf(version).map((one) => verdictOn(facts.shapeIn(one), value));
  if (verdicts.includes('taken')) return 'taken';
  return verdicts.includes('warned') ? 'warned' : 'refused';
}

function neighboursOf(version: number): readonly number[] {
  const before = readThrough.findLast((one) => one <= version) ?? oldestSystemd;
  const after = readThrough.find((one) => one >= version) ?? newestSystemd;
  return before === after ? [before] : [before, version, after];
}

function warned(key: string, shown: string, facts: KeyFacts, version: number): Fault {
  return {
    code: 'OBSOLETE_VALUE',
    message: `systemd ${version} takes ${shown} for ${key} with a warning`,
    hint: `use ${inWords(facts.shapeIn(version))}`,
  };
}

function refused(key: string, value: string, shown: string, facts: KeyFacts, version: number): Fault {
  const use = `use ${inWords(facts.shapeIn(version))}`;
  const others = versionsTaking(facts, value);
  if (others.length === 0) return { code: 'BAD_VALUE', message: `${key} cannot be ${shown}`, hint: use };
  const later = others.find((one) => one > version);
  const hint = later === undefined ? use : `${use}, or run systemd ${later} or later`;
  return unsupported(version, `does not take ${shown} for ${key}`, hint);
}

function versionsTaking(facts: KeyFacts, value: string): readonly number[] {
  const first = Math.max(facts.since, oldestSystemd);
  const versions = Array.from({ length: newestSystemd - first + 1 }, (_, i) => first + i);
  return versions.filter((version) => verdictOn(facts.shapeIn(version), value) !== 'refused');
}
