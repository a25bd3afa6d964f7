import type { DirectoryWatcher, WatchOptions } from '../../../controller/watcher.ts';
import { machine } from '../model/machine.ts';

/** Those of the operator that runs; a change on the disk wakes them after a moment. */
let watchers: { readonly options: WatchOptions; isWaiting: boolean }[] = [];

/** How many of the changes nobody is told of. */
export const watching = { loses: 0 };

/** Stands in for `controller/watcher.ts`, which the bed tests on the real inotify. */
export function watchDirectory(options: WatchOptions): DirectoryWatcher {
  const watcher = { options, isWaiting: false };
  watchers.push(watcher);
  return {
    ready: Promise.resolve(),
    stop: async () => {
      watchers = watchers.filter((other) => other !== watcher);
    },
  };
}

/** The watchers of a process that was killed. */
export function forgetWatchers(): void {
  watchers = [];
}

/** Something at a path changed. */
export function pathChanged(path: string): void {
  for (const watcher of watchers) {
    const { directory, accepts, onDirty } = watcher.options;
    const isInside = path.startsWith(`${directory}/`) && accepts(path);
    if (watcher.isWaiting || !(isInside || path === directory)) continue;
    const { random, timeline } = machine();
    if (watching.loses > 0 && random.chance(watching.loses)) continue;
    watcher.isWaiting = true;
    timeline.inLife(100, () => {
      watcher.isWaiting = false;
      onDirty();
    });
  }
}
