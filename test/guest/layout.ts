import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { type Bed, startBed } from '../bed/bed.ts';
import { type Operator, startOperator } from '../bed/operator.ts';
import { ready } from '../bed/origin.ts';
import { checkout } from '../bed/places.ts';
import type { Workload } from '../bed/workload.ts';
import { edited } from '../demo/documents.ts';

/** What was looked at, and whether it is as it should be. */
export interface Finding {
  readonly what: string;
  readonly good: boolean;
}

/** The networks of the host that carry addresses: third and fourth part of an address, and its largest packet. */
const networks = {
  mgmt: { prefix: '172.29.236', mtu: 1500 },
  storage: { prefix: '172.29.244', mtu: 9000 },
  vxlan: { prefix: '172.29.240', mtu: 9000 },
} as const;

const cards = ['eno1', 'eno2', 'eno3', 'eno4'] as const;

/** A host of the example, its operator, and a container on it. */
interface LaidOut {
  readonly bed: Bed;
  readonly operator: Operator;
  readonly container: Workload;
}

/**
 * Two hosts with the network of deploy/examples/osa-host.yaml, whose cards are joined by cables. A container on the first
 * reaches the other host, or a container on it, over each network, with the largest packet that it has. Without NAT, which
 * the kernel of the guest lacks (no nat chains in nftables); the beds have it.
 */
export async function* layout(): AsyncGenerator<Finding> {
  const beds = [await powered(), await powered()] as const;
  cable(...beds);
  const hosts = [await layOut(beds[0], 11), await layOut(beds[1], 12)] as const;
  for (const { bed } of hosts) await ready(bed, undefined, 120_000);
  yield { what: 'both hosts are Ready', good: true };
  const [{ container }, other] = hosts;
  for (const [name, { prefix, mtu }] of Object.entries(networks)) {
    await container.macvlan(`mv-${name}`, `c-${name}`);
    await container.sh(`ip link set c-${name} mtu ${mtu}; ip address add ${prefix}.111/22 dev c-${name}`);
    yield* reaches(container, `${prefix}.12`, mtu, `the other host over ${name}`);
  }
  for (const [i, { container: one }] of hosts.entries()) {
    await one.macvlan('mv-vlan', 'c-vlan');
    await one.sh(`ip address add 10.66.0.${i + 1}/24 dev c-vlan`);
  }
  yield* reaches(container, '10.66.0.2', 1500, 'a container on the other host over vlan');
  await container.macvlan('mv-container', 'c-own');
  const { ip } = await container.lease('c-own');
  yield { what: `a lease on container: ${ip}`, good: ip?.startsWith('10.0.3.') === true };
  await other.bed.sh('ip link set eno1 down; ip link set eno3 down');
  yield* reaches(
    container,
    `${networks.storage.prefix}.12`,
    9000,
    'the other host when a card of each bond is down',
  );
  for (const { operator, bed } of hosts) {
    await operator.stop();
    await bed.stop();
  }
}

/** A host with an identity of its own: networkd makes MAC addresses of it. */
async function powered(): Promise<Bed> {
  const bed = await startBed({ networkd: false });
  await bed.sh('tr -d - </proc/sys/kernel/random/uuid >/etc/machine-id');
  await bed.networkd.start();
  return bed;
}

function cable(a: Bed, b: Bed): void {
  for (const card of cards) {
    const words = `link add ${card} netns ${a.pid} type veth peer name ${card} netns ${b.pid}`;
    execFileSync('ip', words.split(' '));
  }
}

async function layOut(bed: Bed, number: number): Promise<LaidOut> {
  const text = readFileSync(`${checkout}/deploy/examples/osa-host.yaml`, 'utf8');
  const own = text.replaceAll(/(172\.29\.\d+)\.11\//g, `$1.${number}/`);
  bed.write('/etc/osa-net.d/host.yaml', edited(own, '  masquerade: ipv4\n', ''));
  return { bed, operator: startOperator(bed), container: await bed.namespace('container') };
}

/** Header of IPv4 and of ICMP. */
const headers = 28;

async function* reaches(from: Workload, address: string, mtu: number, whom: string): AsyncGenerator<Finding> {
  const ping = async (bytes: number) => {
    const { code } = await from.sh(`busybox ping -c 3 -W 2 -s ${bytes - headers} ${address} >&2`, {
      check: false,
    });
    return code === 0;
  };
  yield { what: `${whom} (${address}), ${mtu} bytes a packet`, good: await ping(mtu) };
}
