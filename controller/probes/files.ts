import { readdirSync, readFileSync } from 'node:fs';
import { codeOf } from './ask.ts';

/**
 * The text of a file; empty where there is none, as /proc/net/tcp6 without IPv6.
 * Reads at once: /proc is made while it is read, so that another thread would gain nothing.
 */
export function textOf(path: string): string {
  return unlessMissing(() => readFileSync(path, 'utf8'), '');
}

/** Names in a directory, sorted; none where there is no such directory. */
export function namesIn(path: string): readonly string[] {
  return unlessMissing(() => readdirSync(path).sort(), []);
}

function unlessMissing<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return otherwise;
    throw error;
  }
}
