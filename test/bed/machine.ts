import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What a bed must leave as it was: the machine's /etc, its links and its mounts. Equal values: nothing changed. */
export interface MachineState {
  /** Digest of the names, modes, sizes and times of everything under /etc. */
  readonly etc: string;
  /** What is in /etc/systemd/network and /etc/osa-net.d, and where /etc/resolv.conf points. */
  readonly network: readonly string[];
  /** Name, address, master and mtu of each link. */
  readonly links: readonly string[];
  readonly mounts: string;
}

export function machineState(): MachineState {
  const mounts = execFileSync('cat', ['/proc/self/mountinfo'], { encoding: 'utf8' });
  return {
    etc: createHash('sha256').update(listing('/etc').join('\n')).digest('hex'),
    network: ['/etc/systemd/network', '/etc/osa-net.d', '/etc/resolv.conf'].flatMap(listing),
    links: machineLinks(),
    mounts,
  };
}

function listing(path: string): string[] {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [];
  if (stat.isSymbolicLink()) return [`${path} -> ${readlinkSync(path)}`];
  if (!stat.isDirectory()) return [`${path} ${stat.mode} ${stat.size} ${stat.mtimeMs}`];
  return [
    `${path} ${stat.mode}`,
    ...readdirSync(path)
      .sort()
      .flatMap((name) => listing(join(path, name))),
  ];
}

function machineLinks(): string[] {
  const json = execFileSync('ip', ['-json', 'link'], { encoding: 'utf8' });
  const links = JSON.parse(json) as Record<string, unknown>[];
  return links.map(({ ifname, address, master, mtu }) => `${ifname} ${address} ${master} ${mtu}`);
}

/** The mount and network namespace that a process had. */
export interface Namespaces {
  /** Ids of the processes that are in one of them now. */
  processes(): readonly string[];
  release(): void;
}

/**
 * The mount and network namespace of a process, held open until they are released: the kernel gives the number of a
 * namespace that is gone to the next one that is made, and the beds of another test would be taken for what is left.
 */
export function holdNamespaces(pid: number): Namespaces {
  const held = kinds.map((kind) => openSync(`/proc/${pid}/ns/${kind}`, 'r'));
  const ids = namespaceIds(pid);
  return {
    processes: () =>
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .filter((id) => namespaceIds(id).some((namespace) => ids.includes(namespace))),
    release: () => held.forEach(closeSync),
  };
}

const kinds = ['mnt', 'net'] as const;

/** Names of the namespaces of a process (`mnt:[…]`, `net:[…]`); none when it is gone. */
function namespaceIds(pid: number | string): readonly string[] {
  try {
    return kinds.map((kind) => readlinkSync(`/proc/${pid}/ns/${kind}`));
  } catch {
    return [];
  }
}
