import { isAddress, isWithin } from '../atoms.ts';
import { isDomain, isLocalhost } from '../names.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';
import { isLinkReference } from './link-reference.ts';

/** [Network] DNS=, Domains= and what else is for systemd-resolved. */
export const dnsResolutionShapes: Shapes = {
  dns: '<empty> | <dns-server>...',
  dns_name: '<empty> | <domain>',
  dns_over_tls_mode: '<boolean> | opportunistic',
  dnssec_mode: '<boolean> | allow-downgrade',
  dnssec_negative_trust_anchors: '<empty> | <domain>...',
  domains: '<empty> | <search-domain>...',
  ipv6_accept_ra_use_domains: '<boolean> | route',
};

/** The forms of the values of DNS= and Domains=. */
export const dnsResolutionAtoms: Atoms = {
  'dns-server': isDnsServer,
  'search-domain': isSearchDomain,
};

/** An address, with `:port`, `%link` and `#name` behind it if wanted, in this order; brackets are around IPv6 with a port. */
function isDnsServer(text: string): boolean {
  const [, server = '', link] = /^([^%#]+)(?:%([^#]+))?(?:#.+)?$/.exec(text) ?? [];
  if (link !== undefined && !isLinkReference(link)) return false;
  if (isAddress(server)) return true;
  const [, ipv6 = '', ipv4 = '', port = ''] = /^(?:\[(.+)\]|([^:]+)):([^:]+)$/.exec(server) ?? [];
  return isWithin(wholeNumber(port), '1..65535') && (isAddress(ipv6, 6) || isAddress(ipv4, 4));
}

/** A domain, with `~` before it if it only routes queries; `*` and nothing stand for the root. localhost is not looked up. */
function isSearchDomain(text: string): boolean {
  const domain = text.replace(/^~/, '');
  return domain === '' || domain === '*' || (isDomain(domain) && !isLocalhost(domain));
}
