import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Bed } from './bed.ts';
import { eventually } from './eventually.ts';
import type { IpEntry } from './ip.ts';

/** What a program that watches has printed so far. */
export interface Recording {
  readonly bed: Bed;
  /** In order, from its start or the last `clear`. */
  lines(): readonly string[];
  clear(): void;
  stop(): Promise<void>;
}

const unitDir = '/etc/systemd/network';

/** Which file each unit is and when it was written, by name: `inode mtime mode size`. */
export function unitStats(bed: Bed): Readonly<Record<string, string>> {
  const folder = bed.root + unitDir;
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => {
        const { ino, mtimeNs, mode, size } = statSync(join(folder, name), { bigint: true });
        return [name, `inode ${ino} mtime ${mtimeNs} mode ${mode.toString(8)} size ${size}`];
      }),
  );
}

const places = [unitDir, '/etc/osa-net.d', '/var/lib/osa-net', '/run/osa-net'];

/** Files that somebody began to write and did not finish, in every folder that the operator writes to. */
export function unfinishedFiles(bed: Bed): readonly string[] {
  return places
    .filter((place) => bed.exists(place))
    .flatMap((place) =>
      readdirSync(bed.root + place, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.includes('tmp'))
        .map((name) => `${place}/${name}`),
    );
}

/** The units' texts, by name. */
export function unitTexts(bed: Bed): Readonly<Record<string, string>> {
  const names = Object.keys(unitStats(bed));
  return Object.fromEntries(names.map((name) => [name, bed.read(`${unitDir}/${name}`)]));
}

/** What the kernel has of each link, by name; one that was made anew has another index. */
export async function linkFacts(bed: Bed): Promise<Readonly<Record<string, string>>> {
  const links = await bed.ip('addr');
  return Object.fromEntries(links.map((link) => [link.ifname, factsOf(link)]));
}

function factsOf(link: IpEntry): string {
  const { ifindex, linkinfo, master = '-', link: parent = '-', mtu, address, flags } = link;
  const mode = linkinfo?.info_data?.['mode'] ?? '-';
  const addresses = (link.addr_info ?? []).map(({ local, prefixlen }) => `${local}/${prefixlen}`);
  return [
    `${ifindex} ${linkinfo?.info_kind ?? '-'} of ${parent} in ${master} mode ${mode} mtu ${mtu} mac ${address}`,
    flags.includes('UP') ? 'up' : 'down',
    ...addresses,
  ].join(' ');
}

/** Everything of a host that a change may disturb. */
export interface HostState {
  readonly links: Readonly<Record<string, string>>;
  readonly units: Readonly<Record<string, string>>;
  readonly routes: readonly string[];
}

/** The host except for some links and units, to be compared with what it is later. */
export async function hostState(bed: Bed, except: readonly string[] = []): Promise<HostState> {
  const { stdout } = await bed.sh('ip route show table all; ip -6 route show default');
  const routes = stdout.split('\n').map((line) => line.trim());
  return {
    links: without(await linkFacts(bed), except),
    units: without(unitStats(bed), except),
    routes: routes
      .filter((line) => line !== '' && !except.some((name) => line.includes(` dev ${name} `)))
      .sort(),
  };
}

/** A record without some of its entries. */
function without<T>(record: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

/** Names of the entries that two records do not have in common. */
export function changedIn<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => before[name] !== after[name]).sort();
}

/** Every method that is called on the bed's bus, as `Interface.Member`. Needs dbus-monitor in there. */
export async function recordCalls(bed: Bed): Promise<Recording> {
  const recording = await record(
    bed,
    ['dbus-monitor', '--system', "type='method_call'"],
    (line) => / interface=(\S+); member=(\w+)/.exec(line)?.slice(1).join('.') ?? [],
  );
  await eventually(async () => {
    await bed.sh('busctl --system call org.freedesktop.DBus / org.freedesktop.DBus GetId');
    return recording.lines().includes('org.freedesktop.DBus.GetId');
  });
  recording.clear();
  return recording;
}

/** Calls that make networkd or systemd do something. */
export function changesIn(calls: readonly string[]): readonly string[] {
  const services = calls.filter((call) => /^org\.freedesktop\.(network1|systemd1)\./.test(call));
  return services.filter((call) => !/\.(List\w+|Get\w+|Describe\w*|Ping)$/.test(call));
}

/**
 * Every change of a link, an address or a route, as `ip monitor` prints it. A bridge tells of a port once more when its
 * forward delay is over (15 s after it joined), although nothing changed: such a line, unlike others, has no qdisc.
 */
export async function recordEvents(bed: Bed): Promise<Recording> {
  const argv = ['ip', '-oneline', 'monitor', 'link', 'address', 'route'];
  const recording = await record(bed, argv, (line) => (/ mtu \d+ (?!qdisc)/.test(line) ? [] : line));
  await eventually(async () => {
    await bed.sh('ip link add witness type bridge; ip link del witness');
    return recording.lines().some((line) => line.startsWith('Deleted') && line.includes('witness'));
  });
  return recording;
}

/** Links that recorded events are about, sorted. */
export function linksIn(events: readonly string[]): readonly string[] {
  const names = events.flatMap((line) => {
    const named = /^(?:Deleted )?\d+: ([^\s:@]+)/.exec(line);
    return named?.[1] ?? [...line.matchAll(/ dev (\S+)/g)].map((match) => match[1] ?? '');
  });
  return [...new Set(names)].filter((name) => name !== 'witness').sort();
}

/**
 * Waits until nothing has been recorded for a while and every address is usable (IPv6 takes up to 2 s to see that
 * nobody else has it), then clears.
 * @returns what had been recorded by then
 */
export async function silence(recording: Recording, forMs = 700): Promise<readonly string[]> {
  let seen = -1;
  let since = performance.now();
  await eventually(
    async () => {
      const tentative = (await recording.bed.sh('ip -oneline -6 address show tentative')).stdout;
      const now = recording.lines().length;
      if (now !== seen || tentative !== '') since = performance.now();
      seen = now;
      return performance.now() - since >= forMs;
    },
    20_000,
    100,
  );
  const lines = recording.lines();
  recording.clear();
  return lines;
}

async function record(
  bed: Bed,
  argv: readonly string[],
  take: (line: string) => string | readonly string[],
): Promise<Recording> {
  const watcher = bed.spawn(argv);
  let lines: string[] = [];
  const { stdout, stderr } = watcher.child;
  stderr?.resume();
  if (stdout) createInterface({ input: stdout }).on('line', (line) => (lines = lines.concat(take(line))));
  await eventually(() => watcher.pid() !== undefined);
  return {
    bed,
    lines: () => lines,
    clear: () => {
      lines = [];
    },
    async stop() {
      watcher.kill('SIGTERM');
      await watcher.ended;
    },
  };
}
