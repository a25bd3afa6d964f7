import { constants as realConstants } from 'node:fs';
import { type Inode, nameOf, parentOf } from '../model/disk.ts';
import { machine, systemError } from '../model/machine.ts';

/** Stands in for `node:fs`: the part that the operator uses, on the simulated disk. */
export const constants = realConstants;

const { O_CREAT, O_TRUNC, O_DIRECTORY, O_NOFOLLOW } = realConstants;
let lastFile = 10;

type Path = string | Buffer;

/** One call: it may be the operator's last, it may fail, and what changes the disk is told. */
export function systemCall<T>(call: string, path: string, act: () => T, isWrite = false): T {
  const host = machine();
  host.point();
  const trouble = host.troubleOf(call, path);
  if (trouble) throw trouble;
  if (isWrite) {
    if (!path.startsWith('/run/')) host.written(path);
    host.onWrite(call, path);
  }
  const result = act();
  if (isWrite) host.disk.onChange(path);
  return result;
}

function existing(call: string, path: string, follow = true): Inode {
  const inode = machine().disk.find(path, follow);
  if (!inode) throw systemError('ENOENT', call, path);
  return inode;
}

function directoryOf(call: string, path: string): Inode {
  const directory = existing(call, parentOf(path));
  if (directory.type !== 'directory') throw systemError('ENOTDIR', call, path);
  return directory;
}

export function openSync(path: string, flags = 0, mode = 0o666): number {
  const isNew = (flags & O_CREAT) !== 0 && !machine().disk.find(path, false);
  const writes = (flags & (O_CREAT | O_TRUNC)) !== 0;
  return systemCall(
    isNew ? 'openNew' : writes ? 'openWrite' : 'open',
    path,
    () => opened(path, flags, mode),
    writes,
  );
}

function opened(path: string, flags: number, mode: number): number {
  const { disk, files } = machine();
  const known = disk.find(path, (flags & O_NOFOLLOW) === 0);
  if (!known && !(flags & O_CREAT)) throw systemError('ENOENT', 'open', path);
  if (known?.type === 'symlink') throw systemError('ELOOP', 'open', path);
  if (known?.type !== 'directory' && flags & O_DIRECTORY) throw systemError('ENOTDIR', 'open', path);
  const inode = known ?? disk.create(directoryOf('open', path), nameOf(path), 'file', mode);
  if (known && flags & O_TRUNC) disk.write(known, Buffer.alloc(0));
  const file = ++lastFile;
  files.set(file, { inode, path, at: 0 });
  return file;
}

function fileOf(call: string, file: number): { inode: Inode; path: string; at: number } {
  const open = machine().files.get(file);
  if (!open) throw systemError('EBADF', call, String(file));
  return open;
}

export function closeSync(file: number): void {
  if (machine().alive) machine().files.delete(file);
}

export function writeFileSync(file: number, data: string | Uint8Array): void {
  const host = machine();
  const { inode, path } = fileOf('write', file);
  const bytes = Buffer.from(data as string);
  try {
    systemCall('write', path, () => host.disk.write(inode, bytes), true);
  } catch (cause) {
    // What there was room for is there.
    if (host.alive) host.disk.write(inode, bytes.subarray(0, bytes.length >> 1));
    throw cause;
  }
}

export function fchmodSync(file: number, mode: number): void {
  fileOf('fchmod', file).inode.mode = mode;
}

export function fchownSync(): void {}

export function renameSync(from: string, to: string): void {
  systemCall('rename', to, () => renamed(from, to), true);
}

export function renamed(from: string, to: string): void {
  const { disk } = machine();
  const inode = existing('rename', from, false);
  const [source, target] = [directoryOf('rename', from), directoryOf('rename', to)];
  if (target.names.get(nameOf(to))?.type === 'directory') throw systemError('EISDIR', 'rename', to);
  if (source !== target) throw new Error('the model renames within a directory only');
  disk.change(source, (names) => {
    names.delete(nameOf(from));
    names.set(nameOf(to), inode);
  });
  inode.ctime = machine().timeline.wall;
}

export function linkSync(from: string, to: string): void {
  const isTaken = machine().disk.find(to, false) !== undefined;
  systemCall('link', to, () => linked(from, to), !isTaken);
}

function linked(from: string, to: string): void {
  const directory = directoryOf('link', to);
  const inode = existing('link', from, false);
  if (directory.names.has(nameOf(to))) throw systemError('EEXIST', 'link', to);
  machine().disk.change(directory, (names) => names.set(nameOf(to), inode));
  inode.ctime = machine().timeline.wall;
}

export function rmSync(path: string, { force = false } = {}): void {
  systemCall('rm', path, () => removed(path, force), true);
}

