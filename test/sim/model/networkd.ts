import type { Managed } from './configuring.ts';
import { Inbox, type Message } from './inbox.ts';
import type { Kernel } from './kernel.ts';
import { Links } from './links.ts';
import { NetDevs } from './netdevs.ts';
import { Networks } from './networks.ts';
import type { Random } from './random.ts';
import type { UnitFile } from './units.ts';

/** What the model asks of its surroundings. */
export interface Surroundings {
  readonly kernel: Kernel;
  readonly random: Random;
  readonly after: (ms: number, run: () => void) => void;
  /** ms since some time. */
  readonly now: () => number;
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
  readonly #world: Surroundings;
  readonly #netdevs: NetDevs;
  readonly #networks: Networks;
  readonly #links: Links;
  readonly #inbox: Inbox;
  /** Counts its lives; 0 while it does not run. */
  #life = 0;
  #lives = 0;

  constructor(version: number, world: Surroundings) {
    this.version = version;
    this.#world = world;
    this.#netdevs = new NetDevs(version, world.kernel);
    this.#networks = new Networks(version, this.#netdevs);
    const { kernel, now, told } = world;
    const soon = (ms: number, run: () => void) => this.#soon(ms, run);
    const shop = { netdevs: this.#netdevs, networks: this.#networks, soon, now, told };
    this.#links = new Links({ version, kernel, ...shop });
    // That a link is gone is told once nobody looks at it any more (synchronize_net): time to plug a port into it in vain.
    const leastFor = ({ ifindex }: Message) => (kernel.links.has(ifindex) ? 0 : 20);
    this.#inbox = new Inbox(
      (message, run) => this.#soon(3, run, leastFor(message)),
      (message) => this.#read(message),
    );
    kernel.listeners.push((ifindex, name, hasLeft) => {
      if (this.isRunning) this.#inbox.put({ ifindex, name, hasLeft });
    });
  }

  /** What it knows of links, by ifindex. */
  get links(): ReadonlyMap<number, Readonly<Managed>> {
    return this.#links.all;
  }

  get isRunning(): boolean {
    return this.#life !== 0;
  }

  /** A netdev that could not be made: up to v256 nothing but a restart has it tried again. */
  get isStuck(): boolean {
    return this.version <= 256 && this.#netdevs.hasFailed;
  }

  /** Names of the .network files that it has read, there or not any more. */
  get known(): readonly string[] {
    return this.#networks.names;
  }

  /** Whether the files with such names are still those that it has read. */
  hasRead(isMeant: (unit: string) => boolean): boolean {
    return this.#networks.hasRead(this.#unitsOf('.network'), isMeant);
  }

  start(): void {
    this.stop();
    this.#life = ++this.#lives;
    this.#netdevs.start(this.#unitsOf('.netdev'));
    this.#networks.start(this.#unitsOf('.network'));
    this.#links.start();
    for (const { ifindex, name } of this.#world.kernel.links.values())
      this.#inbox.put({ ifindex, name, hasLeft: false });
  }

  stop(): void {
    this.#life = 0;
    this.#inbox.clear();
    this.#links.clear();
  }

  /** Reads the files again and sets everything off that follows from them. */
  reload(): void {
    this.#netdevs.reload(this.#unitsOf('.netdev'));
    this.#networks.reload(this.#unitsOf('.network'));
    this.#links.reload();
  }

  /** @returns false where there is no such link */
  reconfigure(ifindex: number): boolean {
    return this.#links.reconfigure(ifindex);
  }

  /** Path of the .network that is applied to a link. */
  networkFile(ifindex: number): string | undefined {
    const unit = this.links.get(ifindex)?.network?.unit;
    return unit === undefined ? undefined : `/etc/systemd/network/${unit}`;
  }

  #unitsOf(ending: string): readonly (readonly [string, UnitFile])[] {
    const names = [...this.#world.units()].filter(([name]) => name.endsWith(ending) && !name.startsWith('.'));
    return names.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #read({ ifindex, name, hasLeft }: Message): void {
    const link = this.#world.kernel.links.get(ifindex);
    // A port that its bridge let go is gone for networkd, and found again: it does not look at the family.
    if (!link || hasLeft) {
      this.#netdevs.dropped(ifindex, name);
      this.#links.drop(ifindex);
    }
    if (link) {
      this.#netdevs.told(link);
      if (!this.links.has(ifindex)) this.#links.find(link);
    }
    this.#links.look();
    this.#links.goOn();
  }

  #soon(ms: number, run: () => void, least = 0): void {
    const life = this.#life;
    if (life === 0) return;
    this.#world.after(least + this.#world.random.next() * ms, () => {
      if (this.#life === life) run();
    });
  }
}
