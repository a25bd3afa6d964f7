import { unitTypes, type VocabularyData } from '../../networkd/vocabulary-types.ts';

/** The data as a module: a line for each key, so that a new version of systemd reads well in a diff. */
export function moduleOf(data: VocabularyData): string {
  return `import type { VocabularyData } from './vocabulary-types.ts';

// Made by \`npm run vocabulary\` from systemd's sources; not edited by hand.

/** networkd's language; a function, so that what does not ask for it does not pay for it. */
export function vocabularyData(): VocabularyData {
  return ${literal(data)};
}
`;
}

function literal(data: VocabularyData): string {
  const types = (of: (type: (typeof unitTypes)[number]) => string) =>
    map(unitTypes.map((type) => [type, of(type)]));
  return map([
    ['keys', types((type) => nested(data.keys[type], (keys) => nested(keys, JSON.stringify)))],
    ['obsolete', types((type) => nested(data.obsolete[type], JSON.stringify))],
    ['netdevKinds', nested(data.netdevKinds, JSON.stringify)],
  ]);
}

function nested<T>(record: Readonly<Record<string, T>>, inner: (value: T) => string): string {
  return map(Object.entries(record).map(([name, value]) => [name, inner(value)]));
}

function map(entries: readonly (readonly [name: string, literal: string])[]): string {
  const lines = entries.map(
    ([name, value]) => `${/^\w+$/.test(name) ? name : JSON.stringify(name)}: ${value},\n`,
  );
  return `{\n${lines.join('')}}`;
}
