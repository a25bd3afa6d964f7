import { stat } from 'node:fs/promises';
import type { Bus } from '../dbus/bus.ts';
import { isUnknownProperty } from '../dbus/errors.ts';
import { run } from '../programs.ts';

/**
 * Whether networkd serves our network namespace: the inode of its namespace (property `NamespaceId`, v249+) is ours.
 * @throws BusError if networkd does not answer
 */
export async function sharesNamespace(bus: Bus): Promise<boolean> {
  const call = {
    destination: 'org.freedesktop.network1',
    path: '/org/freedesktop/network1',
    interface: 'org.freedesktop.DBus.Properties',
    member: 'Get',
    signature: 'ss',
    body: ['org.freedesktop.network1.Manager', 'NamespaceId'],
  };
  try {
    const [theirs] = await bus.call(call);
    const { ino } = await stat('/proc/self/ns/net');
    return theirs === ino;
  } catch (error) {
    // v247 and v248 have no such property and cannot be asked.
    if (isUnknownProperty(error)) return true;
    throw error;
  }
}

/**
 * The systemd version of the running networkd; 0 where nothing tells. systemd's own is the nearest that D-Bus knows;
 * without systemd as PID 1 it is that of the installed `networkctl`.
 */
export async function systemdVersion(bus: Bus): Promise<number> {
  return (await managerVersion(bus)) ?? (await programVersion()) ?? 0;
}

async function managerVersion(bus: Bus): Promise<number | undefined> {
  try {
    const [version] = await bus.call({
      destination: 'org.freedesktop.systemd1',
      path: '/org/freedesktop/systemd1',
      interface: 'org.freedesktop.DBus.Properties',
      member: 'Get',
      signature: 'ss',
      body: ['org.freedesktop.systemd1.Manager', 'Version'],
      timeoutMs: 5_000,
    });
    return parseVersion(version);
  } catch {
    return undefined;
  }
}

/** The version of the installed `networkctl`; undefined where there is none. */
export async function programVersion(): Promise<number | undefined> {
  try {
    const { stdout } = await run('networkctl', ['--version']);
    return parseVersion(stdout);
  } catch {
    return undefined;
  }
}

/** The first number of `252.39-1~deb12u2`, `v257` or `systemd 252 (252.39-1~deb12u2)`. */
export function parseVersion(text: unknown): number | undefined {
  const digits = typeof text === 'string' ? /\d+/.exec(text)?.[0] : undefined;
  return digits === undefined ? undefined : Number(digits);
}
