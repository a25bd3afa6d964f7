import { isWithin } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { microseconds } from '../numbers.ts';
import { type Prefix, prefixOf } from '../prefixes.ts';

/** [DHCPServer] but for its options, [DHCPServerStaticLease] and DHCPRelay= of [Network]. */
export const dhcpServerShapes: Shapes = {
  dhcp_relay_interface_mode: '<empty> | upstream | downstream',
  dhcp_server_address: {
    252: '<empty> | <server-address-252>',
    257: '<empty> | <server-address-257>',
  },
  dhcp_server_emit: {
    247: '<empty> | <ipv4>...',
    252: '<empty> | (_server_address | <ipv4-not-null>)...',
  },
  dhcp_server_ipv6_only_preferred: '<empty> | infinity | <time-from-5min>',
  dhcp_server_persist_leases: '<boolean> | runtime',
  dhcp_server_relay_agent_suboption: '<empty> | <relay-agent-string>',

  dhcp_static_lease_address: '<empty> | <ipv4-not-null>',
  dhcp_static_lease_hostname: '<empty> | <lease-hostname>',
  dhcp_static_lease_hwaddr: '<empty> | <unicast-mac>',
};

export const dhcpServerAtoms: Atoms = {
  'server-address-252': (text) => {
    const prefix = ipv4Prefix(text);
    return prefix !== undefined && prefix.value !== 0n && !isLoopback(prefix);
  },
  // A null address stands for one out of a pool.
  'server-address-257': (text) => {
    const prefix = ipv4Prefix(text);
    return prefix !== undefined && !isLoopback(prefix) && !isLinkLocal(prefix);
  },
  // RFC 8925 has this as the least.
  'time-from-5min': (text) => isWithin(microseconds(text, 1_000_000n), '300000000..18446744073709551615'),
  'relay-agent-string': (text) => text.startsWith('string:'),
  'lease-hostname': isLeaseHostname,
};

function ipv4Prefix(text: string): Prefix | undefined {
  const prefix = prefixOf(text);
  return prefix?.family === 4 ? prefix : undefined;
}

/** 127.0.0.0/8. */
function isLoopback({ value }: Prefix): boolean {
  return value >> 24n === 127n;
}

/** 169.254.0.0/16. */
function isLinkLocal({ value }: Prefix): boolean {
  return value >> 16n === 0xa9fen;
}

/** A domain name of letters, digits and inner dashes; a dot may end it, and one alone is good. */
function isLeaseHostname(text: string): boolean {
  if (text === '.') return true;
  const name = text.replace(/\.$/, '');
  const isGood = (label: string) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label);
  return name.length <= 253 && name.split('.').every(isGood);
}
