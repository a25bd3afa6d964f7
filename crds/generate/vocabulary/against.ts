import { type UnitType, unitTypes, type VocabularyData } from '../../networkd/vocabulary-types.ts';

/** What somebody else found: section to key to the types of unit that have it, and since when (`v255`, `≤v247`, `v248..v252`). */
type Other = Readonly<
  Record<
    string,
    Readonly<
      Record<
        string,
        {
          readonly unitTypes: readonly UnitType[];
          readonly since: string;
          readonly sinceByUnit?: Readonly<Partial<Record<UnitType, string>>>;
        }
      >
    >
  >
>;

/** Lines for what the two do not agree on, and one with the counts. */
export function differencesFrom(vocabulary: VocabularyData, other: Other): readonly string[] {
  const ours = sinceOf(vocabulary);
  const theirs = new Map<string, string>(
    Object.entries(other).flatMap(([section, keys]) =>
      Object.entries(keys).flatMap(([key, { unitTypes: types, since, sinceByUnit }]) =>
        types.map((type) => [`.${type} [${section}] ${key}`, sinceByUnit?.[type] ?? since] as const),
      ),
    ),
  );
  const lines = [...new Set([...ours.keys(), ...theirs.keys()])].flatMap((id) => {
    const [our, their] = [ours.get(id), theirs.get(id)];
    if (our !== undefined && their !== undefined && isWithin(our, their)) return [];
    return [`${id}: ${our === undefined ? 'not here' : `v${our}`}, there ${their ?? 'not'}`];
  });
  return [...lines, `${ours.size} keys here, ${theirs.size} there, ${lines.length} differences`];
}

function sinceOf({ keys }: VocabularyData): ReadonlyMap<string, number> {
  const entries = unitTypes.flatMap((type) =>
    Object.entries(keys[type]).flatMap(([section, ofSection]) =>
      Object.entries(ofSection).map(([key, parsers]) => {
        const since = Math.min(...Object.keys(parsers).map(Number));
        return [`.${type} [${section}] ${key}`, since] as const;
      }),
    ),
  );
  return new Map(entries);
}

/** A range is what the other could not tell more exactly. */
function isWithin(since: number, range: string): boolean {
  const [first = 0, last = first] = range.replaceAll(/[≤v]/g, '').split('..').map(Number);
  return since >= first && since <= last;
}
