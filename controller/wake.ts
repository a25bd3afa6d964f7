import type { ResourceKey } from '../crds/resource.ts';
import { type Theme, wantsOf } from '../state/wants.ts';
import { followNat } from './follow-nat.ts';
import { interestIn } from './interest.ts';
import type { Memory } from './memory.ts';
import type { Observer } from './observe.ts';
import type { WorkQueue } from './queue.ts';
import { watchResolver } from './watch-resolver.ts';
import { watchDirectory } from './watcher.ts';
import type { World } from './world.ts';

/** `everything` is the directory, the resync and the owner change; the rest is one key a resource. */
export type Key = ResourceKey | 'everything';

/** Time between two looks at everything, ms, ± 10 %: finds drift that no event told. */
const resyncTime = 300_000;

/** What wakes the loop. */
export interface Wakers {
  /** Resolves when changes of links and documents are seen. Never, while there is no `ip` to run. */
  readonly ready: Promise<unknown>;
  /** Listens to what the documents of the last pass make worth listening to, and to nothing else. */
  adapt(): void;
  stop(): Promise<void>;
}

/** Everything that wakes the loop. Events carry no facts: they only say what to look at. */
export function wakeOn(
  world: World,
  queue: WorkQueue<Key>,
  observer: Observer,
  memory: () => Memory,
  onWake: (listener: () => void) => void,
): Wakers {
  const { settings, logger, kernel, networkd, clock, random } = world;
  const everything = () => queue.add('everything');
  const wakeLinks = (names: readonly string[], theme?: Theme) => {
    const desired = memory().desired?.result;
    if (!desired) return;
    const concerned = theme && wantsOf(desired).owners[theme];
    for (const key of names.flatMap((name) => [...(interestIn(desired).get(name) ?? [])])) {
      if (concerned === undefined || concerned.has(key)) queue.add(key);
    }
    for (const name of names) for (const key of memory().blockedBy.get(name) ?? []) queue.add(key);
  };

  networkd.onChange((changed) => {
    observer.markNetworkd(changed);
    if (changed === 'all') return everything();
    const names = changed.flatMap((ifindex) => observer.nameOf(ifindex) ?? []);
    return wakeLinks(names);
  });
  let startListening = () => {};
  const listening = new Promise<void>((resolve) => {
    startListening = resolve;
  });
  const wakeOwners = (theme: Theme) => {
    const desired = memory().desired?.result;
    if (desired) for (const key of wantsOf(desired).owners[theme]) queue.add(key);
  };
  const nat = followNat(world, () => {
    observer.markTheme('nat');
    wakeOwners('nat');
  });
  const monitor = kernel.watch((names, theme) => {
    if (theme !== undefined) {
      observer.markTheme(theme);
      return names === 'all' ? wakeOwners(theme) : wakeLinks(names, theme);
    }
    observer.markKernel(names);
    if (names !== 'all') return wakeLinks(names);
    startListening();
    everything();
  });
  const documents = watchDirectory({
    directory: settings.configDir,
    depth: 'each',
    accepts: (path) => /\.ya?ml$/.test(path) || path.includes('/..'),
    onDirty: everything,
    logger,
  });
  const units = watchDirectory({
    directory: settings.unitDir,
    depth: 'listing',
    accepts: (path) => !path.endsWith('.osa-net-tmp'),
    onDirty: everything,
    logger,
  });
  const resolver = watchResolver(() => {
    if (memory().desired?.result.resolver) everything();
  }, logger);
  let cancelResync = () => {};
  const later = () => {
    cancelResync();
    cancelResync = clock.after(resyncTime * (0.9 + 0.2 * random()), resync);
  };
  const resync = () => {
    observer.forget();
    everything();
    later();
  };
  later();
  onWake(resync);

  return {
    ready: Promise.all([listening, documents.ready]),
    adapt() {
      const desired = memory().desired?.result;
      nat.want(desired !== undefined && wantsOf(desired).natFamilies.length > 0);
    },
    async stop() {
      cancelResync();
      await Promise.all([monitor.stop(), nat.stop(), documents.stop(), units.stop(), resolver.stop()]);
    },
  };
}
