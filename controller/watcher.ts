import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { watch } from 'chokidar';
import { watchArrivals } from './arrivals.ts';
import type { Logger } from './log.ts';
import { type Watch, watchNews } from './news.ts';

/**
 * Watches one directory and says only "something may have changed": what is in it is read anew each time. Survives
 * that the directory is missing, removed and made again, which chokidar by itself does not.
 */
export interface DirectoryWatcher {
  /** Resolves when changes are seen. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Time after the last event before the directory is read, ms. chokidar drops a second change of a file within 50 ms
 * of the first, so reading earlier could miss the last bytes.
 */
const quietTime = 100;

/** Longest time for which events put off the reading, ms. */
const longestWait = 1_000;

/** What watching a directory takes. */
export interface WatchOptions {
  readonly directory: string;
  /** `each`: every file is watched by chokidar, symlinks to elsewhere included. `listing`: one watch for the directory. */
  readonly depth: 'each' | 'listing';
  readonly accepts: (path: string) => boolean;
  readonly onDirty: () => void;
  readonly logger: Logger;
}

/** Starts watching; `onDirty` comes once things have been quiet for a moment. */
export function watchDirectory(options: WatchOptions): DirectoryWatcher {
  const { directory, logger } = options;
  let setReady = () => {};
  const ready = new Promise<void>((resolve) => {
    setReady = resolve;
  });
  let inner: Watch | undefined;
  let identity = '';
  const renew = (onReady: () => void) => {
    const seen = identityOf(directory);
    if (seen === identity) return;
    identity = seen;
    void inner?.close();
    inner = seen === '' ? undefined : watchInside(options, quiet.call, onReady);
  };
  const quiet = afterQuiet(() => {
    above.renew();
    renew(quiet.call);
    options.onDirty();
  });
  const above = watchAbove(directory, quiet.call, logger);
  renew(setReady);
  if (!inner) setReady();
  return {
    ready,
    async stop() {
      quiet.stop();
      await above.close();
      await inner?.close();
    },
  };
}

/** Calls back once nothing came for a moment; at the latest after a while, whoever never stops writing. */
function afterQuiet(callback: () => void): { call(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let since = 0;
  return {
    call() {
      const now = performance.now();
      if (timer === undefined) since = now;
      clearTimeout(timer);
      timer = setTimeout(
        () => {
          timer = undefined;
          callback();
        },
        Math.max(0, Math.min(quietTime, since + longestWait - now)),
      );
    },
    stop: () => clearTimeout(timer),
  };
}

/** Watches the nearest directory above that exists; `renew` turns to another where that is another one by now. */
function watchAbove(
  directory: string,
  dirty: () => void,
  logger: Logger,
): { renew(): void; close(): Promise<void> } {
  let outer: Watch | undefined;
  let known = '';
  const renew = () => {
    for (;;) {
      const parent = nearestParent(directory);
      const seen = `${parent} ${identityOf(parent)}`;
      // Looked at once more behind a new watch: what came before it was told to nobody.
      if (seen === known) return;
      known = seen;
      void outer?.close();
      const own = join(parent, basename(parent)); // what inotify calls the removal of the watched directory itself
      const leadsOn = (path: string) =>
        path === own || path === directory || directory.startsWith(`${path}/`);
      outer = watchListing(parent, leadsOn, dirty, logger);
    }
  };
  renew();
  return { renew, close: async () => outer?.close() };
}

function watchInside(options: WatchOptions, dirty: () => void, onReady: () => void): Watch | undefined {
  const { directory, accepts, onDirty, logger } = options;
  if (options.depth === 'listing') {
    const listing = watchListing(directory, accepts, dirty, logger);
    onReady();
    return listing;
  }
  // chokidar does not tell when a symlink to a directory comes to lead elsewhere.
  const listing = watchListing(directory, accepts, dirty, logger);
  const ignored = (path: string) => path !== directory && !accepts(path);
  const arrivals = watchArrivals({ directory, accepts, onArrival: onDirty, logger });
  const inner = watch(directory, { ignored, ignoreInitial: true });
  inner.on('all', dirty);
  inner.on('ready', onReady);
  inner.on('error', (cause) => logger.warn('cannot watch a directory', { directory, cause: String(cause) }));
  return {
    async close() {
      await arrivals?.close();
      await listing?.close();
      await inner.close();
    },
  };
}

/** One inotify watch for a directory; undefined where there is none to watch (the resync still finds changes). */
function watchListing(
  directory: string,
  accepts: (path: string) => boolean,
  dirty: () => void,
  logger: Logger,
): Watch | undefined {
  const news = (_event: string, name: string | null) => {
    if (name === null || accepts(join(directory, name))) dirty();
  };
  return watchNews(directory, news, logger);
}

/** The nearest directory above that exists: it tells of the directory's removal and return. */
function nearestParent(directory: string): string {
  let parent = dirname(directory);
  while (!existsSync(parent)) parent = dirname(parent);
  return parent;
}

/** Tells a directory from one that was there before; file systems give the inode of a removed one to the next. */
function identityOf(directory: string): string {
  const stat = statSync(directory, { throwIfNoEntry: false, bigint: true });
  return stat ? `${stat.dev} ${stat.ino} ${stat.birthtimeNs}` : '';
}
