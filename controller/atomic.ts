import { constants } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Ending of files that are being written; what a crash leaves behind is recognised by it. Dotted, so networkd skips it. */
const unfinished = '.osa-net-tmp';

/** Where the bytes of a file stand until they are whole: beside it, so that the rename stays on one file system. */
export function unfinishedPath(path: string): string {
  return join(dirname(path), `.${basename(path)}${unfinished}`);
}

/**
 * Puts bytes beside their place and makes them durable; `rename` is left to the caller.
 * @throws the system's error (ENOSPC, EROFS, EACCES …); nothing is left behind then.
 */
export async function stage(
  path: string,
  data: string | Uint8Array,
  mode: number,
  gid?: number,
): Promise<string> {
  const temporary = unfinishedPath(path);
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  try {
    const file = await open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode);
    try {
      await file.writeFile(data);
      // The umask must not decide whether networkd can read a unit.
      await file.chmod(mode);
      if (gid !== undefined) await file.chown(0, gid);
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cause;
  }
  return temporary;
}

/**
 * Replaces a file so that at any instant, power loss included, either the old or the new bytes are there.
 * @throws the system's error; the old file is untouched then.
 */
export async function replaceFile(path: string, data: string | Uint8Array, mode = 0o644): Promise<void> {
  const temporary = await stage(path, data, mode);
  try {
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw cause;
  }
  await syncDirectory(dirname(path));
}

/** Makes renames and removals in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Removes what a crash left half written in a directory. A directory that does not exist has nothing. */
export async function removeUnfinished(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const left = names.filter((name) => name.startsWith('.') && name.endsWith(unfinished));
  await Promise.all(left.map((name) => rm(join(directory, name), { force: true })));
}
