import type { NetworkdClient, NetworkdSnapshot } from '../../../controller/networkd/contract.ts';
import type { NetworkdLink } from '../../../controller/networkd/links.ts';
import type { Machine } from '../model/machine.ts';
import type { Networkd } from '../model/networkd.ts';
import type { Calls } from './calls.ts';

/** The bus, and what is lost on the way over it. */
export interface BusState {
  /** The bus is there. */
  isUp: boolean;
  /** networkd has connected to this bus: it does not return to one that was restarted. */
  isNetworkdOnIt: boolean;
  /** How many of the signals wake nobody. */
  loses: number;
}

type Listener = (changed: readonly number[] | 'all') => void;

/** What the operator sees of networkd: always a little late. */
export class SimulatedNetworkdClient implements NetworkdClient {
  readonly #machine: Machine;
  readonly #networkd: Networkd;
  readonly #bus: BusState;
  readonly #calls: Calls;
  readonly #reload: () => void;
  readonly #listeners: Listener[] = [];
  #links = new Map<number, NetworkdLink>();
  #running = false;
  #run = 0;
  #snapshot: NetworkdSnapshot | undefined;

  /** @param reload has networkd read its files again */
  constructor(machine: Machine, networkd: Networkd, bus: BusState, calls: Calls, reload: () => void) {
    this.#machine = machine;
    this.#networkd = networkd;
    this.#bus = bus;
    this.#calls = calls;
    this.#reload = reload;
    if (this.#isReachable()) this.#readAll();
  }

  names = (): undefined => undefined;
  revertNames = async (): Promise<void> => undefined;
  start = async (): Promise<void> => undefined;
  stop = async (): Promise<void> => undefined;

  snapshot(): NetworkdSnapshot {
    const running = this.#running;
    this.#snapshot ??= {
      state: running ? 'running' : 'unavailable',
      message: running ? '' : 'systemd-networkd is not running',
      version: running ? this.#networkd.version : 0,
      run: this.#run,
      links: running ? this.#links : new Map(),
    };
    return this.#snapshot;
  }

  onChange(listener: Listener): void {
    this.#listeners.push(listener);
  }

  reload(): Promise<void> {
    return this.#call('reload systemd-networkd', this.#reload, true);
  }

  reconfigureLink(ifindex: number): Promise<void> {
    const act = () => {
      if (!this.#networkd.reconfigure(ifindex))
        throw new Error(`cannot reconfigure link ${ifindex}: no such link`);
    };
    return this.#call(`reconfigure link ${ifindex}`, act, true);
  }

  refresh(ifindexes?: readonly number[]): Promise<void> {
    return this.#call('ask systemd-networkd', () => {
      for (const ifindex of ifindexes ?? this.#networkd.links.keys())
        if (!this.#links.has(ifindex)) this.#learn(ifindex);
      this.#snapshot = undefined;
    });
  }

  networkFile = async (ifindex: number): Promise<string | undefined> => this.#networkd.networkFile(ifindex);

  /** A link's state changed: the signal arrives later, twice, or is never noticed. */
  linkChanged(ifindex: number): void {
    const { random, timeline } = this.#machine;
    const times = random.chance(0.02) ? 2 : 1;
    for (let i = 0; i < times; i++) timeline.inLife(random.next() ** 2 * 40, () => this.#signal(ifindex));
  }

  /** networkd or the bus came or went. */
  ownerChanged(): void {
    const { random, timeline } = this.#machine;
    timeline.inLife(random.next() * 20, () => {
      const before = this.#running;
      if (this.#isReachable()) this.#readAll();
      else this.#running = false;
      this.#links = this.#running ? this.#links : new Map();
      this.#snapshot = undefined;
      if (before || this.#running) for (const listener of this.#listeners) listener('all');
    });
  }

  #isReachable(): boolean {
    return this.#networkd.isRunning && this.#bus.isUp && this.#bus.isNetworkdOnIt;
  }

  #readAll(): void {
    this.#running = true;
    this.#run++;
    this.#links = new Map();
    for (const ifindex of this.#networkd.links.keys()) this.#learn(ifindex);
  }

  #learn(ifindex: number): boolean {
    const seen = this.#networkd.links.get(ifindex);
    const before = this.#links.get(ifindex);
    if (!seen) return this.#links.delete(ifindex);
    if (before?.setup === seen.setup && before.operational === seen.operational) return false;
    this.#links.set(ifindex, { ifindex, setup: seen.setup, operational: seen.operational });
    return true;
  }

  #signal(ifindex: number) {
    if (!this.#running || !this.#isReachable() || !this.#learn(ifindex)) return;
    this.#snapshot = undefined;
    if (this.#bus.loses > 0 && this.#machine.random.chance(this.#bus.loses))
      return this.#machine.meet('lost signal');
    for (const listener of this.#listeners) listener([ifindex]);
  }

  #call<T>(what: string, act: () => T, isWrite = false): Promise<T> {
    const reached = () => {
      if (!this.#isReachable()) throw new Error(`cannot ${what}: systemd-networkd is not running`);
      return act();
    };
    return this.#calls.ask('networkd', what, reached, isWrite);
  }
}
