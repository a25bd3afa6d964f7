import type { RequirableState } from '../compiled.ts';
import { parseCidr } from '../ip.ts';

/** The least state of a link with carrier that has these addresses; undefined when it has none. */
export function leastStateWith(addresses: readonly string[]): RequirableState | undefined {
  if (addresses.length === 0) return undefined;
  // networkd calls a link with link-local addresses alone `degraded`: they cannot be routed.
  return addresses.every(isLinkLocal) ? 'degraded' : 'routable';
}

/** 169.254.0.0/16 (RFC 3927) or fe80::/10 (RFC 4291). */
export function isLinkLocal(address: string): boolean {
  const cidr = parseCidr(address);
  if ('code' in cidr) return false;
  return cidr.family === 4 ? cidr.value >> 16n === 0xa9fen : cidr.value >> 118n === 0x3fan;
}

/** Whether an address in canonical form is one of IPv6. */
export function isIPv6(address: string): boolean {
  return address.includes(':');
}
