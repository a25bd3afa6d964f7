import type { NetDev, NetDevs } from './netdevs.ts';
import { type NetworkFile, readNetwork, type UnitFile } from './units.ts';

/** A .network that was read, with the netdevs that it names as far as networkd knew them then. */
export interface Network {
  readonly unit: string;
  readonly file: NetworkFile;
  readonly stamp: string;
  readonly bridge: NetDev | undefined;
  readonly stacked: readonly NetDev[];
}

type Units = readonly (readonly [string, UnitFile])[];

/** Every .network that networkd has read (systemd's networkd-network.c). */
export class Networks {
  readonly #version: number;
  readonly #netdevs: NetDevs;
  #all: readonly Network[] = [];

  constructor(version: number, netdevs: NetDevs) {
    this.#version = version;
    this.#netdevs = netdevs;
  }

  start(units: Units): void {
    this.#all = this.#read(units, []);
  }

  /** Files that are as they were stay as they were read; from v257 only if also the netdevs that they name are. */
  reload(units: Units): void {
    this.#all = this.#read(units, this.#all);
  }

  /** The one that a link gets. */
  of(link: string): Network | undefined {
    return this.#all.find(({ file }) => file.match === link);
  }

  get names(): readonly string[] {
    return this.#all.map(({ unit }) => unit);
  }

  /** Whether the files with such names are still those that were read. */
  hasRead(units: Units, isMeant: (unit: string) => boolean): boolean {
    const ids = (all: readonly Network[]) => all.filter(({ unit }) => isMeant(unit)).map(idOf);
    return ids(this.#read(units, this.#all)).join() === ids(this.#all).join();
  }

  #read(units: Units, before: readonly Network[]): readonly Network[] {
    return units.flatMap(([unit, { text, stamp }]) => {
      const file = readNetwork(text);
      if (!file) return [];
      const network = { unit, file, stamp, ...this.#named(file) };
      const known = before.find((one) => idOf(one) === idOf(network));
      return known && (this.#version <= 256 || isSame(known, network)) ? [known] : [network];
    });
  }

  #named({ bridge = '', stacked }: NetworkFile): Pick<Network, 'bridge' | 'stacked'> {
    return {
      bridge: this.#netdevs.named(bridge),
      stacked: stacked.flatMap((name) => this.#netdevs.named(name) ?? []),
    };
  }
}

function idOf({ unit, stamp }: Network): string {
  return `${unit}@${stamp}`;
}

function isSame(one: Network, other: Network): boolean {
  const netdevs = [other.bridge, ...other.stacked];
  const before = [one.bridge, ...one.stacked];
  return netdevs.length === before.length && netdevs.every((netdev, i) => netdev === before[i]);
}
