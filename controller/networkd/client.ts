import { setTimeout as sleep } from 'node:timers/promises';
import type { LinkNames } from '../../crds/compiled.ts';
import { type Bus, reconnectDelayMs } from '../dbus/bus.ts';
import type { BusSignal, Value } from '../dbus/connection.ts';
import { isAlreadyReloading, isUnknownObject, messageOf } from '../dbus/errors.ts';
import { watchService } from '../dbus/service.ts';
import type { Logger } from '../log.ts';
import type { NetworkdClient, NetworkdSnapshot } from './contract.ts';
import { ifindexesOf, ifindexOfPath, LinkStates, pathOfIfindex } from './links.ts';
import { sharesNamespace, systemdVersion } from './probe.ts';
import { namesIn, networkFileIn } from './state-file.ts';

export type { NetworkdClient } from './contract.ts';
export type { NetworkdLink } from './links.ts';

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
  #run = 0;
  /** The owner of networkd's name while it is being read or is known. */
  #owner: string | undefined;
  /** Since networkd was last seen. */
  #busWasLost = false;
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
      run: this.#run,
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
    return networkFileIn(this.#linkStateDir, ifindex);
  }

  names(ifindex: number): LinkNames | undefined {
    return namesIn(this.#linkStateDir, ifindex);
  }

  async revertNames(ifindex: number): Promise<void> {
    try {
      for (const what of ['DNS', 'NTP']) await this.#call(`RevertLink${what}`, 'i', [ifindex]);
    } catch (error) {
      throw new Error(`cannot revert the servers of link ${ifindex}: ${messageOf(error)}`, { cause: error });
    }
  }

  #ownerChanged(owner: string | undefined): void {
    clearTimeout(this.#retry);
    this.#owner = owner;
    this.#busWasLost = owner === undefined && (this.#busWasLost || !this.#bus.connected);
    this.#links.clear();
    if (owner === undefined) this.#unavailable(this.#absent());
    else this.#appeared(owner);
  }

  /** What a networkd makes as it starts may be there before all of it is read. */
  #appeared(owner: string): void {
    this.#run++;
    if (this.#run > 1) this.#changed('all');
    void this.#read(owner, 0);
  }

  /** networkd does not return to a bus that was restarted (measured: v252); only its own restart helps. */
  #absent(): string {
    if (!this.#bus.connected) return this.#bus.reason;
    if (!this.#busWasLost) return 'systemd-networkd is not running';
    return 'systemd-networkd is not running, or has to be restarted because the system bus was';
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
