/**
 * One connection to a message bus, and the only file that imports dbus-next (0.10.2, unmaintained). What the library
 * lacks is added here: deadlines, the end of the connection as an event, and calls that are refused when it is over.
 * Its proxies and its `addMatch` are never used: their match rules leak (dbus-next#110).
 */
import type { Duplex } from 'node:stream';
import dbus from 'dbus-next';
import { BusError, disconnected, failed, messageOf, timedOut } from './errors.ts';

/** What D-Bus sends, without variants: 64 bit integers are numbers where a number is exact. */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | readonly Value[]
  | { readonly [key: string]: Value };

export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
  /** 25 s unless told, as libdbus and sd-bus have it. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface BusSignal {
  /** The unique name of the sender, never its well-known one. */
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly body: readonly Value[];
}

export interface BusConnection {
  /** Our unique name. */
  readonly uniqueName: string;
  /** Calls a method and never starts the service for it (NO_AUTO_START). @throws BusError */
  call(call: BusCall): Promise<readonly Value[]>;
  /** Ends the connection; pending calls are refused, `onClose` is not called. */
  close(): void;
}

export interface ConnectOptions {
  /** `unix:path=…`, as in DBUS_SYSTEM_BUS_ADDRESS. */
  readonly address: string;
  /** How long connecting and saying hello may take; 5 s unless told. */
  readonly timeoutMs?: number;
  onSignal(signal: BusSignal): void;
  /** Called once, when an established connection is lost. */
  onClose(cause: Error): void;
}

/** What is used of dbus-next's inside; a test asserts that it is there. */
interface Internals {
  readonly name: string | null;
  readonly _connection: {
    readonly stream: Duplex;
    once(event: 'end', listener: () => void): void;
  };
  readonly _methodReturnHandlers: Record<number, ((reply: dbus.Message) => void) | undefined>;
}

const defaultCallTimeoutMs = 25_000;
const defaultConnectTimeoutMs = 5_000;
/** Serials count from 1 and Hello is sent by the constructor. */
const helloSerial = 1;

/** Connects and says hello. @throws Error `cannot connect to unix:path=…: <cause>` */
export async function connectBus(options: ConnectOptions): Promise<BusConnection> {
  const connection = new Connection(options);
  try {
    await connection.established;
    return connection;
  } catch (error) {
    throw new Error(`cannot connect to ${options.address}: ${messageOf(error)}`, { cause: error });
  }
}

