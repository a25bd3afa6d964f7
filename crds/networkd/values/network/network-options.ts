import { BlockList } from 'node:net';
import { isAddress, isWithin } from '../atoms.ts';
import { isLocalhost } from '../names.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';

/** Names of prefixes, in lists of these. */
const namedPrefixes = 'any | <localhost-name> | link-local | multicast';

/** What [Network] turns on and off, and addresses of other sections. */
export const networkOptionsShapes: Shapes = {
  activation_policy: 'up | always-up | manual | always-down | down | bound',
  address_family_with_kernel: '<boolean> | ipv4 | ipv6 | kernel',
  duplicate_address_detection: 'none | both | ipv4 | ipv6 | !<boolean>',
  ignore_carrier_loss: '<empty> | <boolean> | <seconds>',
  int: '<int -2147483648..2147483647>',
  ip_masquerade: '<empty> | <no> | ipv4 | ipv6 | both | !<boolean>',
  ipv6_link_local_address_gen_mode: 'eui64 | none | stable-privacy | random',
  ipv6_privacy_extensions: '<boolean> | prefer-public | kernel',
  keep_configuration: {
    247: '<boolean> | static | dhcp-on-stop | dhcp',
    257: '<empty> | <boolean> | static | dynamic-on-stop | dynamic | dhcp-on-stop | dhcp',
  },
  lifetime: '<empty> | forever | infinity | 0',
  link_local_address_family: {
    247: '<boolean> | ipv4 | ipv6 | fallback | ipv4-fallback',
    252: '<boolean> | ipv4 | ipv6 | fallback | fallback-ipv4',
  },
  mm_allowed_auth: '<empty> | (none | pap | chap | mschap | mschapv2 | eap)...',
  mm_ip_family: '<empty> | ipv4 | ipv6 | both | any',
  mm_route_metric: '<empty> | <int 0..4294967295>',
  multicast_router: '<no> | query | permanent | temporary',

  // These know no other word for a boolean than `no`.
  ip_reverse_path_filter: 'no | strict | loose',
  ipv4_force_igmp_version: 'no | v1 | v2 | v3',

  // Deprecated: any value gives a warning. IPv4LL= counts only where LinkLocalAddressing= stands above it.
  ip_forward_deprecated: '<nothing>',
  ipv4ll: '<nothing> | !<boolean>',

  in_addr_non_null: '<empty> | <address-not-null>',
  'in_addr_non_null AF_INET': '<empty> | <ipv4-not-null>',
  'in_addr_non_null AF_INET6': '<empty> | <ipv6-not-null>',
  'in_addr_prefixes AF_INET': `<empty> | (${namedPrefixes} | <ipv4-prefix>)...`,
  'in_addr_prefixes AF_INET6': `<empty> | (${namedPrefixes} | <ipv6-prefix>)...`,
  ipv4ll_address: '<empty> | <ipv4-link-local-dynamic>',
  'ipv6_address_label_section IPV6_ADDRESS_LABEL': '<empty> | <int 0..4294967294>',
  'ipv6_address_label_section IPV6_ADDRESS_LABEL_PREFIX': '<empty> | <ipv6-label-prefix>',
  ipv6_proxy_ndp_address: '<empty> | <ipv6-not-null>',
};

/** The forms of addresses for one purpose, and of no value at all. */
export const networkOptionsAtoms: Atoms = {
  nothing: () => false,
  // The half of parse_boolean() that is false.
  no: (text) => /^(?:0|no?|f|false|off)$/i.test(text),
  'localhost-name': isLocalhost,
  // RFC 3927 keeps the first and the last 256 addresses for later use.
  'ipv4-link-local-dynamic': (text) => isAddress(text, 4) && /^169\.254\.(?!0\.|255\.)/.test(text),
  'ipv6-label-prefix': isLabelPrefix,
};

const mappedIpv4 = new BlockList();
mappedIpv4.addSubnet('::ffff:0:0', 96, 'ipv6');

/** A prefix whose address may be a mapped IPv4 one only as a whole range of these. */
function isLabelPrefix(text: string): boolean {
  const [, address = '', bits = '128'] = /^([^/]+)(?:\/(.+))?$/.exec(text) ?? [];
  if (!isAddress(address, 6)) return false;
  return isWithin(wholeNumber(bits), mappedIpv4.check(address, 'ipv6') ? '0..96' : '0..128');
}
