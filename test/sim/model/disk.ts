import type { Random } from './random.ts';

type Names = Map<string, Inode>;

/** A change of a directory that is not on the disk yet. */
type Change = (names: Names) => void;

/** A file, directory or symlink: as programs see it, and as the disk has it. */
export interface Inode {
  readonly ino: number;
  readonly type: 'file' | 'directory' | 'symlink';
  /** On a tmpfs: a reboot takes it. */
  readonly isVolatile: boolean;
  mode: number;
  mtime: number;
  ctime: number;
  data: Buffer;
  /** What of `data` is on the disk; undefined: nothing was ever made durable. */
  durable: Buffer | undefined;
  readonly names: Names;
  onDisk: Names;
  pending: Change[];
}

const empty = Buffer.alloc(0);

/**
 * A file system that promises as little as POSIX does: file data is on the disk once the file was synced, names once
 * their directory was. What was not may be there after a power loss, be missing, be torn, or in another order.
 */
export class Disk {
  readonly #now: () => number;
  #count = 100;
  readonly root: Inode;
  /** Told of every change, with the path it was made under. */
  onChange: (path: string) => void = () => undefined;

  constructor(now: () => number) {
    this.#now = now;
    this.root = this.#inode('directory', 0o755, false);
  }

  find(path: string, follow = true): Inode | undefined {
    let at: Inode | undefined = this.root;
    for (const name of partsOf(path)) {
      if (at?.type !== 'directory') return undefined;
      at = at.names.get(name);
      if (at?.type === 'symlink' && follow) at = this.find(at.data.toString());
    }
    return at;
  }

  /** Makes a directory and all above it, as something that was always there. */
  establish(path: string, isVolatile = false): Inode {
    let at = this.root;
    for (const name of partsOf(path)) {
      let next = at.names.get(name);
      if (!next) {
        next = this.#inode('directory', 0o755, isVolatile);
        at.names.set(name, next);
        at.onDisk.set(name, next);
      }
      at = next;
    }
    return at;
  }

  create(parent: Inode, name: string, type: Inode['type'], mode: number): Inode {
    const inode = this.#inode(type, mode, parent.isVolatile);
    this.change(parent, (names) => names.set(name, inode));
    return inode;
  }

  /** Changes a directory; durable with its next sync. */
  change(directory: Inode, change: Change): void {
    change(directory.names);
    directory.pending.push(change);
    directory.mtime = directory.ctime = this.#now();
  }

  write(inode: Inode, data: Buffer): void {
    inode.data = data;
    inode.mtime = inode.ctime = this.#now();
  }

  touch(inode: Inode, mtime: number): void {
    inode.mtime = mtime;
    inode.ctime = this.#now();
  }

  sync(inode: Inode): void {
    if (inode.type === 'directory') {
      inode.pending = [];
      inode.onDisk = new Map(inode.names);
    } else inode.durable = inode.data;
  }

  /** What every program but the operator does: whole, and durable at once. */
  put(path: string, text: string): Inode {
    const directory = this.establish(parentOf(path));
    const name = nameOf(path);
    const inode = this.#inode('file', 0o644, directory.isVolatile);
    inode.data = inode.durable = Buffer.from(text);
    directory.names.set(name, inode);
    this.sync(directory);
    directory.mtime = directory.ctime = this.#now();
    this.onChange(path);
    return inode;
  }

  /** As `put`, in place: the file stays the same inode. */
  rewrite(path: string, text: string): void {
    const inode = this.find(path);
    if (!inode) return void this.put(path, text);
    this.write(inode, Buffer.from(text));
    this.sync(inode);
    this.onChange(path);
  }

  remove(path: string): void {
    const directory = this.find(parentOf(path));
    if (!directory?.names.delete(nameOf(path))) return;
    this.sync(directory);
    directory.mtime = directory.ctime = this.#now();
    this.onChange(path);
  }

