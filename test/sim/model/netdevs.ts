import type { Kernel, ModelLink } from './kernel.ts';
import { type NetDevFile, readNetDev, type UnitFile } from './units.ts';

/** A .netdev that networkd has read; a .network that names it holds on to it. */
export interface NetDev {
  readonly unit: string;
  readonly file: NetDevFile;
  readonly stamp: string;
  /** `adopting`: its device is there, and is its own with the next that the kernel tells of it; `gone`: not any more. */
  state: 'new' | 'adopting' | 'ready' | 'failed' | 'gone';
  /** Of its device. */
  ifindex: number | undefined;
  /** Whether networkd notices what becomes of its device. */
  readonly isBound: boolean;
}

const stackedKinds = new Set(['macvlan']);
const madeKinds = new Set(['bridge', 'dummy', 'veth', 'macvlan']);
/** Kinds whose device v257+ never changes in place. */
const kept = new Set(['macvlan', 'veth']);

type Units = readonly (readonly [string, UnitFile])[];

/** The netdevs that networkd knows (systemd's netdev.c), which are more or less than what its files say. */
export class NetDevs {
  readonly #version: number;
  readonly #kernel: Kernel;
  readonly #known = new Map<string, NetDev>();
  /** Stacked ones that were dropped. */
  readonly #dropped = new Set<string>();

  constructor(version: number, kernel: Kernel) {
    this.#version = version;
    this.#kernel = kernel;
  }

  /** One could not be made. */
  get hasFailed(): boolean {
    return [...this.#known.values()].some(({ state }) => state === 'failed');
  }

  named(name: string): NetDev | undefined {
    return this.#known.get(name);
  }

  /** networkd starts: it takes what is there for its own. */
  start(units: Units): void {
    this.#known.clear();
    this.#dropped.clear();
    for (const [unit, { text, stamp }] of units) {
      const file = readNetDev(text);
      if (file && !this.#known.has(file.name)) this.#take({ unit, file, stamp }, 'ready');
    }
  }

  /** The kernel told of a link. */
  told({ ifindex, name, kind }: ModelLink): void {
    const netdev = this.#known.get(name);
    if (netdev?.state !== 'adopting' || netdev.file.kind !== kind) return;
    netdev.state = 'ready';
    netdev.ifindex = ifindex;
  }

  /** A device is gone. From v250 a stacked one stays known, as it was, and is made again for its parent. */
  dropped(ifindex: number, name: string): void {
    const netdev = this.#known.get(name);
    if (!netdev || netdev.ifindex !== ifindex) return;
    if (netdev.isBound) netdev.state = 'gone';
    const isStacked = stackedKinds.has(netdev.file.kind);
    if (isStacked) this.#dropped.add(name);
    if (!isStacked || this.#version <= 249) this.#known.delete(name);
  }

  /** Up to v256 a netdev that networkd knows stays as it is, even when its file is changed or gone (#34907). */
  reload(units: Units): void {
    const seen = new Set<string>();
    for (const [unit, { text, stamp }] of units) {
      const file = readNetDev(text);
      if (!file || seen.has(file.name)) continue;
      seen.add(file.name);
      const known = this.#known.get(file.name);
      if (this.#version >= 257 ? known?.stamp === stamp : known) continue;
      this.#take({ unit, file, stamp }, this.#version <= 256 ? 'adopting' : 'failed');
    }
    if (this.#version < 257) return;
    for (const name of this.#known.keys()) if (!seen.has(name)) this.#known.delete(name);
  }

  /** @param found what one is whose device is there already */
  #take(read: Pick<NetDev, 'unit' | 'file' | 'stamp'>, found: NetDev['state']): void {
    const { name, kind } = read.file;
    const device = this.#kernel.named(name);
    const before = this.#known.get(name);
    // For what holds on to a stacked netdev that was read anew v247 never has its device, and makes it as often as it is asked to.
    const isBound = !this.#dropped.has(name);
    const netdev: NetDev = { ...read, state: 'new', ifindex: device?.ifindex, isBound };
    this.#known.set(name, netdev);
    if (!device) {
      if (!stackedKinds.has(kind)) this.make(netdev, undefined);
      return;
    }
    netdev.state = device.kind !== kind ? 'failed' : before?.state === 'ready' ? 'ready' : found;
    if (netdev.state === 'ready' && this.#version >= 257 && !kept.has(kind)) this.#change(device, read.file);
  }

  #change(device: ModelLink, { mtu }: NetDevFile): void {
    if (mtu !== undefined) this.#kernel.set(device, { mtu });
  }

  /** MTUBytes= of v247 is for one end only. */
  #makePair({ name, peer = `${name}-peer` }: NetDevFile, made: Partial<ModelLink>): void {
    this.#kernel.addPair(name, peer, made);
    const other = this.#kernel.named(peer);
    if (other && this.#version <= 247) this.#kernel.set(other, { mtu: 1500 });
  }

  /** Makes the device of a netdev where it is missing. @param parent what a stacked one stands on */
  make(netdev: NetDev, parent: ModelLink | undefined): void {
    const { unit, file } = netdev;
    if ((netdev.state === 'ready' && netdev.isBound) || this.#kernel.named(file.name)) return;
    if (parent && !this.#kernel.links.has(parent.ifindex)) return;
    // v247 and v249 hold on to what is no longer there until the .network of its parent is read again.
    if (netdev.state === 'gone' && this.#version <= 249) return;
    try {
      if (!madeKinds.has(file.kind)) throw new Error('Operation not supported');
      const mtu = file.mtu ?? (file.kind === 'macvlan' ? parent?.mtu : undefined) ?? 1500;
      const made = {
        madeBy: file.isOurs ? unit : undefined,
        isProtected: !file.isOurs,
        mode: file.mode ?? (file.kind === 'macvlan' ? 'vepa' : undefined),
        mtu,
        ...(file.mac && { mac: file.mac.toLowerCase() }),
        // From v250 it chooses the MAC address of a bridge, too.
        ...(this.#version >= 250 && { isFresh: false }),
        parent: parent?.ifindex,
      };
      if (!this.#kernel.canHaveMtu({ kind: file.kind, parent: parent?.ifindex }, mtu))
        throw new Error('Invalid argument');
      netdev.state = 'ready';
      if (file.kind === 'veth') this.#makePair(file, made);
      else this.#kernel.add(file.name, file.kind, made);
      netdev.ifindex = this.#kernel.named(file.name)?.ifindex;
    } catch {
      netdev.state = 'failed';
    }
  }
}
