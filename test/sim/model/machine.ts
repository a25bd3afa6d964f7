import { Disk } from './disk.ts';
import { Random } from './random.ts';
import { Timeline } from './timeline.ts';

/** Thrown into the operator's code where it is killed: nothing that it does afterwards has an effect. */
export class Killed extends Error {}

/** Disk trouble: which calls fail, and how. */
export interface DiskFault {
  readonly code: 'ENOSPC' | 'EIO' | 'EACCES' | 'EROFS';
  /** Paths that begin so. */
  readonly under: string;
  /** How many of the calls that it can hit fail. */
  readonly probability: number;
  /** uptime, ms */
  readonly until: number;
}

/** How calls to other programs fare for a while. */
export interface CallFault {
  readonly who: 'networkd' | 'kernel' | 'systemd';
  readonly how: 'slow' | 'before' | 'after';
  readonly probability: number;
  readonly until: number;
}

/** What is counted: each call of the operator, or each one that has just changed something outside of its files. */
export type Counted = 'calls' | 'changes';

/** The two ways in which the operator can end at a call. */
export interface Doom {
  /** So many that are counted are left until then. */
  left: number;
  readonly counts: Counted;
  readonly then: () => void;
}

/** Something that others do while the operator is at work. */
interface Ambush {
  /** Calls of the operator that are left until then. */
  calls: number;
  readonly act: () => void;
}

/** One simulated computer: time, chance, disk, and the operator's process on it. */
export class Machine {
  readonly timeline = new Timeline();
  readonly random: Random;
  readonly disk: Disk;
  diskFaults: DiskFault[] = [];
  /** So many calls on the disk ended with an error. */
  diskFailures = 0;
  callFaults: CallFault[] = [];
  doom: Doom | undefined;
  ambushes: Ambush[] = [];
  /** Open files of the operator. */
  readonly files = new Map<number, { inode: import('./disk.ts').Inode; path: string; at: number }>();
  /** Faults that were met, by kind. */
  readonly met = new Map<string, number>();
  /** Told of every change that the operator makes to the disk, before it is made. */
  onWrite: (call: string, path: string) => void = () => undefined;
  /** How often the operator wrote to what lasts, and where it did last. */
  writes = 0;
  lastWritten = '';

  constructor(seed: number) {
    this.random = new Random(seed);
    this.disk = new Disk(() => this.timeline.wall);
  }

  get alive(): boolean {
    return this.timeline.life !== 0;
  }

  /** Every call of the operator comes by here. @throws Killed */
  point(what: Counted = 'calls'): void {
    if (!this.alive) throw new Killed();
    if (what === 'calls') this.#ambush();
    if (this.doom?.counts !== what || this.doom.left-- > 0) return;
    const { then } = this.doom;
    this.doom = undefined;
    then();
    throw new Killed();
  }

  #ambush(): void {
    if (this.ambushes.length === 0) return;
    const due = this.ambushes.filter((ambush) => ambush.calls-- <= 0);
    this.ambushes = this.ambushes.filter((ambush) => !due.includes(ambush));
    for (const { act } of due) act();
  }

  /** The operator's process is gone. */
  kill(): void {
    this.timeline.life = 0;
    this.files.clear();
    this.doom = undefined;
  }

  written(path: string): void {
    this.writes += 1;
    this.lastWritten = path;
  }

  meet(kind: string): void {
    this.met.set(kind, (this.met.get(kind) ?? 0) + 1);
  }

  /** The error that a call on the disk ends with now, if it does. */
  troubleOf(call: string, path: string): NodeJS.ErrnoException | undefined {
    if (this.diskFaults.length === 0) return undefined;
    const now = this.timeline.uptime;
    for (const { code, under, probability, until } of this.diskFaults) {
      if (now >= until || !path.startsWith(under) || !concerns(code, call)) continue;
      if (!this.random.chance(probability)) continue;
      this.meet(code);
      this.diskFailures += 1;
      return systemError(code, call, path);
    }
    return undefined;
  }

  /** How the next call to another program fares. */
  fateOf(who: CallFault['who']): { readonly ms: number; readonly fails: 'before' | 'after' | undefined } {
    const now = this.timeline.uptime;
    let ms = this.random.next() * (who === 'kernel' ? 6 : 3);
    for (const fault of this.callFaults) {
      if (fault.who !== who || now >= fault.until || !this.random.chance(fault.probability)) continue;
      this.meet(`${who} ${fault.how}`);
      if (fault.how === 'slow') ms += this.random.next() ** 3 * 20_000;
      else return { ms, fails: fault.how };
    }
    return { ms, fails: undefined };
  }
}

const reading = new Set(['readFile', 'read', 'readdir', 'stat', 'lstat', 'realpath', 'readlink']);
/** A full disk gives room back, and may still need room for a new name. */
const takesSpace = new Set(['openNew', 'write', 'mkdir', 'copyFile', 'symlink', 'link']);

function concerns(code: DiskFault['code'], call: string): boolean {
  switch (code) {
    case 'ENOSPC':
      return takesSpace.has(call);
    case 'EROFS':
      return !reading.has(call) && call !== 'open' && call !== 'fsync';
    case 'EACCES':
      return call !== 'read' && call !== 'write' && call !== 'fsync';
    case 'EIO':
      return call !== 'stat' && call !== 'lstat';
  }
}

const numbers = {
  ENOENT: -2,
  EIO: -5,
  EBADF: -9,
  EACCES: -13,
  EEXIST: -17,
  ENOTDIR: -20,
  EISDIR: -21,
  ENOSPC: -28,
  EROFS: -30,
  ENOTEMPTY: -39,
  ELOOP: -40,
};
type Code = keyof typeof numbers;

/** An error as Node has it. */
export function systemError(code: Code, syscall: string, path: string): NodeJS.ErrnoException {
  const { stackTraceLimit } = Error;
  // Most are expected (a file that is not there), and a stack costs more than the call.
  Error.stackTraceLimit = 0;
  const error = new Error(`${code}: simulated, ${syscall} '${path}'`);
  Error.stackTraceLimit = stackTraceLimit;
  return Object.assign(error, { code, errno: numbers[code], syscall, path });
}

let current: Machine | undefined;

/** Whose file system and clock the operator's code uses from now on. */
export function boot(machine: Machine): void {
  current = machine;
}

export function machine(): Machine {
  if (!current) throw new Error('no machine is booted');
  return current;
}