class Connection implements BusConnection {
  readonly established: Promise<void>;
  readonly #bus: dbus.MessageBus;
  readonly #internals: Internals;
  readonly #options: ConnectOptions;
  readonly #pending = new Set<(cause: Error) => void>();
  #state: 'connecting' | 'open' | 'closed' = 'connecting';
  #cause = new Error('closed');

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#bus = dbus.sessionBus({ busAddress: socketAddress(options.address) });
    this.#internals = this.#bus as unknown as Internals;
    this.established = this.#establish(options.timeoutMs ?? defaultConnectTimeoutMs);
  }

  get uniqueName(): string {
    return this.#internals.name ?? '';
  }

  call(call: BusCall): Promise<readonly Value[]> {
    const what = `cannot call ${call.member} of ${call.destination}`;
    if (this.#state !== 'open') {
      return Promise.reject(new BusError(disconnected, `${what}: ${messageOf(this.#cause)}`, this.#cause));
    }
    const message = methodCall(call);
    const { timeoutMs = defaultCallTimeoutMs, signal } = call;
    return new Promise<readonly Value[]>((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#pending.delete(onClose);
        signal?.removeEventListener('abort', onAbort);
        // dbus-next forgets a handler only when its reply comes.
        if (message.serial !== null) delete this.#internals._methodReturnHandlers[message.serial];
      };
      const refuse = (type: string, cause: unknown): void => {
        settle();
        reject(new BusError(type, `${what}: ${messageOf(cause)}`, cause));
      };
      const onClose = (cause: Error): void => refuse(disconnected, cause);
      const onAbort = (): void => refuse(failed, signal?.reason);
      const timer = setTimeout(() => refuse(timedOut, new Error(`no reply in ${timeoutMs} ms`)), timeoutMs);
      this.#pending.add(onClose);
      signal?.addEventListener('abort', onAbort);
      if (signal?.aborted) return onAbort();
      this.#bus.call(message).then(
        (reply) => {
          settle();
          resolve(values(reply?.body));
        },
        (error) => refuse(error instanceof dbus.DBusError ? error.type : failed, error),
      );
    });
  }

  close(): void {
    this.#end(new Error('the connection was closed'), false);
  }

  #establish(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const lose = (cause: Error): void => this.#end(cause, true);
      const timer = setTimeout(() => lose(new Error(`no hello from the bus in ${timeoutMs} ms`)), timeoutMs);
      const onClose = (cause: Error): void => {
        clearTimeout(timer);
        reject(cause);
      };
      this.#pending.add(onClose);
      this.#bus.on('error', (error: unknown) =>
        lose(error instanceof Error ? error : new Error(String(error))),
      );
      // dbus-next does not tell of a bus that closes the connection in good order.
      this.#internals._connection.once('end', () => lose(new Error('the bus closed the connection')));
      this.#internals._connection.stream.once('close', () => lose(new Error('the connection broke')));
      this.#guardHello(lose);
      this.#bus.once('connect', () => {
        clearTimeout(timer);
        this.#pending.delete(onClose);
        this.#state = 'open';
        this.#bus.on('message', (message) => this.#receive(message));
        resolve();
      });
    });
  }

  /** A refused Hello (too many connections) would end the process: dbus-next throws it where nobody can catch it. */
  #guardHello(lose: (cause: Error) => void): void {
    const handlers = this.#internals._methodReturnHandlers;
    const accept = handlers[helloSerial];
    handlers[helloSerial] = (reply) => {
      if (reply.type === dbus.MessageType.ERROR)
        lose(new Error(`${reply.errorName}: ${String(reply.body[0])}`));
      else accept?.(reply);
    };
  }

  #receive(message: dbus.Message): void {
    if (this.#state !== 'open' || message.type !== dbus.MessageType.SIGNAL) return;
    const { sender, path, member, body } = message;
    this.#options.onSignal({ sender, path, interface: message.interface, member, body: values(body) });
  }

  #end(cause: Error, tell: boolean): void {
    if (this.#state === 'closed') return;
    const wasOpen = this.#state === 'open';
    this.#state = 'closed';
    this.#cause = cause;
    this.#internals._connection.stream.destroy();
    for (const refuse of [...this.#pending]) refuse(cause);
    this.#pending.clear();
    if (wasOpen && tell) this.#options.onClose(cause);
  }
}

function methodCall(call: BusCall): dbus.Message {
  return new dbus.Message({
    destination: call.destination,
    path: call.path,
    interface: call.interface,
    member: call.member,
    signature: call.signature ?? '',
    body: [...(call.body ?? [])],
    flags: dbus.MessageFlag.NO_AUTO_START,
  });
}

/**
 * `unix:path=/a` in dbus-next's own spelling `unix:socket=/a`: with `path=` it would first try a native module that
 * does not build on newer Node.
 */
function socketAddress(address: string): string {
  const first = address.split(';').find((part) => part.startsWith('unix:path='));
  const escaped = first?.slice('unix:path='.length).split(',')[0];
  const path = escaped === undefined ? undefined : decodeURIComponent(escaped);
  if (path === undefined || /[:;,=]/.test(path)) {
    throw new Error(`cannot use the bus address ${address}: expected unix:path=/some/socket`);
  }
  return `unix:socket=${path}`;
}

function values(body: readonly unknown[] | undefined): readonly Value[] {
  return (body ?? []).map(plain);
}

function plain(value: unknown): Value {
  if (value instanceof dbus.Variant) return plain(value.value);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  // Byte arrays are slices of the whole message: a copy lets the rest of it go.
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new TypeError(`expected a D-Bus value, got ${typeof value}`);
}
