/** In which version a key came, by `Section.Key`; keys that the page does not date are absent. */
export type Dates = ReadonlyMap<string, number>;

const tokens =
  /<title>\[(?<section>[\w-]+)\] Section Options<\/title>|(?<open><varlistentry\b[^>]*>)|(?<close><\/varlistentry>)|<term>(?<term>.*?)<\/term>|version-info\.xml" xpointer="v(?<version>\d+)"/gs;

interface Entry {
  readonly keys: string[];
  version?: number;
}

/** Reads the dates out of a man page (DocBook): an entry lists keys and ends with the version that brought them. */
export function datesOf(page: string): Dates {
  const dates = new Map<string, number>();
  const open: Entry[] = [];
  let section = '';
  for (const { groups } of page.matchAll(tokens)) {
    const entry = open.at(-1);
    if (groups?.['section'] !== undefined) section = groups['section'];
    else if (groups?.['open'] !== undefined) open.push({ keys: [] });
    else if (groups?.['term'] !== undefined) entry?.keys.push(...keysOf(groups['term']));
    else if (groups?.['version'] !== undefined && entry) entry.version = Number(groups['version']);
    else if (groups?.['close'] !== undefined) {
      const { keys = [], version } = open.pop() ?? {};
      // An entry inside of another is for a value of its key.
      if (open.length > 0 || version === undefined) continue;
      for (const key of keys) dates.set(`${section}.${key}`, version);
    }
  }
  return dates;
}

function keysOf(term: string): readonly string[] {
  return [...term.matchAll(/<varname>([\w-]+)=/g)].map(([, key = '']) => key);
}
