import type { Kernel, ModelLink } from './kernel.ts';
import { NetDevs } from './netdevs.ts';
import { operationalOf } from './operational.ts';
import type { Random } from './random.ts';
import { type NetworkFile, readNetwork, type UnitFile } from './units.ts';

/** networkd's idea of a link. */
export interface Managed {
  readonly ifindex: number;
  readonly name: string;
  setup: 'initialized' | 'configuring' | 'configured' | 'unmanaged' | 'failed';
  operational: string;
  /** `unit@stamp` of the .network that is applied. */
  applied: string | undefined;
  /** Waits for this device before it is configured. */
  waitsFor: string | undefined;
  /** Counts configurations: an older one that is still under way has no say any more. */
  round: number;
}

interface Network {
  readonly unit: string;
  readonly file: NetworkFile;
  readonly stamp: string;
}

/** What the model asks of its surroundings. */
export interface Surroundings {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly after: (ms: number, run: () => void) => void;
  /** Units in networkd's directory, by name. */
  readonly units: () => ReadonlyMap<string, UnitFile>;
  /** The state of a link changed; `undefined` managed: it is gone. */
  readonly told: (ifindex: number) => void;
}

/**
 * systemd-networkd as far as osa-net depends on it (systemd's networkd-manager.c, netdev.c, networkd-link.c, and what was
 * measured of v247 … v262): it reads units at a reload, makes netdevs, configures links a moment later, and deletes
 * nothing, ever. What differs between versions is asked of the number here and not of the operator's own table.
 */
export class Networkd {
  readonly version: number;
  readonly links = new Map<number, Managed>();
  readonly #world: Surroundings;
  readonly #netdevs: NetDevs;
  #networks: readonly Network[] = [];
  /** Counts its lives; 0 while it does not run. */
  #life = 0;
  #lives = 0;

  constructor(version: number, world: Surroundings) {
    this.version = version;
    this.#world = world;
    this.#netdevs = new NetDevs(version, world.kernel);
    world.kernel.listeners.push((ifindex, name) => this.#heard(ifindex, name));
  }

  get isRunning(): boolean {
    return this.#life !== 0;
  }

  /** A netdev that could not be made: up to v256 nothing but a restart has it tried again. */
  get isStuck(): boolean {
    return this.#netdevs.isStuck;
  }

  /** Names of the .network files that it has read, there or not any more. */
  get known(): readonly string[] {
    return this.#networks.map(({ unit }) => unit);
  }

  /** Whether the files with such names are still those that it has read. */
  hasRead(isMeant: (unit: string) => boolean): boolean {
    const ids = (all: readonly Network[]) => all.filter(({ unit }) => isMeant(unit)).map(idOf);
    return ids(this.#readNetworks()).join() === ids(this.#networks).join();
  }

  start(): void {
    this.stop();
    this.#life = ++this.#lives;
    this.#networks = this.#readNetworks();
    this.#netdevs.start(this.#unitsOf('.netdev'));
    for (const { ifindex, name } of this.#world.kernel.links.values()) this.#heard(ifindex, name);
  }

  stop(): void {
    this.#life = 0;
    this.links.clear();
  }

  /** Reads the files again and sets everything off that follows from them. */
  reload(): void {
    const fresh = this.#netdevs.reload(this.#unitsOf('.netdev'));
    this.#networks = this.#readNetworks();
    for (const managed of this.links.values()) {
      if (managed.setup === 'failed' && this.version >= 249 && this.version <= 256) continue;
      const network = this.#networkOf(managed.name);
      const id = network && idOf(network);
      const awaits = network?.file.stacked.some((name) => fresh.has(name)) && this.version >= 257;
      const retries = managed.setup === 'failed' && this.version !== 247;
      if (id !== managed.applied || awaits || retries) this.#configure(managed);
    }
  }

  /** @returns false where there is no such link */
  reconfigure(ifindex: number): boolean {
    const managed = this.links.get(ifindex);
    if (managed) this.#configure(managed);
    return managed !== undefined;
  }

  /** Path of the .network that is applied to a link. */
  networkFile(ifindex: number): string | undefined {
    const unit = this.links.get(ifindex)?.applied?.split('@')[0];
    return unit === undefined ? undefined : `/etc/systemd/network/${unit}`;
  }

  #unitsOf(ending: string): readonly (readonly [string, UnitFile])[] {
    const names = [...this.#world.units()].filter(([name]) => name.endsWith(ending) && !name.startsWith('.'));
    return names.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #readNetworks(): readonly Network[] {
    return this.#unitsOf('.network').flatMap(([unit, { text, stamp }]) => {
      const file = readNetwork(text);
      return file ? [{ unit, file, stamp }] : [];
    });
  }

  #networkOf(name: string): Network | undefined {
    return this.#networks.find(({ file }) => file.match === name);
  }

