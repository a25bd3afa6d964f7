import type { Bed } from '../bed/bed.ts';
import { linkFacts, unitStats, unitTexts } from '../bed/witness.ts';
import { foreignBridge } from './specs.ts';

/** Units that are not osa-net's; one of them looks like it. */
const units: Readonly<Record<string, string>> = {
  '20-other.netdev': '[NetDev]\nName=other0\nKind=bridge\nMACAddress=02:00:00:00:00:21\n',
  '20-other.network':
    '[Match]\nName=other0\n\n[Network]\nAddress=203.0.113.1/25\nConfigureWithoutCarrier=yes\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n\n[Route]\nDestination=203.0.113.128/25\nGateway=203.0.113.2\n',
  '05-osa-net-nobody.network': '[Match]\nName=nobody0\n\n[Network]\nDHCP=no\n',
};

/** What is on the host beside osa-net's: of each thing a line, by its name. Equal: nobody touched it. */
export type ForeignThings = Readonly<Record<string, string>>;

/**
 * Puts things on a host that osa-net must not touch: a bridge with a port, addresses and routes that nobody manages, a
 * bridge that networkd has from a unit of the host's own, a unit that only looks like one of ours, and an nft table.
 */
export async function makeForeignThings(bed: Bed): Promise<void> {
  for (const [unit, text] of Object.entries(units)) bed.write(`/etc/systemd/network/${unit}`, text);
  const fabric = await bed.namespace('fabric');
  await fabric.veth('cable0', 'far0');
  // An MTU and an address of its own: without, the kernel takes both from whatever is plugged in
  // (and it takes an MTU for one of its own only where that is a change).
  await bed.sh(`
    ip link add ${foreignBridge} address 02:00:00:00:00:11 mtu 1400 type bridge
    ip link set ${foreignBridge} mtu 1500 up
    ip link set cable0 master ${foreignBridge}
    ip addr add 192.0.2.1/24 dev ${foreignBridge}
    ip route add 198.51.100.128/25 via 192.0.2.2
    ip route add 198.51.100.128/25 via 192.0.2.3 table 77 proto 99
    nft 'add table inet foreign; add chain inet foreign c; add rule inet foreign c accept'
    networkctl reload`);
}

/** Everything of them, byte by byte and attribute by attribute. */
export async function foreignThings(bed: Bed): Promise<ForeignThings> {
  const links = await linkFacts(bed);
  const [stats, texts] = [unitStats(bed), unitTexts(bed)];
  const { stdout } = await bed.sh('ip route show table all; echo; nft list table inet foreign');
  const [routes = '', nft = ''] = stdout.split('\n\n');
  return {
    ...Object.fromEntries(
      foreignLinks.map((link) => [`link ${link}`, withoutIpv6LinkLocal(links[link] ?? 'gone')]),
    ),
    ...Object.fromEntries(
      Object.keys(units).map((unit) => [`unit ${unit}`, `${stats[unit]}\n${texts[unit]}`]),
    ),
    routes: foreignRoutes(routes),
    nft,
  };
}

export const foreignLinks: readonly string[] = ['lo', foreignBridge, 'cable0', 'other0'];
export const foreignUnits: readonly string[] = Object.keys(units);

function withoutIpv6LinkLocal(facts: string): string {
  return facts.replaceAll(/ fe80::\S+/g, '');
}

function foreignRoutes(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const theirs = lines.filter((line) => foreignLinks.some((link) => `${line} `.includes(` dev ${link} `)));
  return theirs
    .filter((line) => !line.startsWith('fe80:') && !line.includes('multicast'))
    .sort()
    .join('\n');
}
