import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fdatasync,
  fsync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { hashOf } from '../crds/hash.ts';

/** Ending of files that are being written; what a crash leaves behind is recognised by it. Dotted, so networkd skips it. */
const unfinished = '.osa-net-tmp';

const flush = promisify(fdatasync);
const flushAll = promisify(fsync);

/** Longest file name of Linux' file systems, bytes (NAME_MAX). */
const longestName = 255;

/** Where the bytes of a file stand until they are whole: beside it, so that the rename stays on one file system. */
export function unfinishedPath(path: string): string {
  const name = `.${basename(path)}${unfinished}`;
  const fits = Buffer.byteLength(name) <= longestName;
  return join(dirname(path), fits ? name : `.${hashOf(basename(path))}${unfinished}`);
}

/** Whose a file is to be. */
interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Puts bytes beside their place and makes them durable; `rename` is left to the caller.
 * @throws the system's error (ENOSPC, EROFS, EACCES …); nothing is left behind then.
 */
export async function stage(
  path: string,
  data: string | Uint8Array,
  mode: number,
  owner?: Owner,
): Promise<string> {
  const temporary = unfinishedPath(path);
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  try {
    // Only what waits for the disk goes through the thread pool: a trip there takes longer than all the rest together.
    const file = openSync(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode);
    try {
      writeFileSync(file, data);
      // The umask must not decide whether networkd can read a unit.
      fchmodSync(file, mode);
      if (owner) fchownSync(file, owner.uid, owner.gid);
      await flush(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    discard(temporary);
    throw cause;
  }
  return temporary;
}

/** Of the two troubles the first is the one to tell of. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // what is left is removed later, or at the next start
  }
}

/**
 * Replaces a file so that at any instant, power loss included, either the old or the new bytes are there.
 * @throws the system's error; the old file is untouched then.
 */
export async function replaceFile(path: string, data: string | Uint8Array, mode = 0o644): Promise<void> {
  const temporary = await stage(path, data, mode);
  try {
    renameSync(temporary, path);
  } catch (cause) {
    discard(temporary);
    throw cause;
  }
  await syncDirectory(dirname(path));
}

/** Makes renames and removals in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await flushAll(directory);
  } finally {
    closeSync(directory);
  }
}

/**
 * Removes a file so that no power loss brings it back; also one that is not there: whoever removed it may not have got
 * to sync that.
 */
export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
  await syncDirectory(dirname(path)).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
  });
}

/** Removes what was left half written in a directory. A directory that does not exist has nothing. */
export function removeUnfinished(directory: string): void {
  const left = namesIn(directory).filter((name) => name.startsWith('.') && name.endsWith(unfinished));
  for (const name of left) rmSync(join(directory, name), { force: true });
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw cause;
  }
}
