import { watch } from 'node:fs';
import type { Logger } from './log.ts';

/** Something that can be closed; closing twice is fine. */
export interface Watch {
  close(): Promise<void> | void;
}

/**
 * Calls back with every event (inotify(7)) of the names in a directory: `rename` for one that appears or disappears,
 * `change` for one whose content or attributes change. `name` is null where the system does not tell.
 * @returns undefined where there is nothing to watch, which is logged
 */
export function watchNews(
  directory: string,
  onNews: (event: string, name: string | null) => void,
  logger: Logger,
): Watch | undefined {
  const complain = (cause: Error) =>
    logger.warn('cannot watch a directory', { directory, cause: cause.message });
  try {
    const watcher = watch(directory, onNews);
    watcher.on('error', complain);
    return watcher;
  } catch (cause) {
    complain(cause as Error);
    return undefined;
  }
}
