import type { Kernel, ModelLink } from './kernel.ts';

/**
 * networkd's word for how far a link is usable (link_update_operstate).
 * @param joined ports that networkd itself has plugged in: v247 calls no others enslaved
 */
export function operationalOf(
  link: ModelLink,
  kernel: Kernel,
  version: number,
  joined: ReadonlySet<number>,
): string {
  if (!link.up) return 'off';
  if (!kernel.hasCarrier(link)) return 'no-carrier';
  if (link.master !== undefined && (version >= 249 || joined.has(link.ifindex))) return 'enslaved';
  if (link.addresses.length > 0) return 'routable';
  return link.linkLocal && !isBelowPassthru(link, kernel, version) ? 'degraded' : 'carrier';
}

/** The parent of a passthru macvlan has the same MAC address and gets no link-local one, where it is not there before. */
function isBelowPassthru({ ifindex }: ModelLink, kernel: Kernel, version: number): boolean {
  if (version < 249) return false;
  return [...kernel.links.values()].some(({ parent, mode }) => parent === ifindex && mode === 'passthru');
}
