import type { Logger } from './log.ts';
import { resolverFiles } from './resolver-host.ts';
import { watchDirectory } from './watcher.ts';

/** Watches resolv.conf and the drop-in of systemd-resolved, through one inotify watch on the directory of each. */
export function watchResolver(onDirty: () => void, logger: Logger): { stop(): Promise<void> } {
  const watchers = resolverFiles().map((file) =>
    watchDirectory({
      directory: file.slice(0, file.lastIndexOf('/')),
      depth: 'listing',
      accepts: (path) => path === file,
      onDirty,
      logger,
    }),
  );
  return {
    async stop() {
      await Promise.all(watchers.map((watcher) => watcher.stop()));
    },
  };
}
