import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * The commit that a directory is checked out from (gitrepository-layout(5)); undefined where it is none of git's. Reads
 * a few files: git itself may be missing, and refuses directories of other users.
 */
export async function revisionOf(directory: string): Promise<string | undefined> {
  const real = await realpath(directory).catch(() => undefined);
  for (let at = real; at !== undefined; at = at === dirname(at) ? undefined : dirname(at)) {
    const head = await text(join(at, '.git', 'HEAD'));
    if (head !== undefined) return commitOf(join(at, '.git'), head.trim());
  }
  return undefined;
}

async function commitOf(git: string, head: string): Promise<string | undefined> {
  const ref = /^ref: (\S+)$/.exec(head)?.[1];
  if (ref === undefined) return commitIn(head);
  const loose = await text(join(git, ref));
  if (loose !== undefined) return commitIn(loose.trim());
  const packed = (await text(join(git, 'packed-refs'))) ?? '';
  return commitIn(
    packed
      .split('\n')
      .find((line) => line.endsWith(` ${ref}`))
      ?.split(' ')[0] ?? '',
  );
}

function commitIn(word: string): string | undefined {
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(word) ? word : undefined;
}

async function text(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
