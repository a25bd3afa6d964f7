import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import type { Problem, ProblemCode } from '../crds/problem.ts';

/** What one file holds, or why it cannot be read. */
export type FileReading =
  | { readonly ok: true; readonly bytes: Uint8Array /** sha256 (hex) of `bytes`. */; readonly hash: string }
  | { readonly ok: false; readonly problem: Problem };

/** Bytes. A Kubernetes object has the same limit (etcd's), and no host needs more in one file. */
export const maxFileSize = 1024 * 1024;

/**
 * Reads a regular file whole, up to `maxFileSize`.
 * @param path where it is, no symlink; @param file what the user calls it
 * @throws the system's error when it cannot be opened or read
 */
export function readContent(path: string, file: string): FileReading {
  // without O_NONBLOCK, opening a FIFO that took the file's place just now would wait for a writer for ever
  const handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const stats = fstatSync(handle);
    if (!stats.isFile()) return notAFile(file, stats);
    return contentOf(readUpTo(handle, maxFileSize + 1, stats.size), file);
  } finally {
    closeSync(handle);
  }
}

/** The bytes of a file, unless they are too many. */
export function contentOf(bytes: Uint8Array, file: string): FileReading {
  if (bytes.length > maxFileSize) return tooLarge(file);
  return { ok: true, bytes, hash: createHash('sha256').update(bytes).digest('hex') };
}

/** Reads until the end or the limit: a file may grow or shrink while it is read, so its size is only a guess. */
function readUpTo(handle: number, limit: number, guess: number): Uint8Array {
  let buffer = Buffer.alloc(Math.min(limit, guess + 1));
  let length = 0;
  for (;;) {
    if (length === buffer.length) {
      if (length === limit) return buffer;
      buffer = Buffer.concat([buffer], Math.min(limit, buffer.length * 2));
    }
    const count = readSync(handle, buffer, length, buffer.length - length, null);
    if (count === 0) return buffer.subarray(0, length);
    length += count;
  }
}

/** The problem of a file that has no content to point into. */
export function fileProblem(code: ProblemCode, file: string, message: string, hint: string): FileReading {
  return {
    ok: false,
    problem: { code, message, hint, location: { file, line: 1, column: 1, length: 1, excerpt: '' } },
  };
}

export function tooLarge(file: string): FileReading {
  return fileProblem('FILE_TOO_LARGE', file, 'the file is larger than 1 MiB', 'split it into several files');
}

/** What `stat` and `fstat` tell of the type of a file, with and without bigint. */
interface FileType {
  isDirectory(): boolean;
  isFIFO(): boolean;
  isSocket(): boolean;
}

export function notAFile(file: string, type: FileType): FileReading {
  const message = `${basename(file)} is ${typeName(type)}, not a file`;
  return fileProblem(
    'NOT_A_FILE',
    file,
    message,
    'remove it, or give it a name that does not end in .yaml or .yml',
  );
}

function typeName(type: FileType): string {
  if (type.isDirectory()) return 'a directory';
  if (type.isFIFO()) return 'a FIFO';
  return type.isSocket() ? 'a socket' : 'a device';
}
