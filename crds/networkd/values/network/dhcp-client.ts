import { isWithin } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { prefixOf } from '../prefixes.ts';
import { quotedWords, unescaped } from '../quoting.ts';
import { routeTable } from './route.ts';

/** [DHCPv4] and [DHCPv6] but for options, the [DHCP] they were before, [DHCPPrefixDelegation], DHCP= of [Network]. */
export const dhcpClientShapes: Shapes = {
  dhcp: '<boolean> | ipv4 | ipv6 | !none | !both | !v4 | !v6',
  dhcp6_client_start_mode: 'no | information-request | solicit',
  dhcp_acl_ip_address: '<empty> | <ipv4>...',
  dhcp_fallback_lease_lifetime: '<empty> | forever | infinity',
  dhcp_ip_service_type: {
    247: 'CS4 | CS6',
    252: '<empty> | none | CS4 | CS6',
  },
  dhcp_label: '<empty> | <ascii 1..15>',
  dhcp_max_attempts: '<empty> | infinity | <int 1..18446744073709551615>',
  dhcp_request_options: '<empty> | <int 1..254>...',
  dhcp_socket_priority: {
    254: '<empty> | <int -2147483648..2147483647>',
    262: '<empty> | <int 0..15>',
  },

  // What the client says of itself.
  dhcp4_user_class: '<empty> | <class-words 1..255>',
  dhcp6_mud_url: '<empty> | <escaped-url>',
  dhcp6_user_or_vendor_class: '<empty> | <class-words 1..65535>',
  dhcp_client_identifier: {
    247: 'mac | duid | duid-only',
    255: 'mac | duid',
  },
  dhcp_mud_url: '<empty> | <escaped-url>',
  dhcp_send_hostname: '<boolean>',
  dhcp_user_class: '<empty> | <class-words 1..255>',
  'dhcp_user_class AF_INET6': '<empty> | <class-words 1..65535>',
  dhcp_user_or_vendor_class: '<empty> | <class-words 1..255>',
  'dhcp_user_or_vendor_class AF_INET6': '<empty> | <class-words 1..65535>',
  dhcp_vendor_class: '<empty> | <class-words 0..255>',

  // What it does with what the server says.
  dhcp_or_ra_route_metric: '<int 0..4294967295>',
  // networkd takes the names of RouteTable= in networkd.conf too.
  dhcp_or_ra_route_table: routeTable,
  dhcp_route_metric: '<int 0..4294967295>',
  dhcp_use_dns: '<boolean>',
  dhcp_use_domains: '<boolean> | route',
  dhcp_use_ntp: '<boolean>',

  // The prefixes that it asks for, and hands on.
  dhcp6_pd_hint: '<delegated-prefix>',
  dhcp6_pd_prefix_hint: '<delegated-prefix>',
  dhcp6_pd_subnet_id: '<empty> | auto | <hexadecimal 0..9223372036854775807>',
  dhcp_pd_prefix_route_type: '<empty> | none | unreachable | prohibit | blackhole | throw',
  dhcp_pd_subnet_id: '<empty> | auto | <hexadecimal 0..9223372036854775807>',
};

export const dhcpClientAtoms: Atoms = {
  'class-words': (text, lengths) =>
    quotedWords(text)?.every((word) => isWithin(BigInt(word.length), lengths)) ?? false,
  'escaped-url': isUrl,
  'delegated-prefix': (text) => {
    const prefix = prefixOf(text);
    return prefix?.family === 6 && prefix.length > 0;
  },
};

/** http_url_is_valid() of systemd; the option has room for 255 bytes. */
function isUrl(text: string): boolean {
  const url = unescaped(text);
  return url !== undefined && url.length <= 255 && /^https?:\/\/[^\x80-\xff]+$/.test(url.toString('latin1'));
}