export function removed(path: string, force: boolean): void {
  const { disk } = machine();
  const directory = disk.find(parentOf(path));
  const inode = directory?.names.get(nameOf(path));
  if (!directory || !inode) {
    if (force) return;
    throw systemError('ENOENT', 'rm', path);
  }
  if (inode.type === 'directory') throw systemError('EISDIR', 'rm', path);
  disk.change(directory, (names) => names.delete(nameOf(path)));
}

/** What `stat` tells, as far as it is asked. */
export class Stats {
  readonly #inode: Inode;
  readonly dev = 1;
  readonly ino: number;
  readonly size: number;
  readonly mode: number;
  readonly uid = 0;
  readonly gid = 0;
  readonly mtimeMs: number;
  readonly ctimeMs: number;

  constructor(inode: Inode) {
    this.#inode = inode;
    this.ino = inode.ino;
    this.size = inode.data.length;
    this.mode = inode.mode;
    this.mtimeMs = inode.mtime;
    this.ctimeMs = inode.ctime;
  }

  get mtimeNs(): bigint {
    return BigInt(this.mtimeMs) * 1_000_000n;
  }

  get ctimeNs(): bigint {
    return BigInt(this.ctimeMs) * 1_000_000n;
  }

  isFile = (): boolean => this.#inode.type === 'file';
  isDirectory = (): boolean => this.#inode.type === 'directory';
  isSymbolicLink = (): boolean => this.#inode.type === 'symlink';
  isFIFO = (): boolean => false;
  isSocket = (): boolean => false;
}

interface StatOptions {
  readonly bigint?: boolean;
  readonly throwIfNoEntry?: boolean;
}

function statsAt(call: string, path: string, follow: boolean, options: StatOptions): Stats | undefined {
  return systemCall(call, path, () => {
    const inode = machine().disk.find(path, follow);
    if (!inode && options.throwIfNoEntry !== false) throw systemError('ENOENT', call, path);
    if (!inode) return undefined;
    const stats = new Stats(inode);
    return options.bigint ? Object.assign(stats, { size: BigInt(stats.size) as unknown as number }) : stats;
  });
}

export function statSync(path: string, options: StatOptions = {}): Stats | undefined {
  return statsAt('stat', path, true, options);
}

export function lstatSync(path: string, options: StatOptions = {}): Stats | undefined {
  return statsAt('lstat', path, false, options);
}

export function fstatSync(file: number): Stats {
  return new Stats(fileOf('fstat', file).inode);
}

export function existsSync(path: string): boolean {
  const host = machine();
  host.point();
  return host.disk.find(path) !== undefined;
}

export function readFileSync(path: string, encoding?: 'utf8'): string | Buffer {
  return systemCall('readFile', path, () => {
    const { type, data } = existing('open', path);
    if (type === 'directory') throw systemError('EISDIR', 'read', path);
    return encoding ? data.toString(encoding) : Buffer.from(data);
  });
}

export function readSync(file: number, buffer: Uint8Array, offset: number, length: number): number {
  const open = fileOf('read', file);
  return systemCall('read', open.path, () => {
    const part = open.inode.data.subarray(open.at, open.at + length);
    buffer.set(part, offset);
    open.at += part.length;
    return part.length;
  });
}

export function readdirSync(path: string, options?: { encoding: 'buffer' }): string[] | Buffer[] {
  const names = systemCall('readdir', path, () => {
    const { type, names: all } = existing('scandir', path);
    if (type !== 'directory') throw systemError('ENOTDIR', 'scandir', path);
    return [...all.keys()];
  });
  return options ? names.map((name) => Buffer.from(name)) : names;
}

export function readlinkSync(path: string): string {
  return systemCall('readlink', path, () => existing('readlink', path, false).data.toString());
}

export function realpathSync(path: Path): string {
  return systemCall('realpath', String(path), () => {
    const inode = existing('realpath', String(path), false);
    return inode.type === 'symlink' ? inode.data.toString() : String(path);
  });
}
realpathSync.native = realpathSync;

type Callback = (error: Error | null) => void;

/** Through the thread pool, as the real ones: other things happen meanwhile. */
function synced(file: number, callback: Callback): void {
  const host = machine();
  if (!host.alive) return;
  host.point();
  const { inode, path } = fileOf('fsync', file);
  const data = inode.data;
  host.timeline.inLife(host.random.next() * 4, () => {
    const trouble = host.troubleOf('fsync', path);
    // What was being written when a sync failed is not written by the next one either.
    if (!trouble && inode.data === data) host.disk.sync(inode);
    callback(trouble ?? null);
  });
}

export const fsync = synced;
export const fdatasync = synced;
