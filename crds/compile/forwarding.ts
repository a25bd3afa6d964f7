import type { Entry } from '../compiled.ts';
import { format, parseCidr } from '../ip.ts';
import type { Capabilities } from '../networkd/capabilities.ts';
import { isLinkLocal } from './addresses.ts';
import { entriesOf } from './entries.ts';

/** Address families that something is switched on for, as the documents say it. */
export type Families = 'none' | 'ipv4' | 'ipv6' | 'both';

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

/**
 * The switches below /proc/sys that networkd sets for a link which forwards and masquerades for these families. Up to
 * v255 forwarding switches the whole host; the kernel then has it on each link, where it can be switched off again.
 */
export function forwardingSysctls(
  link: string,
  { forwarding, masquerade }: { readonly forwarding: Families; readonly masquerade: Families },
  { ipForward, masqueradeForwardsAll }: Capabilities,
): readonly string[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const [forwards, masquerades] = [includes(forwarding, family), includes(masquerade, family)];
    if (!forwards && !masquerades) return [];
    const isGlobal = (forwards && ipForward) || (masquerades && masqueradeForwardsAll);
    return [...(isGlobal ? [hostSwitches[family]] : []), `net/${family}/conf/${link}/forwarding`];
  });
}

const hostSwitches = { ipv4: 'net/ipv4/ip_forward', ipv6: 'net/ipv6/conf/all/forwarding' } as const;

/** The switch of the whole host of the same family as that of a link; itself for itself. */
export function hostSwitchOf(sysctl: string): string {
  return hostSwitches[sysctl.startsWith('net/ipv6/') ? 'ipv6' : 'ipv4'];
}

/** The networks of these addresses that networkd enters into its table of nftables. */
export function masqueradedNetworks(
  masquerade: Families,
  addresses: readonly string[],
  { natTable }: Capabilities,
): readonly string[] {
  if (!natTable) return [];
  const networks = addresses.flatMap((text) => {
    const cidr = parseCidr(text);
    if ('code' in cidr || isLinkLocal(text) || !includes(masquerade, `ipv${cidr.family}`)) return [];
    return [`${format(cidr.family, cidr.first)}/${cidr.prefix}`];
  });
  return [...new Set(networks)];
}
