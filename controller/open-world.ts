import { readFileSync } from 'node:fs';
import { createClueFinder } from './clues.ts';
import { createBus } from './dbus/bus.ts';
import { openHistory } from './history.ts';
import { createKernelClient } from './kernel/client.ts';
import type { Logger } from './log.ts';
import { createNetworkdClient } from './networkd/client.ts';
import { createProber } from './probes/prober.ts';
import { systemClock } from './queue.ts';
import { openResolverHost } from './resolver-host.ts';
import type { Settings } from './settings.ts';
import { openStore } from './store.ts';
import { createSystemdClient } from './systemd/client.ts';
import { createUdev } from './udev.ts';
import { openUnitDirectory } from './unit-directory.ts';
import type { World } from './world.ts';

/** Connects to everything a pass needs; `close` lets go of it again. networkd and the bus may be absent. */
export async function openWorld(
  settings: Settings,
  logger: Logger,
): Promise<{ world: World; close(): Promise<void> }> {
  const bus = createBus({ log: logger });
  const networkd = createNetworkdClient({ bus, log: logger });
  const systemd = createSystemdClient({ bus });
  await networkd.start();
  const world: World = {
    settings,
    logger,
    clock: systemClock,
    random: Math.random,
    networkd,
    systemd,
    kernel: createKernelClient({ log: logger }),
    clues: createClueFinder(settings.unitDir, logger),
    units: openUnitDirectory(settings.unitDir, groupOf('systemd-network')),
    resolver: openResolverHost(systemd),
    store: openStore(settings.stateDir, logger),
    history: openHistory(settings.stateDir, logger),
    udev: createUdev(),
    probes: createProber({ log: logger }),
  };
  return {
    world,
    async close() {
      await networkd.stop();
      await bus.stop();
    },
  };
}

/** gid of a group in /etc/group; undefined where there is none (group(5)). */
function groupOf(name: string): number | undefined {
  const line = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const gid = Number(line?.split(':')[2]);
  return Number.isInteger(gid) ? gid : undefined;
}
