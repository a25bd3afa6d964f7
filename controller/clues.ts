import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clues, Trace } from '../state/rivals.ts';
import { readForeignRoutes } from './kernel/routes.ts';
import type { Logger } from './log.ts';

/**
 * Looks for others who configure networks on this host. Costs some listings and one `ip`; asked only in a fight, or where
 * repairs are in vain.
 */
export interface ClueFinder {
  /** @param names links and units that are fought over */
  collect(names: readonly string[]): Promise<Clues>;
}

/** networkd's directories besides the one that we write, most important first (systemd.network(5)). */
const unitDirectories = [
  '/etc/systemd/network',
  '/run/systemd/network',
  '/usr/local/lib/systemd/network',
  '/usr/lib/systemd/network',
];

/** A clue that cannot be had is left out: it is only a help, and says so in the log. */
export function createClueFinder(unitDir: string, logger: Pick<Logger, 'debug'>): ClueFinder {
  const complain = (cause: Error) => logger.debug(`cannot look for other writers: ${cause.message}`);
  return {
    async collect(names) {
      const routes = await readForeignRoutes().catch((cause: Error) => {
        complain(cause);
        return [];
      });
      const directories = [...new Set([unitDir, ...unitDirectories])];
      return {
        networkdFiles: directories.flatMap((directory) => networkdFiles(directory, complain)),
        traces: [...(await networkManager(names)), ...traces(names)],
        routes,
      };
    },
  };
}

/** The names of units and drop-ins in a directory, as paths; ours and those that systemd ships for its own links aside. */
function networkdFiles(directory: string, complain: (cause: Error) => void): readonly string[] {
  const units = listed(directory, complain).filter((name) => /\.(network|network\.d|netdev\.d)$/.test(name));
  return units.flatMap((name) => {
    const path = join(directory, name);
    if (name.endsWith('.d')) return listed(path, complain).map((file) => join(path, file));
    return name.startsWith('05-osa-net-') ? [] : [path];
  });
}

function listed(directory: string, complain: (cause: Error) => void): readonly string[] {
  try {
    return readdirSync(directory).sort();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') complain(cause as Error);
    return [];
  }
}

/** NetworkManager keeps a file for each device, which says whether it manages it (NetworkManager.conf(5), RUNDIR). */
async function networkManager(names: readonly string[]): Promise<readonly Trace[]> {
  const program = 'NetworkManager';
  if (!existsSync('/run/NetworkManager')) return [];
  const managed = await Promise.all(
    names.map(async (link): Promise<readonly Trace[]> => {
      const ifindex = await textOf(`/sys/class/net/${link}/ifindex`);
      const path = `/run/NetworkManager/devices/${ifindex.trim()}`;
      return /^managed=(true|1)$/m.test(await textOf(path)) ? [{ program, path, link }] : [];
    }),
  );
  const found = managed.flat();
  return found.length > 0 ? found : [{ program, path: '/run/NetworkManager' }];
}

/** Empty where there is no such file. */
async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** Names of bridges and ports that docker and libvirt give. */
const givenNames = { docker: /^(docker\d+|br-[0-9a-f]{12})$/, libvirt: /^(virbr|vnet)\d+/ } as const;

function traces(names: readonly string[]): readonly Trace[] {
  const found: Trace[] = [];
  for (const program of ['docker', 'libvirt'] as const) {
    const path = `/run/${program}`;
    if (!existsSync(path)) continue;
    const theirs = names.filter((name) => givenNames[program].test(name));
    found.push(...theirs.map((link) => ({ program, path, link })));
    if (theirs.length === 0) found.push({ program, path });
  }
  for (const link of names) {
    const path = `/run/network/ifstate.${link}`;
    if (existsSync(path)) found.push({ program: 'ifupdown', path, link });
  }
  return found;
}
