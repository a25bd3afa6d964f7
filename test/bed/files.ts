import { existsSync, lstatSync, mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Files of another root, by the paths that they have in there. Synchronous. */
export interface Files {
  /** Makes the folder too. */
  write(path: string, text: string): void;
  read(path: string): string;
  exists(path: string): boolean;
  /** A file or a whole folder; no error where there is none. */
  remove(path: string): void;
}

/** @param root e.g. `/proc/<pid>/root` */
export function filesUnder(root: string): Files {
  return {
    write(path, text) {
      const target = inRoot(root, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, text);
    },
    read: (path) => readFileSync(inRoot(root, path), 'utf8'),
    exists: (path) => existsSync(inRoot(root, path)),
    remove: (path) =>
      rmSync(join(inRoot(root, dirname(path)), basename(path)), { recursive: true, force: true }),
  };
}

/** An absolute symlink in there would lead out into the machine's own files, so each one is followed by hand. */
function inRoot(root: string, path: string): string {
  const rest = path.split('/').filter((part) => part !== '');
  let at: string[] = [];
  for (let hops = 0; rest.length > 0; ) {
    const part = rest.shift() as string;
    if (part === '.') continue;
    if (part === '..') {
      at = at.slice(0, -1);
      continue;
    }
    const link = symlink(join(root, ...at, part));
    if (link === undefined) {
      at = [...at, part];
      continue;
    }
    if (++hops > 40) throw new Error(`cannot follow ${path}: too many symbolic links`);
    if (link.startsWith('/')) at = [];
    rest.unshift(...link.split('/').filter((step) => step !== ''));
  }
  return join(root, ...at);
}

function symlink(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined;
}
