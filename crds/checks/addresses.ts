import { type Cidr, contains, type Family, parseCidr, parseIp } from '../ip.ts';
import { checkTwice, type ReportField } from './check.ts';

/** RFC 8200 §5: a link with IPv6 carries packets of this many bytes. */
const leastIpv6Mtu = 1280;

/** The addresses of a spec, read; those that are none are left out. */
export function cidrsOf(addresses: readonly string[]): readonly Cidr[] {
  return addresses.flatMap((text) => {
    const cidr = parseCidr(text);
    return 'code' in cidr ? [] : cidr;
  });
}

/** Reports each address that is given twice, with whatever prefix length. */
export function checkAddresses(cidrs: readonly Cidr[], report: ReportField): void {
  checkTwice(
    cidrs.map(({ address }) => address),
    'spec.addresses',
    report,
  );
}

/** Reports a gateway that packets cannot be sent to; `what` is whose addresses they are: `the bridge`. */
export function checkGateway(
  gateway: string | undefined,
  cidrs: readonly Cidr[],
  { field, what }: { readonly field: string; readonly what: string },
  report: ReportField,
): void {
  const ip = gateway === undefined ? undefined : parseIp(gateway);
  if (!ip) return;
  const unreachable = (message: string, hint: string): void => {
    report(field, { code: 'GATEWAY_UNREACHABLE', message, hint });
  };
  if (cidrs.some(({ address }) => address === ip.address)) {
    unreachable(`the gateway ${ip.address} is ${what}'s own address`, 'name the address of the next router');
    return;
  }
  // RFC 4861: IPv6 routers are reached by their link-local addresses.
  if (ip.family === 6 && ip.value >> 118n === 0x3fan) return;
  const subnets = cidrs.filter((cidr) => contains(cidr, ip));
  if (subnets.length === 0) {
    const list = cidrs.map(({ text }) => text).join(', ');
    unreachable(
      `the gateway ${ip.address} is in none of ${what}'s subnets`,
      list === '' ? 'set spec.addresses' : `use an address inside one of ${list}`,
    );
  } else if (subnets.some((subnet) => isEdge(subnet, ip.value))) {
    unreachable(`the gateway ${ip.address} is no address of a host`, 'name the address of the next router');
  }
}

/** Network and broadcast address (RFC 3021 has none in a /31). */
function isEdge({ family, prefix, first, last }: Cidr, value: bigint): boolean {
  return family === 4 && prefix < 31 && (value === first || value === last);
}

/** Whether there is an address of a family. */
export function hasFamily(cidrs: readonly Cidr[], family: Family): boolean {
  return cidrs.some((cidr) => cidr.family === family);
}

/** Reports an MTU with which the link cannot have its IPv6 addresses. */
export function checkMtu(mtu: number | undefined, cidrs: readonly Cidr[], report: ReportField): void {
  if (mtu === undefined || mtu >= leastIpv6Mtu || !hasFamily(cidrs, 6)) return;
  report('spec.mtu', {
    code: 'OUT_OF_RANGE',
    message: `a link of ${mtu} bytes cannot have the IPv6 address in spec.addresses`,
    hint: `use a number from ${leastIpv6Mtu} to 65535`,
  });
}
