import type { Value } from '../dbus/connection.ts';

/** What networkd says of a link. */
export interface NetworkdLink {
  readonly ifindex: number;
  /** AdministrativeState, the SETUP column of `networkctl list`. */
  readonly setup: string;
  /** OperationalState. */
  readonly operational: string;
}

interface Entry {
  setup?: string;
  operational?: string;
  /** When a signal last told of it, on the counter of signals. */
  told: number;
}

const linkPath = /^\/org\/freedesktop\/network1\/link\/(?:_3(\d)|(\d))(\d*)$/;

/** The ifindex in a link's object path, where the first digit is escaped: `…/link/_312` is 12. */
export function ifindexOfPath(path: string): number | undefined {
  const match = linkPath.exec(path);
  return match === null ? undefined : Number(`${match[1] ?? match[2]}${match[3]}`);
}

/** The object path of a link (sd_bus_path_encode of its ifindex). */
export function pathOfIfindex(ifindex: number): string {
  const digits = String(ifindex);
  return `/org/freedesktop/network1/link/_3${digits[0]}${digits.slice(1)}`;
}

/** The ifindexes of a `ListLinks` reply, rows of ifindex, name and path. */
export function ifindexesOf(rows: Value | undefined): readonly number[] {
  if (!Array.isArray(rows)) return [];
  return rows.flatMap((row: Value) => (Array.isArray(row) && typeof row[0] === 'number' ? [row[0]] : []));
}

/**
 * The states of all links, kept by PropertiesChanged signals. An answer to a call may be handled after a signal that is
 * newer than it, so what a signal said since the call was made is never overwritten by the answer.
 */
export class LinkStates {
  readonly #entries = new Map<number, Entry>();
  #signals = 0;

  /** Every link of which both states are known. */
  known(): Map<number, NetworkdLink> {
    const known = new Map<number, NetworkdLink>();
    for (const [ifindex, { setup, operational }] of this.#entries) {
      if (setup !== undefined && operational !== undefined)
        known.set(ifindex, { ifindex, setup, operational });
    }
    return known;
  }

  has(ifindex: number): boolean {
    const entry = this.#entries.get(ifindex);
    return entry?.setup !== undefined && entry.operational !== undefined;
  }

  clear(): void {
    this.#entries.clear();
  }

  /** A moment to hand to `answer` and `listed` later: signals after it are newer than the answer. */
  now(): number {
    return this.#signals;
  }

  /** Takes a signal's changed properties; false where they say nothing of the two states. */
  signal(ifindex: number, properties: Value | undefined): boolean {
    const { setup, operational } = statesOf(properties);
    if (setup === undefined && operational === undefined) return false;
    this.#signals += 1;
    if (setup === 'linger') return this.#entries.delete(ifindex);
    const entry = this.#entries.get(ifindex) ?? { told: 0 };
    this.#entries.set(ifindex, entry);
    entry.told = this.#signals;
    if (setup !== undefined) entry.setup = setup;
    if (operational !== undefined) entry.operational = operational;
    return true;
  }

  /** Takes the answer to a GetAll that was sent at `asked`. */
  answer(ifindex: number, asked: number, properties: Value | undefined): void {
    const { setup, operational } = statesOf(properties);
    const entry = this.#entries.get(ifindex) ?? { told: 0 };
    const newer = entry.told > asked;
    if (setup === 'linger' && !newer) {
      this.#entries.delete(ifindex);
      return;
    }
    this.#entries.set(ifindex, entry);
    if (setup !== undefined && !(newer && entry.setup !== undefined)) entry.setup = setup;
    if (operational !== undefined && !(newer && entry.operational !== undefined))
      entry.operational = operational;
  }

  /** Forgets what a list that was asked for at `asked` does not have. */
  listed(ifindexes: ReadonlySet<number>, asked: number): void {
    for (const [ifindex, entry] of this.#entries) {
      if (!ifindexes.has(ifindex) && entry.told <= asked) this.#entries.delete(ifindex);
    }
  }
}

function statesOf(properties: Value | undefined): { setup?: string; operational?: string } {
  if (typeof properties !== 'object' || properties instanceof Uint8Array || Array.isArray(properties))
    return {};
  const record = properties as { readonly [key: string]: Value };
  const setup = record['AdministrativeState'];
  const operational = record['OperationalState'];
  return {
    ...(typeof setup === 'string' && { setup }),
    ...(typeof operational === 'string' && { operational }),
  };
}
