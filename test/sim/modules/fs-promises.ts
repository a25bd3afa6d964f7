import { nameOf, parentOf } from '../model/disk.ts';
import { Killed, machine, systemError } from '../model/machine.ts';
import { readdirSync, readFileSync, removed, renamed, Stats, statSync, systemCall } from './fs.ts';

/** Stands in for `node:fs/promises`. Each call takes a little while, in which others may come to their end. */
function later<T>(act: () => T): Promise<T> {
  const host = machine();
  if (!host.alive) return new Promise(() => undefined);
  return new Promise((resolve, reject) => {
    host.timeline.inLife(host.random.next(), () => {
      try {
        resolve(act());
      } catch (cause) {
        if (!(cause instanceof Killed)) reject(cause);
      }
    });
  });
}

export function readFile(path: string, encoding?: 'utf8'): Promise<string | Buffer> {
  return later(() => readFileSync(path, encoding));
}

export function readdir(path: string): Promise<string[]> {
  return later(() => readdirSync(path) as string[]);
}

export function access(path: string): Promise<void> {
  return later(() => void statSync(path));
}

export function rm(path: string, { force = false } = {}): Promise<void> {
  return later(() =>
    systemCall('rm', path, () => removed(path, force), machine().disk.find(path, false) !== undefined),
  );
}

export function rename(from: string, to: string): Promise<void> {
  return later(() => systemCall('rename', to, () => renamed(from, to), true));
}

export function mkdir(path: string, { recursive = false, mode = 0o777 } = {}): Promise<void> {
  return later(() => make(path, recursive, mode));
}

function make(path: string, recursive: boolean, mode: number): void {
  const { disk } = machine();
  const known = disk.find(path);
  if (known?.type === 'directory' && recursive) return;
  if (known) throw systemError('EEXIST', 'mkdir', path);
  if (recursive) make(parentOf(path), true, 0o777);
  const parent = disk.find(parentOf(path));
  if (!parent) throw systemError('ENOENT', 'mkdir', path);
  systemCall('mkdir', path, () => disk.create(parent, nameOf(path), 'directory', mode), true);
}

export function utimes(path: string, _atime: Date, mtime: Date): Promise<void> {
  return later(() => {
    const { disk } = machine();
    const inode = disk.find(path);
    if (!inode) throw systemError('ENOENT', 'utime', path);
    systemCall('utimes', path, () => disk.touch(inode, mtime.getTime()), true);
  });
}

export function copyFile(from: string, to: string): Promise<void> {
  return later(() => {
    const { disk } = machine();
    const data = readFileSync(from) as Buffer;
    const parent = disk.find(parentOf(to));
    if (!parent) throw systemError('ENOENT', 'copyfile', to);
    systemCall('copyFile', to, () => disk.write(disk.create(parent, nameOf(to), 'file', 0o600), data), true);
  });
}

export function symlink(target: string, path: string): Promise<void> {
  return later(() => {
    const { disk } = machine();
    const parent = disk.find(parentOf(path));
    if (!parent) throw systemError('ENOENT', 'symlink', path);
    const link = () => {
      disk.create(parent, nameOf(path), 'symlink', 0o777).data = Buffer.from(target);
    };
    systemCall('symlink', path, link, true);
  });
}

export function stat(path: string): Promise<Stats> {
  return later(() => {
    const inode = machine().disk.find(path);
    if (!inode) throw systemError('ENOENT', 'stat', path);
    return new Stats(inode);
  });
}

/** There are no symbolic links here. */
export function realpath(path: string): Promise<string> {
  return later(() => {
    if (machine().disk.find(path, false) === undefined) throw systemError('ENOENT', 'realpath', path);
    return path;
  });
}
