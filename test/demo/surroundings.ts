import type { Bed } from '../bed/bed.ts';
import type { Workload } from '../bed/workload.ts';

/** Bridges that the host's own configuration makes; osa-net only plugs into them. */
export const foreignBridges = ['br-mgmt', 'br-vlan', 'br-vxlan', 'br-storage', 'br-flat'] as const;

/** Address of the host "outside", which knows the way back to our host only (TEST-NET-1, RFC 5737). */
export const outsideAddress = '192.0.2.2';

/** Makes the foreign bridges, up, each with a cable to a switch, as a host has them before osa-net comes. */
export async function makeForeignBridges(bed: Bed): Promise<void> {
  const fabric = await bed.namespace('switch');
  for (const bridge of foreignBridges) {
    const cable = `cable-${bridge.slice(3)}`;
    await fabric.veth(cable, bridge.slice(3));
    await bed.sh(
      `ip link add ${bridge} type bridge; ip link set ${bridge} up; ip link set ${cable} master ${bridge}`,
    );
  }
}

/** Whether the kernel can make dummy devices. */
export async function hasDummy(bed: Bed): Promise<boolean> {
  const { code } = await bed.sh('ip link add probe type dummy && ip link del probe', { check: false });
  return code === 0;
}

/**
 * Plugs a router, 10.0.3.1, into br-container, and behind it a host that has no route to 10.0.3.0/24: it can answer
 * nobody but 10.0.3.2, so whoever gets an answer was masqueraded.
 */
export async function makeOutside(bed: Bed): Promise<void> {
  const router = await bed.namespace('router');
  const outside = await bed.namespace('outside');
  await router.veth('cable-router', 'inner');
  await bed.sh('ip link set cable-router master br-container');
  await router.sh(`
    ip addr add 10.0.3.1/24 dev inner
    ip link add outer up type veth peer name eth0 netns outside
    ip addr add 192.0.2.1/24 dev outer
    echo 1 >/proc/sys/net/ipv4/ip_forward`);
  await outside.sh(`
    ip link set eth0 up
    ip addr add ${outsideAddress}/24 dev eth0
    ip route add 10.0.3.2/32 via 192.0.2.1`);
}

/** A network namespace with a macvlan on mv-container, as nspawn's MACVLAN=mv-container makes it. */
export async function makeContainer(bed: Bed): Promise<Workload> {
  const container = await bed.namespace('container');
  await container.macvlan('mv-container');
  // The way out leads back over the bridge that it came by, for which the kernel proposes a shortcut by ICMP redirect.
  await container.sh(
    'for way in all default mv0; do echo 0 >/proc/sys/net/ipv4/conf/$way/accept_redirects; done',
  );
  return container;
}
