import { isIP } from 'node:net';
import { parseIp } from '../../../ip.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { prefixOf } from '../prefixes.ts';

/** How networkd makes IPv6 addresses of prefixes (Token=), and which label the kernel gives them. */
export const ipv6AddressShapes: Shapes = {
  address_generation_type: {
    247: '<empty> | <token-247>',
    250: '<empty> | eui64 | <token-250>',
  },
  dhcp6_pd_token: '<empty> | <ipv6-not-null>',

  address_label: '<int 0..4294967294>',
  address_label_prefix: {
    247: '<ipv6-prefix>',
    252: '<label-prefix>',
  },
};

export const ipv6AddressAtoms: Atoms = {
  'token-247': (text) => (text.startsWith('prefixstable') ? isOldPrefixStable(text) : hasBits(text, 128)),
  // Only the lower half of a static address counts.
  'token-250': (text) => (text.startsWith('prefixstable') ? isPrefixStable(text) : hasBits(text, 64)),
  'label-prefix': isLabelPrefix,
};

/** `prefixstable` or `prefixstable:ADDRESS`. */
function isOldPrefixStable(text: string): boolean {
  const [, address] = /^prefixstable(?::(.*))?$/.exec(text) ?? [];
  return text === 'prefixstable' || isIpv6(address);
}

/** The same, each maybe with a comma and a secret key. */
function isPrefixStable(text: string): boolean {
  const [, stable = '', key] = /^([^,]*)(?:,(.*))?$/.exec(text) ?? [];
  return isOldPrefixStable(stable) && (key === undefined || isSecretKey(key));
}

/** `ADDRESS` or `static:ADDRESS`, an IPv6 address with a bit set among the lowest. */
function hasBits(text: string, lowest: number): boolean {
  const ip = parseIp(text.replace(/^static:/, ''));
  return ip?.family === 6 && BigInt.asUintN(lowest, ip.value) !== 0n;
}

function isIpv6(text = ''): boolean {
  return isIP(text) === 6 && !text.includes('%');
}

/** sd_id128_from_string() of systemd, but not null: plain, or with the dashes of a UUID. */
function isSecretKey(text: string): boolean {
  const form = /^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
  return form.test(text) && /[1-9a-f]/i.test(text);
}

/** An IPv6 prefix; the kernel has no labels for prefixes inside of the mapped IPv4 addresses. */
function isLabelPrefix(text: string): boolean {
  const prefix = prefixOf(text);
  if (prefix?.family !== 6) return false;
  const isMapped = prefix.value >> 32n === 0xffffn;
  return !isMapped || prefix.length <= 96;
}
