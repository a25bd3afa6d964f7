import type { Entry } from '../compiled.ts';
import type { Capabilities } from '../networkd/capabilities.ts';
import { entriesOf } from './entries.ts';

/** Address families that something is switched on for, as the documents say it. */
type Families = 'none' | 'ipv4' | 'ipv6' | 'both';

function includes(families: Families, family: 'ipv4' | 'ipv6'): boolean {
  return families === family || families === 'both';
}

/** Lines of [Network] that let the host forward packets. Until v255 they switch the whole host, later this link. */
export function forwardingEntries(families: Families, capabilities: Capabilities): readonly Entry[] {
  if (families === 'none') return [];
  if (capabilities.ipForward) return [['IPForward', families === 'both' ? 'yes' : families]];
  return entriesOf({
    IPv4Forwarding: includes(families, 'ipv4') || undefined,
    IPv6Forwarding: includes(families, 'ipv6') || undefined,
  });
}

/** Line of [Network] for NAT; what a systemd cannot do is left out (see `canMasquerade`). */
export function masqueradeEntries(families: Families, capabilities: Capabilities): readonly Entry[] {
  if (families === 'none') return [];
  if (capabilities.masqueradeFamilies) return [['IPMasquerade', families]];
  return includes(families, 'ipv4') ? [['IPMasquerade', 'yes']] : [];
}

/** Whether a systemd can do NAT for these families: v247 knows IPv4 only. */
export function canMasquerade(families: Families, capabilities: Capabilities): boolean {
  return capabilities.masqueradeFamilies || !includes(families, 'ipv6');
}