  rename(from: string, to: string): void {
    const inode = this.find(from, false);
    const [source, target] = [this.find(parentOf(from)), this.find(parentOf(to))];
    if (!inode || !source || !target) return;
    source.names.delete(nameOf(from));
    target.names.set(nameOf(to), inode);
    this.sync(source);
    this.sync(target);
    source.mtime = target.mtime = this.#now();
    this.onChange(from);
    this.onChange(to);
  }

  text(path: string): string | undefined {
    const inode = this.find(path);
    return inode?.type === 'file' ? inode.data.toString() : undefined;
  }

  list(path: string): readonly string[] {
    return [...(this.find(path)?.names.keys() ?? [])];
  }

  /** Every text that a file may have if the power goes now. */
  afterPowerLoss(path: string): readonly (Buffer | undefined)[] {
    const directory = this.find(parentOf(path));
    if (!directory) return [undefined];
    const inodes = new Set([directory.onDisk.get(nameOf(path))]);
    const names = new Map(directory.onDisk);
    for (const change of directory.pending) {
      change(names);
      inodes.add(names.get(nameOf(path)));
    }
    return [...inodes].flatMap((inode) => (inode ? possibleTexts(inode) : [undefined]));
  }

  /** Names that may be in a directory if the power goes now. */
  namesAfterPowerLoss(path: string): ReadonlyMap<string, Inode> {
    const directory = this.find(path);
    if (!directory) return new Map();
    const all = new Map(directory.onDisk);
    for (const change of directory.pending) {
      const names: Names = new Map();
      change(names);
      for (const [name, inode] of names) all.set(name, inode);
    }
    return all;
  }

  /** The power goes, and comes back. */
  losePower(random: Random): void {
    this.#lose(this.root, random, new Set());
  }

  #lose(inode: Inode, random: Random, seen: Set<Inode>): void {
    if (seen.has(inode)) return;
    seen.add(inode);
    if (inode.type !== 'directory') {
      inode.data = inode.durable = survivorOf(inode, random);
      return;
    }
    const names = inode.isVolatile ? new Map() : survivingNames(inode, random);
    inode.pending = [];
    inode.onDisk = new Map(names);
    inode.names.clear();
    for (const [name, child] of names) {
      inode.names.set(name, child);
      this.#lose(child, random, seen);
    }
  }

  #inode(type: Inode['type'], mode: number, isVolatile: boolean): Inode {
    const now = this.#now();
    const maps = { names: new Map(), onDisk: new Map(), pending: [] };
    const times = { mtime: now, ctime: now };
    return { ino: ++this.#count, type, mode, isVolatile, data: empty, durable: undefined, ...times, ...maps };
  }
}

function possibleTexts({ data, durable }: Inode): readonly (Buffer | undefined)[] {
  return durable === data ? [data] : [data, durable ?? empty, data.subarray(0, data.length >> 1)];
}

/** What was written and not synced: all of it, nothing, a part, or blocks of zeros. */
function survivorOf({ data, durable, type }: Inode, random: Random): Buffer {
  if (durable === data || type === 'symlink') return data;
  const part = data.subarray(0, random.whole(0, data.length));
  return random.pick([data, durable ?? empty, durable ?? empty, part, Buffer.alloc(data.length)]);
}

/** The changes that were not synced: the first ones, or any of them. */
function survivingNames({ onDisk, pending }: Inode, random: Random): Names {
  const names = new Map(onDisk);
  const first = random.whole(0, pending.length);
  const inOrder = random.chance(0.5);
  for (const [i, change] of pending.entries()) if (inOrder ? i < first : random.chance(0.5)) change(names);
  return names;
}

const parts = new Map<string, readonly string[]>();

/** Remembered: a host has few paths, and each call asks for one. */
function partsOf(path: string): readonly string[] {
  const known = parts.get(path) ?? path.split('/').filter((part) => part !== '');
  parts.set(path, known);
  return known;
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
