import { parseIp } from '../../../ip.ts';
import { isAddress } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';

/** All but infinity of what 32 bits of seconds hold. */
const lifetime = 'infinity | <span 0..4294967294s>';
const preference = 'high | medium | normal | default | low';

/** [IPv6SendRA], [IPv6Prefix], [IPv6RoutePrefix] and [IPv6PREF64Prefix]: what a router says of itself. */
export const ipv6SendRaShapes: Shapes = {
  pref64_prefix: '<pref64-prefix>',
  pref64_prefix_lifetime: '<span 0..65528s>',

  prefix: { 247: '<prefix-of-3-bits-or-more>', 252: '<ipv6-prefix>' },
  prefix_assign: '<boolean>',
  prefix_boolean: '<boolean>',
  prefix_flags: '<boolean>',
  prefix_lifetime: { 247: '<seconds>', 252: lifetime },
  prefix_metric: '<int 0..4294967295>',
  prefix_token: '<empty> | <prefix-token>',

  radv_dns: '<empty> | (<ipv6-not-null> | _link_local)...',
  radv_search_domains: '<empty> | <domain-to-announce>...',

  route_prefix: '<ipv6-prefix>',
  route_prefix_lifetime: { 247: '<seconds>', 252: lifetime },
  route_prefix_preference: `<empty> | ${preference}`,

  router_home_agent_lifetime: '<empty> | <span 1us..65535s>',
  // A router that is none by default has a lifetime of 0; what is too short or too long becomes the least or the most.
  router_lifetime: '<empty> | <span 0..0> | <span 4s..9000s> | !<seconds>',
  router_preference: { 247: preference, 258: `<empty> | ${preference}` },
  // IPv6SendRA= takes a boolean alone, IPv6PrefixDelegation= the words, too.
  router_prefix_delegation: '<boolean> | static | dhcpv6',
  'router_prefix_delegation Network.IPv6SendRA': '<boolean>',
  router_uint32_msec_usec: '<empty> | infinity | <span 0..4294967295ms>',
};

export const ipv6SendRaAtoms: Atoms = {
  // RFC 8781 §4
  'pref64-prefix': (text) => [96n, 64n, 56n, 48n, 40n, 32n].includes(prefixLength(text) ?? 0n),
  'prefix-of-3-bits-or-more': (text) => (prefixLength(text) ?? 0n) >= 3n,
  'prefix-token': isPrefixToken,
  // libidn2 refuses longer ones. Where the host does without it, nothing does.
  'domain-to-announce': (text) => text.length <= 255 && text.split('.').every((label) => label.length <= 63),
};

/** The length of an IPv6 prefix; an address alone has all 128 bits. */
function prefixLength(text: string): bigint | undefined {
  const [address = '', ...rest] = text.split('/');
  if (!isAddress(address, 6)) return undefined;
  const length = rest.length === 0 ? 128n : wholeNumber(rest.join('/'));
  return length !== undefined && length >= 0n && length <= 128n ? length : undefined;
}

/** Where the lower half of an address is from: `eui64`, `prefixstable[:address][,secret]`, `[static:]address`. */
function isPrefixToken(text: string): boolean {
  if (text === 'eui64') return true;
  const stable = /^prefixstable(?::([^,]*))?(?:,(.*))?$/s.exec(text);
  if (stable) {
    const [, address, secret] = stable;
    return (address === undefined || isAddress(address, 6)) && (secret === undefined || isSecret(secret));
  }
  const ip = parseIp(text.replace(/^static:/, ''));
  return ip?.family === 6 && BigInt.asUintN(64, ip.value) !== 0n;
}

/** sd_id128_from_string(), and not null. */
function isSecret(text: string): boolean {
  const isId = /^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(text);
  return isId && /[1-9a-f]/i.test(text);
}
