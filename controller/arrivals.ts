import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from './log.ts';
import { type Watch, watchNews } from './news.ts';

/** What to watch for. */
export interface ArrivalOptions {
  readonly directory: string;
  readonly accepts: (path: string) => boolean;
  readonly onArrival: () => void;
  readonly logger: Logger;
}

/**
 * Tells at once of a new file that was moved into place whole, as editors and configuration management do. One that is
 * written in place tells of every write as well; one of several may belong with the others; and a file that was there
 * before may be about to lose something to another: these are left to whoever waits for quiet.
 */
export function watchArrivals({ directory, accepts, onArrival, logger }: ArrivalOptions): Watch | undefined {
  const known = namesIn(directory);
  let latest = 0;
  let calm = true;
  const onNews = (event: string, name: string | null) => {
    if (name !== null && !accepts(join(directory, name))) return;
    const fresh = event === 'rename' && name !== null && isNew(join(directory, name), known);
    const arrived = fresh && calm;
    calm = false;
    latest += 1;
    const own = latest;
    afterNextEvents(() => {
      if (own !== latest) return;
      calm = true;
      if (arrived) onArrival();
    });
  };
  const news = watchNews(directory, onNews, logger);
  return {
    close() {
      latest += 1;
      return news?.close();
    },
  };
}

/** Calls back when everything that the kernel has to tell by now has been told: in the second turn of the event loop. */
function afterNextEvents(callback: () => void): void {
  setImmediate(() => setImmediate(callback));
}

function namesIn(directory: string): Set<string> {
  try {
    return new Set(readdirSync(directory).map((name) => join(directory, name)));
  } catch {
    return new Set(); // who reads the documents says why
  }
}

/** Whether a path is a file with content that was not `known` before; notes what it is now. */
function isNew(path: string, known: Set<string>): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  const before = known.has(path);
  if (stats) known.add(path);
  else known.delete(path);
  return !before && stats?.isFile() === true && stats.size > 0;
}
