import type { Kernel, ModelLink } from './kernel.ts';

/** networkd's word for how far a link is usable (link_update_operstate). */
export function operationalOf(link: ModelLink, kernel: Kernel): string {
  if (!link.up) return 'off';
  if (!kernel.hasCarrier(link)) return 'no-carrier';
  if (link.master !== undefined) return 'enslaved';
  if (link.addresses.length > 0) return 'routable';
  const isBelowPassthru = [...kernel.links.values()].some(
    (l) => l.parent === link.ifindex && l.mode === 'passthru',
  );
  return isBelowPassthru ? 'carrier' : 'degraded';
}
