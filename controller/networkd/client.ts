import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bus, reconnectDelayMs } from '../dbus/bus.ts';
import type { BusSignal, Value } from '../dbus/connection.ts';
import { isAlreadyReloading, isUnknownObject, messageOf } from '../dbus/errors.ts';
import { watchService } from '../dbus/service.ts';
import type { Logger } from '../log.ts';
import { ifindexesOf, ifindexOfPath, LinkStates, type NetworkdLink, pathOfIfindex } from './links.ts';
import { sharesNamespace, systemdVersion } from './probe.ts';

export type { NetworkdLink } from './links.ts';

export interface NetworkdSnapshot {
  readonly state: 'running' | 'unavailable';
  /** Why it is unavailable; empty when it is running. */
  readonly message: string;
  /** The systemd version of the running networkd; 0 while it is not known. */
  readonly version: number;
  readonly links: ReadonlyMap<number, NetworkdLink>;
}

/** systemd-networkd as it is now, kept by its signals: nothing is polled, and it is never started by asking. */
export interface NetworkdClient {
  /** Resolves when networkd was asked for the first time; never rejects because it or the bus is absent. */
  start(): Promise<void>;
  stop(): Promise<void>;
  snapshot(): NetworkdSnapshot;
  /** Told of the ifindexes whose state changed, or `all` when everything was read anew or networkd went away. */
  onChange(listener: (changed: readonly number[] | 'all') => void): void;
  /** Makes networkd read its files again; one at a time. @throws Error `cannot reload systemd-networkd: …` */
  reload(): Promise<void>;
  /** Applies what networkd has loaded to one link anew. @throws Error `cannot reconfigure link 3: …` */
  reconfigureLink(ifindex: number): Promise<void>;
  /**
   * Makes the states of these links known (of all links where none are given); asks only for links that neither a
   * signal nor an earlier call has told of. Links that are gone meanwhile are left out. @throws BusError
   */
  refresh(ifindexes?: readonly number[]): Promise<void>;
  /** The .network file that is applied to a link; undefined where there is none. */
  networkFile(ifindex: number): Promise<string | undefined>;
}

export interface NetworkdClientOptions {
  /** Started by `start`, left running by `stop`. */
  readonly bus: Bus;
  readonly log: Logger;
  /** Where networkd keeps one file of state a link. */
  readonly linkStateDir?: string;
}

const network1 = 'org.freedesktop.network1';
const managerPath = '/org/freedesktop/network1';
const manager = 'org.freedesktop.network1.Manager';
const properties = 'org.freedesktop.DBus.Properties';
const changedRule = { interface: properties, member: 'PropertiesChanged', pathNamespace: managerPath };
const reloadDeadlineMs = 25_000;
const reloadRetryMs = 100;
/** So many questions are sent before their answers are awaited. */
const questionsAtOnce = 64;

export function createNetworkdClient(options: NetworkdClientOptions): NetworkdClient {
  return new Client(options);
}

class Client implements NetworkdClient {
  readonly #bus: Bus;
  readonly #log: Logger;
  readonly #linkStateDir: string;
  readonly #links = new LinkStates();
  readonly #listeners: ((changed: readonly number[] | 'all') => void)[] = [];
  #snapshot: NetworkdSnapshot | undefined;
  #message = 'systemd-networkd was not asked yet';
  #version = 0;
  /** The owner of networkd's name while it is being read or is known. */
  #owner: string | undefined;
  #retry: NodeJS.Timeout | undefined;
  #reloads: Promise<void> = Promise.resolve();
  #unwatch: (() => void) | undefined;
  #settle: () => void = () => undefined;

  constructor(options: NetworkdClientOptions) {
    this.#bus = options.bus;
    this.#log = options.log;
    this.#linkStateDir = options.linkStateDir ?? '/run/systemd/netif/links';
  }

