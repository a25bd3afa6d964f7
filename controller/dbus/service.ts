import type { Bus } from './bus.ts';
import type { BusSignal } from './connection.ts';
import type { MatchRule } from './rule.ts';

export interface ServiceHandlers {
  /**
   * Told after every connection to the bus, when the service comes or goes, and (undefined) when the bus is lost.
   * The owner is a unique name; a new one means that everything known of the service is void.
   */
  onOwner(owner: string | undefined): void;
  /** Signals of the present owner only. */
  onSignal(signal: BusSignal): void;
}

const bus1 = 'org.freedesktop.DBus';

/** Watches who owns a well-known name and hears its signals (one match rule each, and one for the owner). */
export function watchService(
  bus: Bus,
  name: string,
  rules: readonly Omit<MatchRule, 'sender'>[],
  handlers: ServiceHandlers,
): () => void {
  const watch = new ServiceWatch(bus, name, handlers);
  const changes = { sender: bus1, interface: bus1, member: 'NameOwnerChanged', arg0: name };
  const ends = [
    bus.subscribe(changes, (signal) => watch.ownerChanged(signal)),
    ...rules.map((rule) => bus.subscribe({ ...rule, sender: name }, (signal) => watch.signal(signal))),
    bus.onConnection((connected) => watch.connection(connected)),
  ];
  if (bus.connected) watch.connection(true);
  return () => {
    for (const end of ends) end();
  };
}

class ServiceWatch {
  readonly #bus: Bus;
  readonly #name: string;
  readonly #handlers: ServiceHandlers;
  #owner: string | undefined;
  /** Counts what was told of the owner, so that an answer that was overtaken by a signal is dropped. */
  #news = 0;

  constructor(bus: Bus, name: string, handlers: ServiceHandlers) {
    this.#bus = bus;
    this.#name = name;
    this.#handlers = handlers;
  }

  connection(connected: boolean): void {
    this.#news += 1;
    if (connected) void this.#ask(this.#news);
    else this.#set(undefined);
  }

  ownerChanged(signal: BusSignal): void {
    if (signal.sender !== bus1) return;
    this.#news += 1;
    const owner = signal.body[2];
    this.#set(typeof owner === 'string' && owner !== '' ? owner : undefined);
  }

  signal(signal: BusSignal): void {
    if (signal.sender === this.#owner) this.#handlers.onSignal(signal);
  }

  #set(owner: string | undefined): void {
    this.#owner = owner;
    this.#handlers.onOwner(owner);
  }

  async #ask(news: number): Promise<void> {
    const owner = await this.#nameOwner();
    if (news === this.#news) this.#set(owner);
  }

  /** undefined also where the bus itself fails: that ends in a lost connection, which is told of separately. */
  async #nameOwner(): Promise<string | undefined> {
    const call = {
      destination: bus1,
      path: '/org/freedesktop/DBus',
      interface: bus1,
      member: 'GetNameOwner',
    };
    try {
      const [owner] = await this.#bus.call({ ...call, signature: 's', body: [this.#name] });
      return typeof owner === 'string' ? owner : undefined;
    } catch {
      return undefined;
    }
  }
}
