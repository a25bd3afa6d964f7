import { createInterface } from 'node:readline';
import type { KernelLink } from '../../controller/kernel/client.ts';
import type { NetworkdLink } from '../../controller/networkd/client.ts';
import type { Bed } from './bed.ts';
import { eventually } from './eventually.ts';
import { checkout } from './places.ts';
import type { InsideProcess } from './process.ts';

export interface Snapshot {
  readonly state: string;
  readonly message: string;
  readonly version: number;
  readonly run: number;
  readonly links: readonly NetworkdLink[];
}

/** The operator's own clients, running in a bed. */
export interface Clients {
  readonly process: InsideProcess;
  /** What the networkd client told, in order: ifindexes or `all`. */
  readonly networkdEvents: (number | 'all')[];
  /** What the kernel watch told, in order: names or `all`. */
  readonly kernelEvents: string[];
  readonly log: string[];
  /** Calls a method; maps come back as lists of their values. @throws Error as the method does */
  call<T>(
    client: 'networkd' | 'kernel' | 'systemd' | 'probes',
    method: string,
    ...args: unknown[]
  ): Promise<T>;
  snapshot(): Promise<Snapshot>;
  links(...names: string[]): Promise<readonly KernelLink[]>;
}

interface Line {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: string;
  readonly event?: 'networkd' | 'kernel' | 'started';
  readonly changed?: readonly (number | string)[] | 'all';
  readonly log?: string;
}

/** Starts the clients; resolves when networkd was asked, or found to be absent, and the kernel is watched. */
export async function startClients(bed: Bed): Promise<Clients> {
  const inside = bed.spawn([process.execPath, `${checkout}/build/test/bed/clients-inside.js`]);
  const pending = new Map<number, (line: Line) => void>();
  const networkdEvents: (number | 'all')[] = [];
  const kernelEvents: string[] = [];
  const log: string[] = [];
  let started = false;
  let ids = 0;
  const { stdin, stdout, stderr } = inside.child;
  if (stdin === null || stdout === null) throw new Error('cannot drive the clients: no pipes');
  stderr?.on('data', (text) => log.push(`stderr ${text}`));
  createInterface({ input: stdout }).on('line', (text) => {
    const line = JSON.parse(text) as Line;
    if (line.log !== undefined) log.push(line.log);
    if (line.id !== undefined) pending.get(line.id)?.(line);
    if (line.event === 'networkd') networkdEvents.push(...eventsOf<number>(line));
    if (line.event === 'kernel') kernelEvents.push(...eventsOf<string>(line));
    started ||= line.event === 'started';
  });
  const call = async <T>(client: string, method: string, ...args: unknown[]): Promise<T> => {
    const id = ids++;
    const { result, error } = await new Promise<Line>((resolve) => {
      pending.set(id, resolve);
      stdin.write(`${JSON.stringify({ id, client, method, args })}\n`);
    });
    pending.delete(id);
    if (error !== undefined) throw new Error(error);
    return result as T;
  };
  await eventually(() => started && kernelEvents.includes('all'), 5_000);
  return {
    process: inside,
    networkdEvents,
    kernelEvents,
    log,
    call,
    snapshot: () => call('networkd', 'snapshot'),
    links: (...names) => call('kernel', 'links', ...(names.length > 0 ? [names] : [])),
  };
}

/** The message of the error that this work must fail with. */
export async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no error',
    (error: Error) => error.message,
  );
}

function eventsOf<T>({ changed }: Line): readonly (T | 'all')[] {
  return changed === 'all' ? ['all'] : ((changed ?? []) as readonly T[]);
}
