import type { Logger } from '../log.ts';
import { type BusCall, type BusConnection, type BusSignal, connectBus, type Value } from './connection.ts';
import { BusError, disconnected } from './errors.ts';
import { type MatchRule, ruleMatches, ruleText } from './rule.ts';

/** A message bus that is connected again whenever it was lost, with the subscriptions that were there before. */
export interface Bus {
  /** Connects, and keeps connected; resolves after the first attempt, whether it succeeded or not. */
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly connected: boolean;
  /** Why there is no connection; empty when there is one. */
  readonly reason: string;
  /** @throws BusError at once when there is no connection; nothing is retried. */
  call(call: BusCall): Promise<readonly Value[]>;
  /** Hears signals until the returned function is called. Equal rules share one rule on the bus. */
  subscribe(rule: MatchRule, listener: (signal: BusSignal) => void): () => void;
  /** Told of every connection (all rules were sent before) and of every loss. */
  onConnection(listener: (connected: boolean) => void): () => void;
}

export interface BusOptions {
  readonly log: Logger;
  /** `$DBUS_SYSTEM_BUS_ADDRESS`, else the system bus's own socket. */
  readonly address?: string;
}

interface Subscription {
  readonly rule: MatchRule;
  readonly listener: (signal: BusSignal) => void;
}

const systemBusAddress = 'unix:path=/run/dbus/system_bus_socket';
const firstDelayMs = 250;
const longestDelayMs = 30_000;

/** How long to wait before the n-th attempt in a row (from 0): ten within the first half minute, then every 30 s. */
export function reconnectDelayMs(attempt: number, random: () => number = Math.random): number {
  const delay = Math.min(longestDelayMs, firstDelayMs * 1.5 ** attempt);
  return Math.round(delay * (0.8 + 0.4 * random()));
}

export function createBus(options: BusOptions): Bus {
  return new ReconnectingBus(options);
}

class ReconnectingBus implements Bus {
  readonly #log: Logger;
  readonly #address: string;
  readonly #rules = new Map<string, number>();
  readonly #subscriptions = new Set<Subscription>();
  readonly #listeners = new Set<(connected: boolean) => void>();
  #connection: BusConnection | undefined;
  #reason = 'not connected yet';
  #attempts = 0;
  #timer: NodeJS.Timeout | undefined;
  #started: Promise<void> | undefined;
  #stopped = false;

  constructor({ log, address }: BusOptions) {
    this.#log = log;
    this.#address = address ?? process.env['DBUS_SYSTEM_BUS_ADDRESS'] ?? systemBusAddress;
  }

  get connected(): boolean {
    return this.#connection !== undefined;
  }

  get reason(): string {
    return this.connected ? '' : this.#reason;
  }

  start(): Promise<void> {
    this.#started ??= this.#connect();
    return this.#started;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#started;
    this.#connection?.close();
    this.#connection = undefined;
    this.#reason = 'stopped';
  }

  call(call: BusCall): Promise<readonly Value[]> {
    if (this.#connection !== undefined) return this.#connection.call(call);
    const message = `cannot call ${call.member} of ${call.destination}: ${this.#reason}`;
    return Promise.reject(new BusError(disconnected, message));
  }

  subscribe(rule: MatchRule, listener: (signal: BusSignal) => void): () => void {
    const subscription = { rule, listener };
    this.#subscriptions.add(subscription);
    const key = ruleText(rule);
    const users = this.#rules.get(key) ?? 0;
    this.#rules.set(key, users + 1);
    if (users === 0 && this.#connection !== undefined) this.#changeRule(this.#connection, 'AddMatch', key);
    return () => {
      if (this.#subscriptions.delete(subscription)) this.#release(key);
    };
  }

  onConnection(listener: (connected: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #release(key: string): void {
    const users = (this.#rules.get(key) ?? 1) - 1;
    if (users > 0) {
      this.#rules.set(key, users);
      return;
    }
    this.#rules.delete(key);
    if (this.#connection !== undefined) this.#changeRule(this.#connection, 'RemoveMatch', key);
  }

  /** Sent without waiting: the bus handles what one connection sends in order. */
  #changeRule(connection: BusConnection, member: 'AddMatch' | 'RemoveMatch', key: string): void {
    connection.call(busCall(member, key)).catch((error: Error) => {
      // Without its rule a subscription is deaf: a new connection tries again, and a lost one has no rules to keep.
      if (connection === this.#connection) this.#lose(connection, error);
    });
  }

  async #connect(): Promise<void> {
    try {
      const connection = await connectBus({
        address: this.#address,
        onSignal: (signal) => this.#dispatch(signal),
        onClose: (cause) => this.#lose(connection, cause),
      });
      this.#accept(connection);
    } catch (error) {
      this.#retry(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #accept(connection: BusConnection): void {
    if (this.#stopped) {
      connection.close();
      return;
    }
    if (this.#attempts > 0) this.#log.info('the system bus is back');
    this.#connection = connection;
    this.#attempts = 0;
    for (const key of this.#rules.keys()) this.#changeRule(connection, 'AddMatch', key);
    for (const listener of [...this.#listeners]) listener(true);
  }

  #lose(connection: BusConnection, cause: Error): void {
    if (connection !== this.#connection) return;
    connection.close();
    this.#connection = undefined;
    this.#retry(cause);
    for (const listener of [...this.#listeners]) listener(false);
  }

  #retry(cause: Error): void {
    this.#reason = `the system bus is gone: ${cause.message}`;
    if (this.#stopped) return;
    if (this.#attempts === 0) this.#log.warn(this.#reason);
    this.#timer = setTimeout(() => void this.#connect(), reconnectDelayMs(this.#attempts));
    this.#attempts += 1;
  }

  #dispatch(signal: BusSignal): void {
    for (const { rule, listener } of [...this.#subscriptions]) {
      if (ruleMatches(rule, signal)) this.#hand(signal, listener);
    }
  }

  /** What a listener throws must not reach dbus-next: it would send it, with its stack, to the signal's sender. */
  #hand(signal: BusSignal, listener: (signal: BusSignal) => void): void {
    try {
      listener(signal);
    } catch (error) {
      this.#log.error(`cannot handle the signal ${signal.member} of ${signal.path}: ${String(error)}`);
    }
  }
}

function busCall(member: 'AddMatch' | 'RemoveMatch', rule: string): BusCall {
  return {
    destination: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus',
    member,
    signature: 's',
    body: [rule],
  };
}