  async start(): Promise<void> {
    const settled = new Promise<void>((resolve) => {
      this.#settle = resolve;
    });
    this.#unwatch = watchService(this.#bus, network1, [changedRule], {
      onOwner: (owner) => this.#ownerChanged(owner),
      onSignal: (signal) => this.#signal(signal),
    });
    await this.#bus.start();
    if (!this.#bus.connected) this.#unavailable(this.#bus.reason);
    await settled;
  }

  async stop(): Promise<void> {
    this.#unwatch?.();
    clearTimeout(this.#retry);
    this.#owner = undefined;
    this.#links.clear();
    this.#unavailable('stopped');
  }

  snapshot(): NetworkdSnapshot {
    const running = this.#message === '';
    this.#snapshot ??= {
      state: running ? 'running' : 'unavailable',
      message: this.#message,
      version: this.#version,
      links: running ? this.#links.known() : new Map(),
    };
    return this.#snapshot;
  }

  onChange(listener: (changed: readonly number[] | 'all') => void): void {
    this.#listeners.push(listener);
  }

  reload(): Promise<void> {
    const next = this.#reloads.then(() => this.#reload());
    this.#reloads = next.catch(() => undefined);
    return next;
  }

  async reconfigureLink(ifindex: number): Promise<void> {
    try {
      await this.#call('ReconfigureLink', 'i', [ifindex]);
    } catch (error) {
      throw new Error(`cannot reconfigure link ${ifindex}: ${messageOf(error)}`, { cause: error });
    }
  }

  async refresh(ifindexes?: readonly number[]): Promise<void> {
    const wanted = ifindexes ?? (await this.#list());
    const unknown = wanted.filter((ifindex) => !this.#links.has(ifindex));
    for (let first = 0; first < unknown.length; first += questionsAtOnce) {
      await Promise.all(unknown.slice(first, first + questionsAtOnce).map((ifindex) => this.#ask(ifindex)));
    }
  }

  async networkFile(ifindex: number): Promise<string | undefined> {
    try {
      const text = await readFile(`${this.#linkStateDir}/${ifindex}`, 'utf8');
      return /^NETWORK_FILE=(.+)$/m.exec(text)?.[1];
    } catch {
      return undefined;
    }
  }

  #ownerChanged(owner: string | undefined): void {
    clearTimeout(this.#retry);
    this.#owner = owner;
    this.#links.clear();
    if (owner !== undefined) void this.#read(owner, 0);
    else this.#unavailable(this.#bus.reason || 'systemd-networkd is not running');
  }

  #unavailable(message: string): void {
    this.#message = message;
    this.#version = 0;
    this.#changed('all');
    this.#settle();
  }

  /** Reads everything of a networkd that has just appeared; tries again while it is there and does not answer. */
  async #read(owner: string, attempt: number): Promise<void> {
    try {
      const [shared, version] = await Promise.all([
        sharesNamespace(this.#bus),
        systemdVersion(this.#bus),
        this.refresh(),
      ]);
      if (owner !== this.#owner) return;
      if (!shared) return this.#unavailable('networkd on this bus manages another network namespace');
      this.#message = '';
      this.#version = version;
      this.#changed('all');
      this.#settle();
    } catch (error) {
      if (owner !== this.#owner) return;
      const message = `systemd-networkd does not answer: ${messageOf(error)}`;
      if (attempt === 0) this.#log.warn(message);
      this.#retry = setTimeout(() => void this.#read(owner, attempt + 1), reconnectDelayMs(attempt));
      this.#unavailable(message);
    }
  }

  #signal(signal: BusSignal): void {
    const ifindex = ifindexOfPath(signal.path);
    if (ifindex === undefined || !this.#links.signal(ifindex, signal.body[1])) return;
    this.#changed([ifindex]);
  }

  #changed(changed: readonly number[] | 'all'): void {
    this.#snapshot = undefined;
    for (const listener of this.#listeners) listener(changed);
  }

  async #reload(): Promise<void> {
    const deadline = Date.now() + reloadDeadlineMs;
    for (;;) {
      try {
        await this.#call('Reload', '', []);
        return;
      } catch (error) {
        if (!isAlreadyReloading(error) || Date.now() > deadline) {
          throw new Error(`cannot reload systemd-networkd: ${messageOf(error)}`, { cause: error });
        }
        await sleep(reloadRetryMs);
      }
    }
  }

  async #list(): Promise<readonly number[]> {
    const asked = this.#links.now();
    const [rows] = await this.#call('ListLinks', '', []);
    const ifindexes = ifindexesOf(rows);
    this.#links.listed(new Set(ifindexes), asked);
    this.#snapshot = undefined;
    return ifindexes;
  }

  async #ask(ifindex: number): Promise<void> {
    const asked = this.#links.now();
    const owner = this.#owner;
    try {
      const [values] = await this.#bus.call({
        destination: network1,
        path: pathOfIfindex(ifindex),
        interface: properties,
        member: 'GetAll',
        signature: 's',
        body: ['org.freedesktop.network1.Link'],
      });
      if (owner !== this.#owner) return;
      this.#links.answer(ifindex, asked, values);
      this.#snapshot = undefined;
    } catch (error) {
      if (!isUnknownObject(error)) throw error;
    }
  }

  #call(member: string, signature: string, body: readonly unknown[]): Promise<readonly Value[]> {
    return this.#bus.call({
      destination: network1,
      path: managerPath,
      interface: manager,
      member,
      signature,
      body,
    });
  }
}