  /** The kernel told of a link; networkd reads it a moment later. */
  #heard(ifindex: number, name: string): void {
    this.#soon(3, () => {
      const link = this.#world.kernel.links.get(ifindex);
      if (!link) this.#dropped(ifindex, name);
      else if (!this.links.has(ifindex)) this.#found(link);
      this.#look();
    });
  }

  #dropped(ifindex: number, name: string): void {
    this.#netdevs.dropped(ifindex, name);
    if (this.links.delete(ifindex)) this.#world.told(ifindex);
  }

  #found({ ifindex, name }: ModelLink): void {
    const state = {
      setup: 'initialized',
      operational: 'off',
      applied: undefined,
      waitsFor: undefined,
    } as const;
    const managed: Managed = { ifindex, name, ...state, round: 0 };
    this.links.set(ifindex, managed);
    this.#world.told(ifindex);
    this.#soon(5, () => {
      if (this.links.get(ifindex) === managed && managed.setup === 'initialized') this.#configure(managed);
    });
    // Who waited for it goes on.
    for (const other of this.links.values()) {
      if (other.waitsFor === name) this.#configure(other);
      else if (this.#isPortOf(other, name)) this.#rejoin(other);
    }
  }

  #isPortOf({ name, setup, ifindex }: Managed, bridge: string): boolean {
    if (setup !== 'configured' || this.#world.kernel.links.get(ifindex)?.master !== undefined) return false;
    return this.#networkOf(name)?.file.bridge === bridge;
  }

  /** A port whose bridge was made anew: v257+ plugs it in again, the others do not. */
  #rejoin(port: Managed): void {
    if (this.version >= 257) this.#configure(port);
    else if (this.version >= 249) this.#say(port, { setup: 'failed' });
  }

  #configure(managed: Managed): void {
    const network = this.#networkOf(managed.name);
    managed.round += 1;
    managed.waitsFor = undefined;
    if (!network) {
      this.#unmanage(managed);
      return;
    }
    managed.applied = idOf(network);
    this.#say(managed, { setup: 'configuring' });
    const { round } = managed;
    this.#soon(8, () => {
      if (managed.round === round && this.links.get(managed.ifindex) === managed)
        this.#apply(managed, network);
    });
  }

  #unmanage(managed: Managed): void {
    const link = this.#world.kernel.links.get(managed.ifindex);
    if (managed.applied !== undefined && link && this.version >= 250)
      this.#world.kernel.set(link, { addresses: [] });
    managed.applied = undefined;
    this.#say(managed, { setup: 'unmanaged' });
  }

  #apply(managed: Managed, { file }: Network): void {
    const { kernel } = this.#world;
    const link = kernel.links.get(managed.ifindex);
    if (!link) return;
    const master = this.#masterFor(link, file);
    if (master === 'awaited') {
      managed.waitsFor = file.bridge;
      return;
    }
    kernel.set(link, { up: true, addresses: file.addresses, mtu: file.mtu ?? link.mtu, master });
    for (const name of file.stacked) this.#soon(6, () => this.#netdevs.make(name, link.ifindex));
    const { round } = managed;
    // Without ConfigureWithoutCarrier= it waits for a link-local address, which is checked for duplicates.
    this.#soon(file.withoutCarrier || master !== undefined ? 10 : 1_500, () => {
      if (managed.round === round && kernel.links.has(managed.ifindex))
        this.#say(managed, { setup: 'configured' });
    });
  }

  #masterFor({ master }: ModelLink, { bridge, keepsMaster }: NetworkFile): number | undefined | 'awaited' {
    if (bridge === undefined) return keepsMaster && this.version >= 250 ? master : undefined;
    // A bridge that has no .netdev: "NetDev could not be found, ignoring assignment".
    const device = this.#netdevs.device(bridge);
    return device === 'awaited' ? device : device?.ifindex;
  }

  #say(managed: Managed, { setup }: Pick<Managed, 'setup'>): void {
    if (managed.setup === setup) return;
    managed.setup = setup;
    this.#world.told(managed.ifindex);
    if (setup === 'failed' && this.version >= 257) this.#soon(2_000, () => this.#configure(managed));
    this.#look();
  }

  /** The operational states follow from those of the kernel. */
  #look(): void {
    const { kernel, told } = this.#world;
    for (const managed of this.links.values()) {
      const link = kernel.links.get(managed.ifindex);
      const operational = link ? operationalOf(link, kernel) : managed.operational;
      if (operational === managed.operational) continue;
      managed.operational = operational;
      told(managed.ifindex);
    }
  }

  #soon(ms: number, run: () => void): void {
    const life = this.#life;
    if (life === 0) return;
    this.#world.after(this.#world.random.next() * ms, () => {
      if (this.#life === life) run();
    });
  }
}

function idOf({ unit, stamp }: Network): string {
  return `${unit}@${stamp}`;
}
