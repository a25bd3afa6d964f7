/** One row of networkd's or udev's table of keys. */
export interface Row {
  readonly section: string;
  readonly key: string;
  /** The C function that reads the value, without `config_parse_`, and the argument that it is given, if any. */
  readonly parser: string;
  /** Where the value is put; empty where the parser alone knows. Two keys of one target are two names of one thing. */
  readonly target: string;
  /** Stands below the line that says that what follows is there for old files alone. */
  readonly obsolete: boolean;
}

const row =
  /^(?<section>[\w-]+)\.(?<key>[\w-]+),\s*config_parse_(?<parser>\w+),\s*(?<argument>[^,]+?),\s*(?<target>.+?)\s*$/;

/** The rows of a gperf table in their order. */
export function rowsOf(table: string): readonly Row[] {
  let obsolete = false;
  return table.split('\n').flatMap((line) => {
    if (line.includes('backwards compatibility')) obsolete = true;
    const { section, key, parser, argument, target } = row.exec(line)?.groups ?? {};
    if (section === undefined || key === undefined || parser === undefined) return [];
    const disabled = parser === 'warn_compat';
    return [
      {
        section,
        key,
        parser: argument === undefined || argument === '0' ? parser : `${parser} ${argument}`,
        target: target === undefined || target === '0' ? '' : `${target} ${argument}`,
        obsolete: obsolete || disabled,
      },
    ];
  });
}
