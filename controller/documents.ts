import { isUtf8 } from 'node:buffer';
import { type BigIntStats, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  type FileReading,
  fileProblem,
  maxFileSize,
  notAFile,
  readContent,
  tooLarge,
} from './file-content.ts';
import { systemMessage } from './system-message.ts';

export type { FileReading };

/** What the directory holds. Unchanged files keep their `FileReading` object from one reading to the next. */
export type DirectoryReading =
  | {
      readonly state: 'ok';
      /** By path (directory and file name), in lexical order of the names' bytes. */
      readonly files: ReadonlyMap<string, FileReading>;
      /** Identity of each file as it was read, for the next reading; a file without one is read again. */
      readonly stamps: ReadonlyMap<string, string>;
      /** By how much the clock was ahead of the time since the start, ms: it stands still unless somebody sets the clock. */
      readonly clock: number;
    }
  | { readonly state: 'missing' | 'unreadable'; readonly message: string };

/**
 * Reads every `*.yaml` and `*.yml` directly in a directory; dotfiles are left alone. A file that cannot be read
 * becomes a problem, a file that vanishes meanwhile is left out. Never throws, never blocks on a FIFO or a device.
 * With the previous reading only those files are read again whose inode, size or timestamps changed.
 */
export async function readDocuments(dir: string, previous?: DirectoryReading): Promise<DirectoryReading> {
  const listing = list(dir);
  if ('state' in listing) return listing;
  const files = new Map<string, FileReading>();
  const stamps = new Map<string, string>();
  const before = previous?.state === 'ok' ? previous : undefined;
  const clock = Date.now() - performance.now();
  const tellsAge = !isSetForward(clock, before);
  for (const name of listing.names) {
    const path = join(dir, name.toString());
    const identity = isUtf8(name)
      ? identify(path, listing.root)
      : fileProblem('BAD_NAME', path, notUtf8, renameIt);
    if (identity === 'gone') continue;
    const known = 'stamp' in identity && before?.stamps.get(path) === identity.stamp;
    const cached = before?.files.get(path);
    const reading = known && cached ? cached : readIdentified(identity, path);
    if (reading === 'gone') continue;
    files.set(path, cached && same(cached, reading) ? cached : reading);
    const stamp = stampToKeep(identity, known, tellsAge);
    // What could not be read may be readable the next time although nothing of the file changed (EIO).
    if (stamp !== undefined && reading.ok) stamps.set(path, stamp);
  }
  return { state: 'ok', files, stamps, clock };
}

/** By what a file is known again at the next reading; undefined while it may change and look the same. */
function stampToKeep(
  identity: Identity | FileReading,
  known: boolean,
  tellsAge: boolean,
): string | undefined {
  if (!('stamp' in identity)) return undefined;
  return known || (tellsAge && identity.settled) ? identity.stamp : undefined;
}

/** By a clock that was set forward since the last reading a file of just now looks old. */
function isSetForward(clock: number, before: { readonly clock: number } | undefined): boolean {
  return before !== undefined && clock - before.clock > tickMs;
}

/** Reads one file that the user named, wherever it is. `gone`: there is none. */
export async function readDocument(path: string): Promise<FileReading> {
  const identity = identify(path);
  const reading = identity === 'gone' ? 'gone' : readIdentified(identity, path);
  if (reading !== 'gone') return reading;
  return fileProblem(
    'UNREADABLE_FILE',
    path,
    'cannot read the file: no such file or directory',
    'check the path',
  );
}

const notUtf8 = 'the name of the file is not UTF-8';
const renameIt = 'rename the file';

/** A regular file that may be read: where it really is, and how to tell whether it changed. */
interface Identity {
  readonly realPath: string;
  readonly stamp: string;
  /** False: it changed so recently that another change could leave the same timestamps behind. */
  readonly settled: boolean;
}

interface Listing {
  readonly names: readonly Buffer[];
  /** The directory itself with every symlink resolved. */
  readonly root: string;
}

function list(dir: string): Listing | Exclude<DirectoryReading, { state: 'ok' }> {
  try {
    // names as bytes: one that is not UTF-8 would look like a file that has vanished
    const names = readdirSync(dir, { encoding: 'buffer' });
    const wanted = names.filter((name) => /^[^.].*\.ya?ml$/su.test(name.toString()));
    return { names: wanted.sort(Buffer.compare), root: realpathSync.native(dir) };
  } catch (error) {
    const state = codeOf(error) === 'ENOENT' ? 'missing' : 'unreadable';
    return { state, message: `cannot read the directory ${dir}: ${systemMessage(error)}` };
  }
}

/** @param root where the file must be; absent: anywhere */
function identify(path: string, root?: string): Identity | FileReading | 'gone' {
  try {
    const link = lstatSync(path, { bigint: true });
    const realPath = link.isSymbolicLink() ? realpathSync.native(path) : path;
    if (root !== undefined && realPath !== path && !realPath.startsWith(`${root}/`))
      return outside(path, realPath);
    const stats = link.isSymbolicLink() ? statSync(realPath, { bigint: true }) : link;
    const { size } = stats;
    // asked before it is opened: opening alone rewinds a tape, arms a watchdog, lets a FIFO's writer go on
    if (!stats.isFile()) return notAFile(path, stats);
    if (size > BigInt(maxFileSize)) return tooLarge(path);
    return { realPath, stamp: stampOf(realPath, stats), settled: isSettled(stats) };
  } catch (error) {
    return failed(path, error);
  }
}

function readIdentified(identity: Identity | FileReading, path: string): FileReading | 'gone' {
  if ('ok' in identity) return identity;
  try {
    return readContent(identity.realPath, path);
  } catch (error) {
    return failed(path, error);
  }
}

/** The timestamps of a file move in steps of the kernel's tick (4–10 ms); 100 ms leave room. */
const tickMs = 100;
const tick = BigInt(tickMs) * 1_000_000n;

function isSettled(stats: BigIntStats): boolean {
  const now = BigInt(Date.now()) * 1_000_000n;
  return now - stats.mtimeNs > tick && now - stats.ctimeNs > tick;
}

function stampOf(realPath: string, { dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${realPath} ${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

function same(a: FileReading, b: FileReading): boolean {
  if (a.ok) return b.ok && a.hash === b.hash;
  return !b.ok && a.problem.code === b.problem.code && a.problem.message === b.problem.message;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function failed(path: string, error: unknown): FileReading | 'gone' {
  if (codeOf(error) === 'ENOENT' && !isLink(path)) return 'gone';
  const hint =
    codeOf(error) === 'ENOENT'
      ? 'point the symlink at a file, or remove it'
      : 'make it readable, or remove it';
  return fileProblem('UNREADABLE_FILE', path, `cannot read the file: ${systemMessage(error)}`, hint);
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function outside(path: string, target: string): FileReading {
  const message = `the symlink leads out of the directory, to ${target}`;
  return fileProblem('OUTSIDE_DIRECTORY', path, message, 'copy the file into the directory');
}
