import { isIP } from 'node:net';
import { isDomain, isHostname } from './names.ts';
import type { Atom, Atoms } from './notation.ts';
import { microseconds, rangeOf, sizeOf, wholeNumber } from './numbers.ts';

/** Forms that values of more than one key have. */
export const commonAtoms: Atoms = {
  // parse_boolean()
  boolean: (text) => /^(1|yes|y|true|t|on|0|no|n|false|f|off)$/i.test(text),
  // safe_atou() and its like
  int: (text, range) => isWithin(wholeNumber(text), range),
  hexadecimal: (text, range) => isWithin(wholeNumber(text, 16), range),
  decimal: (text, range) => /^\d+$/.test(text) && isWithin(BigInt(text), range),
  // parse_ip_port_range()
  'port-range': (text) => {
    const [low, high] = rangeOf(text) ?? [0n, 0n];
    return low >= 1n && low <= high && high <= 65_535n;
  },
  // parse_sec()
  seconds: (text) => text === 'infinity' || microseconds(text, 1_000_000n) !== undefined,
  'finite-seconds': (text) => microseconds(text, 1_000_000n) !== undefined,
  // bounds that are spans themselves: `<span 1us..65535s>`
  span: isSpanWithin,
  usec: (text) => text === 'infinity' || microseconds(text, 1n) !== undefined,
  // parse_size()
  size: (text, range) => isWithin(sizeOf(text, 1024n), range),
  'si-size': (text, range) => isWithin(sizeOf(text, 1000n), range),
  // in_addr_from_string()
  address: (text) => isAddress(text),
  ipv4: (text) => isAddress(text, 4),
  ipv6: (text) => isAddress(text, 6),
  'address-not-null': isAddressNotNull,
  'ipv4-not-null': (text) => isAddress(text, 4) && isAddressNotNull(text),
  'ipv6-not-null': (text) => isAddress(text, 6) && isAddressNotNull(text),
  // in_addr_prefix_from_string()
  prefix: prefixed('optional'),
  cidr: prefixed('required'),
  'ipv4-prefix': prefixed('optional', 4),
  'ipv6-prefix': prefixed('optional', 6),
  'ipv4-cidr': prefixed('required', 4),
  'ipv6-cidr': prefixed('required', 6),
  // parse_ether_addr(): pairs, or groups of four digits
  mac: (text) => isHardwareAddress(text, [6]),
  'unicast-mac': (text) => isHardwareAddress(text, [6]) && isUnicast(text),
  'hardware-address': (text) => isHardwareAddress(text, [4, 6, 16, 20]),
  ifname: (text) => isLinkName(text, 15),
  altname: (text) => isLinkName(text, 127),
  // RouteTable= of networkd.conf
  'route-table-name': (text) =>
    /^(?!(default|main|local|yes|no|on|off|true|false|auto)$)[a-z_][\w.-]*$/i.test(text),
  hostname: isHostname,
  domain: isDomain,
  // path_is_valid() and path_is_normalized()
  'tidy-path': (text, longestPart = '255') => isTidyPath(text, Number(longestPart)),
  path: (text) => /^\/\S/.test(text) || text === '/',
  text: (text, range) =>
    text !== '' && (range === undefined || isWithin(BigInt(Buffer.byteLength(text)), range)),
  ascii: (text, range) => /^[\x20-\x7e]+$/.test(text) && isWithin(BigInt(text.length), range),
};

/** Whether there is a number, and it is of `A..B` with both ends in. */
export function isWithin(value: bigint | undefined, range = '0..18446744073709551615'): boolean {
  const [least = '', most = ''] = range.split('..');
  return value !== undefined && value >= BigInt(least) && value <= BigInt(most);
}

/** `A..B` of finite spans of time, with both ends in. */
function isSpanWithin(text: string, range = ''): boolean {
  const [value, least, most] = [text, ...range.split('..')].map((one) => microseconds(one, 1_000_000n));
  if (value === undefined || least === undefined || most === undefined) return false;
  return value >= least && value <= most;
}

/** An address of IPv4 or IPv6 without a zone, of the family if need be. */
export function isAddress(text: string, family?: 4 | 6): boolean {
  const found = text.includes('%') ? 0 : isIP(text);
  return found !== 0 && (family === undefined || found === family);
}

/** An address other than `0.0.0.0` and `::`. */
export function isAddressNotNull(text: string): boolean {
  return isAddress(text) && !/^[0:]*(0\.0\.0\.0)?$/.test(text);
}

/** The form of an address with its prefix length behind a `/`. */
export function prefixed(length: 'optional' | 'required', family?: 4 | 6): Atom {
  return (text) => {
    const slash = text.indexOf('/');
    if (slash === -1) return length === 'optional' && isAddress(text, family);
    const address = text.slice(0, slash);
    const bits = wholeNumber(text.slice(slash + 1));
    return isAddress(address, family) && isWithin(bits, isIP(address) === 4 ? '0..32' : '0..128');
  };
}

/** Hex bytes with `:` or `-` between them, or with `.` between every two; an IPv4 or IPv6 address stands for its bytes. */
function isHardwareAddress(text: string, lengths: readonly number[]): boolean {
  return lengths.some((bytes) => {
    if (bytes === 4 && isAddress(text, 4)) return true;
    if (bytes === 16 && isAddress(text, 6)) return true;
    const more = bytes - 1;
    const pairs = new RegExp(`^[0-9a-f]{1,2}(([:-])[0-9a-f]{1,2})(\\2[0-9a-f]{1,2}){${more - 1}}$`, 'i');
    const groups = new RegExp(`^[0-9a-f]{1,4}(\\.[0-9a-f]{1,4}){${bytes / 2 - 1}}$`, 'i');
    return pairs.test(text) || groups.test(text);
  });
}

/** Whether a MAC address is that of one station, so neither a group's nor null. */
function isUnicast(mac: string): boolean {
  const first = Number.parseInt(mac, 16) >> (mac.includes('.') ? 8 : 0);
  return (first & 1) === 0 && /[1-9a-f]/i.test(mac);
}

/** ifname_valid() of systemd: what the kernel takes, and no number. */
export function isLinkName(text: string, most: number): boolean {
  if (text === '.' || text === '..' || text === 'all' || text === 'default') return false;
  if (/^\d+$/.test(text) || isWithin(wholeNumber(text), '1..2147483647')) return false;
  return text.length <= most && /^[\x21-\x7e]+$/.test(text) && !/[/:%]/.test(text);
}

/** An absolute path without `..`; double slashes and single dots count as if they were not there. */
export function isTidyPath(text: string, longestPart: number): boolean {
  if (!text.startsWith('/')) return false;
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  const areGood = parts.every((part) => part !== '..' && Buffer.byteLength(part) <= longestPart);
  return areGood && Buffer.byteLength(`/${parts.join('/')}`) < 4096;
}
