/** Kinds of network device, as `Kind=` has them, and the sections that a .netdev of each may have. */
export type KindSections = ReadonlyMap<string, readonly string[]>;

/** Reads them out of the C files of src/network/netdev, given one behind the other. */
export function kindSectionsOf(source: string): KindSections {
  const names = tableOf(source, /\[NETDEV_KIND_(\w+)\]\s*=\s*"([^"]+)"/g);
  const vtables = tableOf(source, /\[NETDEV_KIND_(\w+)\]\s*=\s*&(\w+)/g);
  const common = stringsOf(/#define NETDEV_COMMON_SECTIONS (.*)/.exec(source)?.[1] ?? '');
  const kinds = [...vtables].flatMap(([id, vtable]): [string, readonly string[]][] => {
    const name = names.get(id);
    const body = new RegExp(`NetDevVTable ${vtable} = \\{(.*?)\\n\\};`, 's').exec(source)?.[1];
    const list = /\.sections\s*=\s*([^,]*)/s.exec(body ?? '')?.[1];
    if (name === undefined || list === undefined) return [];
    return [[name, [...(list.includes('NETDEV_COMMON_SECTIONS') ? common : []), ...stringsOf(list)]]];
  });
  return new Map(kinds.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The sections that the reader of a .network or .link takes: a table of keys has some that it never gets to see. */
export function sectionsReadBy(reader: string): readonly string[] {
  return stringsOf(/"Match\\0[^;]*?config_item_perf_lookup/s.exec(reader)?.[0] ?? '');
}

function tableOf(source: string, row: RegExp): ReadonlyMap<string, string> {
  return new Map([...source.matchAll(row)].map(([, id = '', value = '']) => [id, value]));
}

/** The strings of a C literal such as "Match\0" "NetDev\0". */
function stringsOf(literal: string): readonly string[] {
  return [...literal.matchAll(/"([^"]*)"/g)].flatMap(([, text = '']) => text.split('\\0')).filter(Boolean);
}
