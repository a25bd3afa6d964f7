import type { Host } from './daemons.ts';
import { type IpEntry, ipJson } from './ip.ts';
import type { ScriptOptions, ScriptResult } from './process.ts';

/** A network namespace inside a bed, as a container has one. */
export interface Workload {
  readonly name: string;
  sh(script: string, options?: ScriptOptions): Promise<ScriptResult>;
  ip<T = readonly IpEntry[]>(...words: string[]): Promise<T>;
  /** Makes a macvlan on a link of the bed, up in here, as nspawn's MACVLAN= does; its name defaults to `mv0`. */
  macvlan(parent: string, name?: string, mode?: string): Promise<void>;
  /** Joins bed and workload by a veth pair, both ends up. */
  veth(bedSide: string, workloadSide: string): Promise<void>;
  /** Moves a link of the bed in here, and up. */
  take(link: string): Promise<void>;
  /** Gets an address by DHCP (busybox udhcpc), configures it, and returns what was offered. */
  lease(link: string, options?: LeaseOptions): Promise<Lease>;
  /** True when one of three echo requests is answered. */
  ping(address: string): Promise<boolean>;
  remove(): Promise<void>;
}

export interface LeaseOptions {
  /** Further options to ask for, by busybox's names, e.g. `ntpsrv`, `tzdbstr`. */
  readonly ask?: readonly string[];
  readonly timeoutMs?: number;
}

/** busybox's words for what the server sent: `ip`, `mask` (bits), `router`, `dns`, `lease` (seconds), `serverid`, … */
export type Lease = Readonly<Record<string, string>>;

const leaseScript = `#!/bin/sh
[ "$1" = bound ] || [ "$1" = renew ] || exit 0
ip addr flush dev "$interface"
ip addr add "$ip/$mask" dev "$interface"
[ -z "$router" ] || ip route replace default via "\${router%% *}"
env >"$LEASE_FILE"
`;

/** Makes the namespace; it goes with its bed. */
export async function makeWorkload(bed: Host, name: string): Promise<Workload> {
  await bed.sh(`ip netns add '${name}'; ip -n '${name}' link set lo up`);
  const sh = (script: string, options?: ScriptOptions) =>
    bed.sh(`exec nsenter --net='/run/netns/${name}' bash -euo pipefail -c ${quote(script)}`, options);
  const ip = <T>(...words: string[]) => ipJson<T>(sh, words);
  return {
    name,
    sh,
    ip,
    async macvlan(parent, link = 'mv0', mode = 'bridge') {
      await bed.sh(`ip link add link ${parent} name ${link} netns ${name} type macvlan mode ${mode}`);
      await sh(`ip link set ${link} up`);
    },
    async veth(bedSide, workloadSide) {
      await bed.sh(`ip link add ${bedSide} up type veth peer name ${workloadSide} netns ${name}`);
      await sh(`ip link set ${workloadSide} up`);
    },
    async take(link) {
      await bed.sh(`ip link set ${link} netns ${name}`);
      await sh(`ip link set ${link} up`);
    },
    lease: (link, options) => lease(bed, name, sh, link, options),
    ping: async (address) => (await sh(`busybox ping -c 3 -W 1 ${address} >&2`, { check: false })).code === 0,
    remove: async () => void (await bed.sh(`ip netns del ${name}`)),
  };
}

async function lease(
  bed: Host,
  name: string,
  sh: Workload['sh'],
  link: string,
  { ask = [], timeoutMs = 15_000 }: LeaseOptions = {},
): Promise<Lease> {
  const file = `/run/bed/lease.${name}.${link}`;
  bed.files.write('/run/bed/udhcpc.sh', leaseScript);
  bed.files.remove(file);
  const asked = ask.map((option) => `-O ${option}`).join(' ');
  await sh(
    `chmod +x /run/bed/udhcpc.sh; LEASE_FILE=${file} busybox udhcpc -f -q -n -t 10 -T 1 -i ${link} ${asked} -s /run/bed/udhcpc.sh >&2`,
    { timeoutMs },
  );
  const lines = bed.files.read(file).trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
