import { parseIp } from '../../../ip.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';

/** [Neighbor], [Network] ProxyNeighbor=, and what [IPv6AcceptRA] makes of the routers that it discovers. */
export const neighborDiscoveryShapes: Shapes = {
  ndisc_deny_listed_prefix: '<empty> | <ipv6>...',
  ndisc_route_metric: '<int 0..4294967295> | <metric-triple>',
  ndisc_start_dhcp6_client: '<boolean> | always',

  neighbor_address: { 247: '<address>', 252: '<empty> | <address>' },
  neighbor_hwaddr: '<mac>',
  neighbor_lladdr: { 247: '<mac> | <address>', 252: '<empty> | <hardware-address> | <address>' },
  neighbor_proxy_address: '<empty> | <neighbor-address>',
  'neighbor_section NEIGHBOR_DESTINATION_ADDRESS': '<empty> | <address>',
  'neighbor_section NEIGHBOR_LINK_LAYER_ADDRESS': '<empty> | <hardware-address> | <address>',
};

export const neighborDiscoveryAtoms: Atoms = {
  'metric-triple': isMetricTriple,
  'neighbor-address': isNeighborAddress,
};

/** `high:medium:low`, each above the one before; a colon may follow. */
function isMetricTriple(text: string): boolean {
  const [, ...metrics] = /^([^:]+):([^:]+):([^:]+):?$/.exec(text) ?? [];
  const [high = -1n, medium = -1n, low = -1n] = metrics.map((metric) => wholeNumber(metric));
  return high >= 0n && high < medium && medium < low && low <= 0xffff_ffffn;
}

/** An address that one other machine can have: not null, of no multicast group, not that of a broadcast. */
function isNeighborAddress(text: string): boolean {
  const ip = parseIp(text);
  if (!ip || ip.value === 0n) return false;
  if (ip.family === 6) return ip.value >> 120n !== 0xffn;
  return ip.value >> 28n !== 0xen && ip.value !== 0xffff_ffffn;
}
