/** Types of unit that networkd and udev read. */
export const unitTypes = ['network', 'netdev', 'link'] as const;
export type UnitType = (typeof unitTypes)[number];

/**
 * By which parser systemd reads a key: the version from which on, and the parser's name without `config_parse_`, with
 * its argument where that decides what it reads. The first version is that which brought the key.
 */
export type Parsers = Readonly<Record<number, string>>;

/** Section to key to parsers. */
export type Sections = Readonly<Record<string, Readonly<Record<string, Parsers>>>>;

/** A key that is only there for old files: since when, and what took its place (`Network.IPv6SendRA`), if anything did. */
export interface Obsolete {
  readonly since: number;
  readonly instead?: string;
}

/** A kind of network device (`Kind=` of .netdev): the versions that have it, and the sections that its .netdev may have. */
export interface NetdevKind {
  readonly since: number;
  /** The last version that had it, where the newest has it no more. */
  readonly until?: number;
  readonly sections: readonly string[];
}

/** networkd's language. */
export interface VocabularyData {
  readonly keys: Readonly<Record<UnitType, Sections>>;
  /** By `Section.Key`. */
  readonly obsolete: Readonly<Record<UnitType, Readonly<Record<string, Obsolete>>>>;
  readonly netdevKinds: Readonly<Record<string, NetdevKind>>;
}
