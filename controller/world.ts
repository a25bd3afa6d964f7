import type { ClueFinder } from './clues.ts';
import type { HistoryStore } from './history.ts';
import type { KernelClient } from './kernel/client.ts';
import type { Logger } from './log.ts';
import type { NetworkdClient } from './networkd/client.ts';
import type { Prober } from './probes/prober.ts';
import type { Clock } from './queue.ts';
import type { ResolverHost } from './resolver-host.ts';
import type { Settings } from './settings.ts';
import type { Store } from './store.ts';
import type { SystemdClient } from './systemd/client.ts';
import type { Udev } from './udev.ts';
import type { UnitDirectory } from './unit-directory.ts';

/** Everything outside this process that a pass reads or changes. */
export interface World {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: () => number;
  readonly networkd: NetworkdClient;
  readonly systemd: SystemdClient;
  readonly kernel: KernelClient;
  readonly clues: ClueFinder;
  readonly units: UnitDirectory;
  readonly resolver: ResolverHost;
  readonly store: Store;
  readonly history: HistoryStore;
  readonly probes: Prober;
  readonly udev: Udev;
}
