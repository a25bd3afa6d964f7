import { isIP } from 'node:net';
import { Address4, Address6 } from 'ip-address';
import type { Fault } from './problem.ts';

/** 4 or 6, as `net.isIP` counts them. */
export type Family = 4 | 6;

/** One address in canonical form (RFC 5952 for IPv6). */
export interface Ip {
  readonly family: Family;
  readonly address: string;
  readonly value: bigint;
}

/** An address with its prefix length, and the span of the subnet that it stands in. */
export interface Cidr extends Ip {
  readonly prefix: number;
  /** Canonical `address/prefix`. */
  readonly text: string;
  /** Lowest and highest address of the subnet, as numbers. */
  readonly first: bigint;
  readonly last: bigint;
}

const bits = { 4: 32, 6: 128 } as const;

/** Reads a plain address; undefined for everything that RFC 4291 or dotted quads do not cover (leading zeros, zones, blanks). */
export function parseIp(text: string): Ip | undefined {
  // The gate comes first: address libraries accept spellings that inet_pton(3), and so networkd, reads otherwise.
  const family = isIP(text);
  if (family === 4) return { family, address: text, value: new Address4(text).bigInt() };
  if (family !== 6 || text.includes('%')) return undefined;
  const parsed = new Address6(text);
  return { family, address: parsed.correctForm(), value: parsed.bigInt() };
}

/** Reads `address/prefix`; a Fault (BAD_ADDRESS or BAD_PREFIX) says what is wrong with it. */
export function parseCidr(text: string): Cidr | Fault {
  const slash = text.indexOf('/');
  const ip = parseIp(slash === -1 ? text : text.slice(0, slash));
  if (!ip)
    return notAnAddress(text, 'write an address with its prefix length, such as 10.0.3.2/24 or fd00::2/64');
  if (slash === -1) {
    return badPrefix(
      `${text} has no prefix length`,
      `add one, such as ${ip.address}/${ip.family === 4 ? 24 : 64}`,
    );
  }
  const prefix = text.slice(slash + 1);
  const most = bits[ip.family];
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > most || Number(prefix) === 0) {
    return badPrefix(
      `/${prefix} is not a prefix length of an IPv${ip.family} address`,
      `use a number from 1 to ${most}, such as ${ip.address}/${ip.family === 4 ? 24 : 64}`,
    );
  }
  return subnetOf(ip, Number(prefix));
}

function subnetOf(ip: Ip, prefix: number): Cidr {
  const hostMask = (1n << BigInt(bits[ip.family] - prefix)) - 1n;
  const first = ip.value & ~hostMask;
  return { ...ip, prefix, text: `${ip.address}/${prefix}`, first, last: first | hostMask };
}

/** Why an address cannot be that of a host, if it cannot. */
export function hostAddressFault(cidr: Cidr): Fault | undefined {
  if (isReserved(cidr)) {
    return badAddress(
      `${cidr.address} cannot be the address of a link`,
      `use a unicast address, such as ${cidr.family === 4 ? '10.0.3.2/24' : 'fd00::2/64'}`,
    );
  }
  if (cidr.family === 6 || cidr.prefix >= 31) return undefined;
  const example = `${format(4, cidr.first + 1n)}/${cidr.prefix}`;
  if (cidr.value === cidr.first) {
    return badAddress(
      `${cidr.text} is the address of the network itself`,
      `use an address inside it, such as ${example}`,
    );
  }
  if (cidr.value === cidr.last) {
    return badAddress(
      `${cidr.text} is the broadcast address of its network`,
      `use an address inside it, such as ${example}`,
    );
  }
  return undefined;
}

/** 0/8 and 224/3 (RFC 1122, 5771, 1112); ::/96 and ::ffff:0:0/96 (RFC 4291 §2.5) and ff00::/8. */
function isReserved({ family, value }: Ip): boolean {
  if (family === 4) return value >> 24n === 0n || value >> 29n === 0b111n;
  return value >> 32n === 0n || value >> 32n === 0xffffn || value >> 120n === 0xffn;
}

/** The canonical text of an address given as a number. */
export function format(family: Family, value: bigint): string {
  return family === 4 ? Address4.fromBigInt(value).correctForm() : Address6.fromBigInt(value).correctForm();
}

/** Whether the address stands in the subnet. */
export function contains(subnet: Cidr, ip: Ip): boolean {
  return subnet.family === ip.family && subnet.first <= ip.value && ip.value <= subnet.last;
}

/** The Fault of something that is no address at all. */
export function notAnAddress(text: string, hint: string): Fault {
  return badAddress(`${JSON.stringify(text)} is not an IP address`, hint);
}

function badAddress(message: string, hint: string): Fault {
  return { code: 'BAD_ADDRESS', message, hint };
}

function badPrefix(message: string, hint: string): Fault {
  return { code: 'BAD_PREFIX', message, hint };
}
