import type { Kernel, ModelLink } from './kernel.ts';
import { type NetDevFile, readNetDev, type UnitFile } from './units.ts';

/** A netdev that networkd knows. */
interface NetDev {
  readonly unit: string;
  readonly file: NetDevFile;
  readonly stamp: string;
  /** `gone`: its device was there, and is not any more. */
  state: 'new' | 'ready' | 'failed' | 'gone';
  /** Of its device. */
  ifindex?: number;
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

  constructor(version: number, kernel: Kernel) {
    this.#version = version;
    this.#kernel = kernel;
  }

  /** One could not be made: up to v256 nothing but a restart has it tried again. */
  get isStuck(): boolean {
    return this.#version <= 256 && [...this.#known.values()].some(({ state }) => state === 'failed');
  }

  /** networkd starts: it takes what is there for its own. */
  start(units: Units): void {
    this.#known.clear();
    for (const [unit, { text, stamp }] of units) {
      const file = readNetDev(text);
      if (file && !this.#known.has(file.name)) this.#take({ unit, file, stamp, state: 'new' }, true);
    }
  }

  /** The device of a name; `awaited` where there will be one, undefined where networkd knows of none. */
  device(name: string): ModelLink | 'awaited' | undefined {
    const netdev = this.#known.get(name);
    if (!netdev) return undefined;
    return (netdev.state === 'ready' ? this.#kernel.named(name) : undefined) ?? 'awaited';
  }

  /** A device is gone. */
  dropped(ifindex: number, name: string): void {
    const netdev = this.#known.get(name);
    if (netdev?.ifindex !== ifindex) return;
    netdev.state = 'gone';
    if (!stackedKinds.has(netdev.file.kind)) this.#known.delete(name);
  }

  /** @returns names of netdevs that are new or changed */
  reload(units: Units): ReadonlySet<string> {
    const fresh = new Set<string>();
    const seen = new Set<string>();
    for (const [unit, { text, stamp }] of units) {
      const file = readNetDev(text);
      if (!file || seen.has(file.name)) continue;
      seen.add(file.name);
      const known = this.#known.get(file.name);
      if (known && !this.#isReadAgain(known, stamp)) continue;
      fresh.add(file.name);
      this.#take({ unit, file, stamp, state: 'new' }, this.#version <= 256);
    }
    if (this.#version >= 257)
      for (const name of this.#known.keys()) if (!seen.has(name)) this.#known.delete(name);
    return fresh;
  }

  /** Up to v256 a netdev that networkd knows stays as it is, v250 to v256 even when its stacked device is gone (#34907). */
  #isReadAgain({ state, stamp: before }: NetDev, stamp: string): boolean {
    if (this.#version >= 257) return stamp !== before;
    return this.#version <= 249 && state === 'gone';
  }

  #take(netdev: NetDev, adopts: boolean): void {
    const { file } = netdev;
    const device = this.#kernel.named(file.name);
    const before = this.#known.get(file.name);
    this.#known.set(file.name, netdev);
    if (device) {
      const mayAdopt = adopts || before?.state === 'ready';
      netdev.state = device.kind === file.kind && mayAdopt ? 'ready' : 'failed';
      netdev.ifindex = device.ifindex;
      if (netdev.state === 'ready' && this.#version >= 257 && !kept.has(file.kind))
        this.#change(device, file);
      return;
    }
    if (!stackedKinds.has(file.kind)) this.make(file.name, undefined);
  }

  #change(device: ModelLink, { mtu }: NetDevFile): void {
    if (mtu !== undefined) this.#kernel.set(device, { mtu });
  }

  /** Makes the device of a netdev where it is missing. @param parent what a stacked one stands on */
  make(name: string, parent: number | undefined): void {
    const kernel = this.#kernel;
    const netdev = this.#known.get(name);
    if (!netdev || netdev.state === 'ready' || kernel.named(name)) return;
    if (parent !== undefined && !kernel.links.has(parent)) return;
    // v247 and v249 hold on to what is no longer there until they are told to reload.
    if (netdev.state === 'gone' && this.#version <= 249) return;
    const { unit, file } = netdev;
    try {
      if (!madeKinds.has(file.kind)) throw new Error('Operation not supported');
      const isNew = {
        madeBy: file.isOurs ? unit : undefined,
        isProtected: !file.isOurs,
        mode: file.mode ?? (file.kind === 'macvlan' ? 'vepa' : undefined),
      };
      const made = {
        ...isNew,
        mtu: file.mtu ?? 1500,
        ...(file.mac && { mac: file.mac.toLowerCase() }),
        parent,
      };
      netdev.state = 'ready';
      if (file.kind === 'veth') kernel.addPair(name, file.peer ?? `${name}-peer`, made);
      else kernel.add(name, file.kind, made);
      netdev.ifindex = kernel.named(name)?.ifindex ?? 0;
    } catch {
      netdev.state = 'failed';
    }
  }
}
