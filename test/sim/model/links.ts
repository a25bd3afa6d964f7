import {
  addressesFor,
  type Circumstances,
  isReady,
  linkLocalFor,
  type Managed,
  masterFor,
  needsLinkLocal,
} from './configuring.ts';
import type { Kernel, ModelLink } from './kernel.ts';
import type { NetDevs } from './netdevs.ts';
import type { Network, Networks } from './networks.ts';
import { operationalOf } from './operational.ts';

/** What links are configured from, and with. */
interface Workshop {
  readonly version: number;
  readonly kernel: Kernel;
  readonly netdevs: NetDevs;
  readonly networks: Networks;
  /** Runs something within so many ms, unless networkd ends before. */
  readonly soon: (ms: number, run: () => void) => void;
  /** ms since some time. */
  readonly now: () => number;
  readonly told: (ifindex: number) => void;
}

/** The links that networkd knows, and how it configures them (systemd's networkd-link.c). */
export class Links {
  readonly all = new Map<number, Managed>();
  readonly #shop: Workshop;
  /** Ports that it has plugged in itself. */
  readonly #joined = new Set<number>();
  /** Links that were there when it started, and that it has not configured since. */
  readonly #atStart = new Set<number>();

  constructor(shop: Workshop) {
    this.#shop = shop;
  }

