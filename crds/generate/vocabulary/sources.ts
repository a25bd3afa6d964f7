import { type UnitType, unitTypes } from '../../networkd/vocabulary-types.ts';

/** A release of systemd whose source says which keys it has. */
export interface Release {
  readonly version: number;
  /** File name in the pool of Debian's source package. */
  readonly tarball: string;
  readonly sha256: string;
}

/**
 * Those that Debian has kept of the versions that osa-net runs on. What happened between two of them is dated by the
 * newest one's man pages, and where they say nothing by the later of the two: a key is never thought older than it is.
 */
export const releases: readonly Release[] = [
  {
    version: 247,
    tarball: 'systemd_247.3.orig.tar.gz',
    sha256: '2869986e219a8dfc96cc0dffac66e0c13bb70a89e16b85a3948876c146cfa3e0',
  },
  {
    version: 252,
    tarball: 'systemd_252.39.orig.tar.gz',
    sha256: '08a54a6c4d4cf969fc025eaa8922a55d6bc458100c242510b56c96e7d72af1c5',
  },
  {
    version: 254,
    tarball: 'systemd_254.26.orig.tar.gz',
    sha256: '6c0aefb8c4858e8cebb307d78196def0fcbd356a15de3e648941bd361d06747f',
  },
  {
    version: 257,
    tarball: 'systemd_257.13.orig.tar.gz',
    sha256: '1eb7d5f9ff8a426ff880a3cded9ce819613ba8003ac5ddde9eca162f14ddabe7',
  },
  {
    version: 262,
    tarball: 'systemd_262.orig.tar.gz',
    sha256: '6aa77506c0644aa67f940a48e3d3a7368601f787e4f249139516d353f107bcab',
  },
];

/** The text of a file of a release by its path; of a folder's files one behind the other. */
export type Source = (path: string) => string;

const gperfPaths: Readonly<Record<UnitType, string>> = {
  network: 'src/network/networkd-network-gperf.gperf',
  netdev: 'src/network/netdev/netdev-gperf.gperf',
  link: 'src/udev/net/link-config-gperf.gperf',
};

const readerPaths = {
  network: 'src/network/networkd-network.c',
  link: 'src/udev/net/link-config.c',
} as const;

/** The C code that reads units of a type other than .netdev, and lists their sections. */
export function readerOf(source: Source, type: keyof typeof readerPaths): string {
  return source(readerPaths[type]);
}

/** The tables of keys of a release, by the type of unit. */
export function tablesOf(source: Source): Readonly<Record<UnitType, string>> {
  const entries = unitTypes.map((type) => [type, source(gperfPaths[type])] as const);
  return Object.fromEntries(entries) as Record<UnitType, string>;
}

/** The man page of a type of unit. */
export function manPageOf(source: Source, type: UnitType): string {
  return source(`man/systemd.${type}.xml`);
}

/** The paths that are wanted of a tarball, as tar's patterns. */
export const wantedPaths = [
  ...Object.values(gperfPaths),
  ...Object.values(readerPaths),
  'src/network/netdev/*.[ch]',
  'man/systemd.*.xml',
];
