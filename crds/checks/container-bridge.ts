import { madeNameFault } from '../interface-name.ts';
import { type Cidr, contains, type Family, parseCidr, parseIp } from '../ip.ts';
import { bridgeInterfaceOf } from '../kinds/container-bridge.ts';
import type { Fault } from '../problem.ts';
import { type Checked, checkDefaultName, checkTwice, type ReportField } from './check.ts';
import { checkDhcpServer } from './dhcp-server.ts';

/** RFC 8200 §5: a link with IPv6 carries packets of this many bytes. */
const leastIpv6Mtu = 1280;

type Bridge = Checked<'ContainerBridge'>;

/** Checks between the fields of a ContainerBridge. */
export function checkContainerBridge(bridge: Bridge, report: ReportField): void {
  const cidrs = bridge.spec.addresses.flatMap((text) => {
    const cidr = parseCidr(text);
    return 'code' in cidr ? [] : cidr;
  });
  checkLinks(bridge, report);
  checkTwice(
    cidrs.map(({ address }) => address),
    'spec.addresses',
    report,
  );
  checkGateway(bridge.spec.gateway, cidrs, report);
  checkFamilies(bridge.spec, cidrs, report);
  checkDhcpServer(bridge.spec.dhcpServer, cidrs, report);
}

function checkLinks(bridge: Bridge, report: ReportField): void {
  const { spec } = bridge;
  const name = bridgeInterfaceOf(bridge);
  checkDefaultName(spec.interface, name, 'spec.interface', report);
  const made = madeNameFault(name);
  if (made) report('spec.interface', made);
  spec.dummies.forEach((dummy, index) => {
    const fault = madeNameFault(dummy);
    if (fault) report(`spec.dummies.${index}`, fault);
  });
  for (const field of ['dummies', 'interfaces'] as const) {
    checkTwice(spec[field], `spec.${field}`, report);
    const own = spec[field].indexOf(name);
    if (own !== -1) report(`spec.${field}.${own}`, selfReference(name));
  }
  spec.interfaces.forEach((port, index) => {
    if (!spec.dummies.includes(port)) return;
    report(`spec.interfaces.${index}`, {
      code: 'BAD_VALUE',
      message: `${port} is one of spec.dummies, so it is in the bridge already`,
      hint: 'remove it from one of the two lists',
    });
  });
}

function selfReference(name: string): Fault {
  return {
    code: 'SELF_REFERENCE',
    message: `the bridge ${name} is its own port`,
    hint: 'name another link here, or remove it',
  };
}

function checkGateway(gateway: string | undefined, cidrs: readonly Cidr[], report: ReportField): void {
  const ip = gateway === undefined ? undefined : parseIp(gateway);
  if (!ip) return;
  const unreachable = (message: string, hint: string): void => {
    report('spec.gateway', { code: 'GATEWAY_UNREACHABLE', message, hint });
  };
  if (cidrs.some(({ address }) => address === ip.address)) {
    unreachable(
      `the gateway ${ip.address} is the bridge's own address`,
      'name the address of the next router',
    );
    return;
  }
  // RFC 4861: IPv6 routers are reached by their link-local addresses.
  if (ip.family === 6 && ip.value >> 118n === 0x3fan) return;
  const subnets = cidrs.filter((cidr) => contains(cidr, ip));
  if (subnets.length === 0) {
    const list = cidrs.map(({ text }) => text).join(', ');
    unreachable(
      `the gateway ${ip.address} is in none of the bridge's subnets`,
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

function checkFamilies(spec: Bridge['spec'], cidrs: readonly Cidr[], report: ReportField): void {
  const has = (family: Family): boolean => cidrs.some((cidr) => cidr.family === family);
  for (const family of [4, 6] as const) {
    if (spec.masquerade !== 'both' && spec.masquerade !== `ipv${family}`) continue;
    if (has(family)) continue;
    report('spec.masquerade', {
      code: 'BAD_VALUE',
      message: `masquerade is on for IPv${family}, and the bridge has no IPv${family} address`,
      hint: `add one to spec.addresses, such as ${family === 4 ? '10.0.3.2/24' : 'fd00::2/64'}, or switch it off`,
    });
  }
  if (spec.mtu === undefined || spec.mtu >= leastIpv6Mtu || !has(6)) return;
  report('spec.mtu', {
    code: 'OUT_OF_RANGE',
    message: `a link of ${spec.mtu} bytes cannot have the IPv6 address in spec.addresses`,
    hint: `use a number from ${leastIpv6Mtu} to 65535`,
  });
}