  start(): void {
    for (const ifindex of this.#shop.kernel.links.keys()) this.#atStart.add(ifindex);
  }

  clear(): void {
    this.all.clear();
    this.#joined.clear();
    this.#atStart.clear();
  }

  /** Files and netdevs were read again. */
  reload(): void {
    const { version, networks } = this.#shop;
    for (const managed of this.all.values()) {
      const hasFailed = managed.setup === 'failed';
      // One that is new will be configured anyway.
      if (managed.setup === 'initialized' || (hasFailed && version >= 249 && version <= 256)) continue;
      if (networks.of(managed.name) !== managed.network) this.#configure(managed);
      // v257+ forgets that it has failed, and then finds that nothing has changed: it takes it for new from now on.
      else if (hasFailed && version >= 257) this.#say(managed, 'initialized');
    }
  }

  /** @returns false where there is no such link */
  reconfigure(ifindex: number): boolean {
    const managed = this.all.get(ifindex);
    if (managed && managed.setup !== 'initialized') this.#configure(managed);
    return managed !== undefined;
  }

  drop(ifindex: number): void {
    if (this.all.delete(ifindex)) this.#shop.told(ifindex);
  }

  /** Those that wait for a bridge that is there now go on. */
  goOn(): void {
    for (const managed of this.all.values())
      if (managed.waits && managed.network?.bridge?.state === 'ready') this.#configure(managed);
  }

  find({ ifindex, name }: ModelLink): void {
    const state = { setup: 'initialized', operational: 'off', network: undefined } as const;
    const managed: Managed = {
      ...{ ifindex, name, ...state, waits: false, isApplied: false, isChecked: false, hasCarrier: false },
      ...{ round: 0, tries: [] },
    };
    this.all.set(ifindex, managed);
    this.#shop.told(ifindex);
    this.#shop.soon(5, () => {
      if (this.all.get(ifindex) === managed && managed.round === 0) this.#configure(managed);
    });
  }

  /** With the files as they were read. */
  #configure(managed: Managed): void {
    const network = this.#shop.networks.of(managed.name);
    managed.round += 1;
    managed.waits = managed.isApplied = managed.isChecked = false;
    if (!network) {
      this.#unmanage(managed);
      return;
    }
    managed.network = network;
    this.#say(managed, 'configuring');
    this.#later(managed, 8, () => this.#apply(managed, network));
  }

  #unmanage(managed: Managed): void {
    const link = this.#shop.kernel.links.get(managed.ifindex);
    // Up to v249 it still names the .network that is gone, and leaves the addresses.
    if (this.#shop.version >= 250) {
      if (managed.network && link) this.#shop.kernel.set(link, { addresses: [] });
      managed.network = undefined;
    }
    this.#say(managed, 'unmanaged');
  }

  #apply(managed: Managed, network: Network): void {
    const { version, kernel } = this.#shop;
    const link = kernel.links.get(managed.ifindex);
    if (!link) return;
    const circumstances = { version, kernel, isStarting: this.#atStart.delete(link.ifindex) };
    const master = masterFor(link, network, circumstances);
    if (master === 'none yet') {
      managed.waits = true;
      return;
    }
    if (master === 'refused') {
      kernel.set(link, linkLocalFor(link, network, circumstances));
      this.#fail(managed);
      return;
    }
    if (master === undefined && link.master !== undefined) {
      // Its link-local address is lost on the way, and it is found again; see `Networkd`.
      kernel.set(link, { master, linkLocal: false });
      return;
    }
    if (master !== link.master) this.#plug(link, master);
    // v247 looks at a port that is plugged in already only when it hears of an address of its bridge.
    else if (kernel.links.get(master ?? 0)?.addresses.length) this.#joined.add(link.ifindex);
    this.#set(link, network, circumstances);
    managed.isApplied = true;
    this.#check(managed);
  }

  #set(link: ModelLink, network: Network, circumstances: Circumstances): void {
    const { kernel } = this.#shop;
    const addresses = addressesFor(link, network, circumstances);
    kernel.set(link, { up: true, addresses, ...linkLocalFor(link, network, circumstances) });
    const { mtu } = network.file;
    if (mtu !== undefined && kernel.canHaveMtu(link, mtu)) kernel.set(link, { mtu });
    for (const netdev of network.stacked) this.#shop.soon(6, () => this.#shop.netdevs.make(netdev, link));
  }

  /** First, and then it is set up: a bridge is without carrier in between. */
  #plug(link: ModelLink, master: number | undefined): void {
    this.#joined.add(link.ifindex);
    this.#shop.kernel.set(link, { master });
    this.look();
  }

  #fail(managed: Managed): void {
    this.#say(managed, 'failed');
    if (this.#shop.version < 257) return;
    // It tries again at once, but no more than five times (RateLimit { 10 s, 5 }).
    const now = this.#shop.now();
    managed.tries = [...managed.tries.filter((time) => time > now - 10_000), now];
    if (managed.tries.length <= 5) this.#later(managed, 5, () => this.#configure(managed));
  }

  /** Says that a link is configured once it has everything. */
  #check(managed: Managed): void {
    const isDone = () => {
      const link = this.#shop.kernel.links.get(managed.ifindex);
      return managed.setup === 'configuring' && link && isReady(managed, link, this.#shop.version);
    };
    if (managed.isChecked || !isDone()) return;
    managed.isChecked = true;
    // The kernel looks for duplicates of a link-local address.
    this.#later(managed, needsLinkLocal(managed, this.#shop.version) ? 1_500 : 10, () => {
      managed.isChecked = false;
      if (isDone()) this.#say(managed, 'configured');
    });
  }

  #say(managed: Managed, setup: Managed['setup']): void {
    if (managed.setup === setup) return;
    managed.setup = setup;
    this.#shop.told(managed.ifindex);
    this.look();
  }

  /** The operational states follow from those of the kernel. */
  look(): void {
    const { kernel, told } = this.#shop;
    for (const managed of this.all.values()) {
      const link = kernel.links.get(managed.ifindex);
      if (!link) continue;
      const hasCarrier = kernel.hasCarrier(link);
      if (hasCarrier !== managed.hasCarrier) this.#carrierChanged(managed, link, hasCarrier);
      this.#check(managed);
      const operational = operationalOf(link, kernel, this.#shop.version, this.#joined);
      if (operational === managed.operational) continue;
      managed.operational = operational;
      told(managed.ifindex);
    }
  }

  /** With carrier all addresses are set again; without it they go where the .network does not say otherwise. */
  #carrierChanged(managed: Managed, link: ModelLink, hasCarrier: boolean): void {
    managed.hasCarrier = hasCarrier;
    const file = managed.network?.file;
    if (!managed.isApplied || !file) return;
    const { addresses } = hasCarrier ? file : { addresses: [] };
    if (hasCarrier)
      this.#shop.kernel.set(link, { addresses: [...new Set([...link.addresses, ...addresses])] });
    else if (!file.withoutCarrier) this.#shop.kernel.set(link, { addresses });
  }

  /** Something that is to happen to a link unless it is configured anew before. */
  #later(managed: Managed, ms: number, run: () => void): void {
    const { round, ifindex } = managed;
    this.#shop.soon(ms, () => {
      if (managed.round === round && this.all.get(ifindex) === managed) run();
    });
  }
}
