import { ownerOf, parseUnit, type UnitSection } from '../../../crds/unit.ts';
import type { Disk } from './disk.ts';

/** Values of a key in the sections of a name. */
function valuesOf(sections: readonly UnitSection[], section: string, key: string): readonly string[] {
  return sections
    .filter(({ name }) => name === section)
    .flatMap(({ entries }) => entries.filter(([k]) => k === key).map(([, value]) => value));
}

/** The value that counts where a key is given more than once. */
function lastOf(sections: readonly UnitSection[], section: string, key: string): string | undefined {
  return valuesOf(sections, section, key).at(-1);
}

/** A unit as networkd finds it: its text, and what tells it from another of the same name. */
export interface UnitFile {
  readonly text: string;
  readonly stamp: string;
}

/** Units in a directory, by name: up to v249 networkd compares the times of files, later also inode and size. */
export function unitsOn(disk: Disk, directory: string, version: number): ReadonlyMap<string, UnitFile> {
  const units = new Map<string, UnitFile>();
  for (const [name, inode] of disk.find(directory)?.names ?? []) {
    if (inode.type !== 'file' || inode.data.length === 0) continue;
    const own = `${inode.mtime}`;
    const stamp = version < 250 ? own : `${own} ${inode.ino} ${inode.data.length}`;
    units.set(name, { text: inode.data.toString(), stamp });
  }
  return units;
}

/** A .netdev, read. */
export interface NetDevFile {
  readonly name: string;
  readonly kind: string;
  readonly peer: string | undefined;
  readonly mode: string | undefined;
  readonly mtu: number | undefined;
  readonly mac: string | undefined;
  /** Our signature is on it, whole or not. */
  readonly isOurs: boolean;
}

/** A .network for one link, read. */
export interface NetworkFile {
  readonly match: string;
  readonly addresses: readonly string[];
  readonly mtu: number | undefined;
  readonly bridge: string | undefined;
  readonly keepsMaster: boolean;
  readonly stacked: readonly string[];
  readonly withoutCarrier: boolean;
  /** LinkLocalAddressing=; undefined: networkd's default. */
  readonly linkLocal: boolean | undefined;
}

const netdevs = new Map<string, NetDevFile | undefined>();
const networks = new Map<string, NetworkFile | undefined>();

function cached<T>(cache: Map<string, T>, text: string, read: (text: string) => T): T {
  if (!cache.has(text)) {
    if (cache.size > 500) cache.clear();
    cache.set(text, read(text));
  }
  return cache.get(text) as T;
}

/** Undefined where networkd ignores the file. */
export function readNetDev(text: string): NetDevFile | undefined {
  return cached(netdevs, text, () => {
    const sections = parseUnit(text);
    const name = lastOf(sections, 'NetDev', 'Name');
    const kind = lastOf(sections, 'NetDev', 'Kind');
    if (name === undefined || kind === undefined) return undefined;
    const mtu = lastOf(sections, 'NetDev', 'MTUBytes');
    return {
      name,
      kind,
      peer: lastOf(sections, 'Peer', 'Name'),
      mode: lastOf(sections, 'MACVLAN', 'Mode'),
      mtu: mtu === undefined ? undefined : Number(mtu),
      mac: lastOf(sections, 'NetDev', 'MACAddress'),
      isOurs: ownerOf(text) !== undefined,
    };
  });
}

export function readNetwork(text: string): NetworkFile | undefined {
  return cached(networks, text, () => {
    const sections = parseUnit(text);
    const match = lastOf(sections, 'Match', 'Name');
    if (match === undefined) return undefined;
    const mtu = lastOf(sections, 'Link', 'MTUBytes');
    const linkLocal = lastOf(sections, 'Network', 'LinkLocalAddressing');
    return {
      match,
      addresses: [...valuesOf(sections, 'Network', 'Address'), ...valuesOf(sections, 'Address', 'Address')],
      mtu: mtu === undefined ? undefined : Number(mtu),
      bridge: lastOf(sections, 'Network', 'Bridge'),
      keepsMaster: lastOf(sections, 'Network', 'KeepMaster') === 'yes',
      stacked: valuesOf(sections, 'Network', 'MACVLAN'),
      withoutCarrier: lastOf(sections, 'Network', 'ConfigureWithoutCarrier') === 'yes',
      linkLocal: linkLocal === undefined ? undefined : linkLocal === 'yes' || linkLocal === 'ipv6',
    };
  });
}
