import { type FSWatcher, readdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { Bed } from '../bed/bed.ts';

/** Counts the links of a bed that networkd calls `configured`, from outside and without asking anybody. */
export interface LinkStates {
  /**
   * Resolves with the time (performance.now) at which so many links were configured for the first time.
   * @throws after `timeoutMs`
   */
  configured(count: number, timeoutMs: number): Promise<number>;
  stop(): void;
}

/**
 * Watches the files in which networkd keeps the state of each link (/run/systemd/netif/links/<ifindex>), through
 * inotify: no D-Bus call, nothing polled, so that being watched costs networkd the same whoever drives it.
 */
export function watchLinkStates(bed: Bed): LinkStates {
  const folder = `${bed.root}/run/systemd/netif/links`;
  const done = new Set<string>();
  let reached: () => void = () => undefined;
  const look = (name: string) => {
    if (!/^\d+$/.test(name)) return; // a file that is being written has another name
    if (stateOf(join(folder, name)) === 'configured') done.add(name);
    else done.delete(name);
    reached();
  };
  const watcher: FSWatcher = watch(folder, (_event, name) => {
    if (name !== null) look(name);
  });
  for (const name of readdirSync(folder)) look(name);
  return {
    configured: (count, timeoutMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new Error(`${done.size} of ${count} links are configured after ${timeoutMs} ms`));
        }, timeoutMs);
        reached = () => {
          if (done.size < count) return;
          clearTimeout(timer);
          resolve(performance.now());
        };
        reached();
      }),
    stop: () => watcher.close(),
  };
}

function stateOf(path: string): string | undefined {
  try {
    return /^ADMIN_STATE=(.+)$/m.exec(readFileSync(path, 'utf8'))?.[1];
  } catch {
    return undefined; // the link is gone
  }
}
