import { type LinkResource, membershipOf } from '../compile/links/shapes.ts';
import { type Cidr, parseIp } from '../ip.ts';
import type { SpecOf } from '../kinds/index.ts';
import { checkAddresses, checkGateway, checkMtu, cidrsOf } from './addresses.ts';
import { checkTwice, type ReportField } from './check.ts';

/** Spec of a kind of link that has addresses. */
type Addressed = SpecOf<'Interface'>;

/** Checks between addresses, routes and what else a link has of IP. */
export function checkAddressing(resource: LinkResource, report: ReportField): void {
  const spec = addressedOf(resource);
  if (!spec) return;
  const cidrs = cidrsOf(spec.addresses);
  checkAddresses(cidrs, report);
  checkTwice(spec.gateways, 'spec.gateways', report);
  checkMtu(spec.mtu, cidrs, report);
  checkLinkLocal(spec, report);
  for (const [i, gateway] of spec.gateways.entries())
    checkReach(gateway, spec, cidrs, `spec.gateways.${i}`, report);
  spec.routes.forEach((route, i) => {
    const path = `spec.routes.${i}`;
    if (route.gateway !== undefined && route.onLink !== true)
      checkReach(route.gateway, spec, cidrs, `${path}.gateway`, report);
    checkRoute(route, path, report);
  });
  checkPort(resource, spec, report);
}

function addressedOf({ spec }: LinkResource): Addressed | undefined {
  return 'addresses' in spec ? (spec as Addressed) : undefined;
}

/** networkd sets a gateway of which no address tells where it is as if it were on the link, and says so. */
function checkReach(
  gateway: string,
  { dhcp }: Addressed,
  cidrs: readonly Cidr[],
  field: string,
  report: ReportField,
): void {
  // By DHCP the link may get an address of the gateway's subnet.
  if (dhcp === 'none' || cidrs.length === 0)
    checkGateway(gateway, cidrs, { field, what: 'the link' }, report);
}

function checkLinkLocal(
  { linkLocal, dhcp, acceptRouterAdvertisements }: Addressed,
  report: ReportField,
): void {
  const byDhcp = dhcp === 'ipv6' || dhcp === 'both';
  if (linkLocal === undefined || linkLocal === 'ipv6' || linkLocal === 'both') return;
  if (!byDhcp && acceptRouterAdvertisements !== true) return;
  report('spec.linkLocal', {
    code: 'BAD_VALUE',
    message: `IPv6 by ${byDhcp ? 'DHCP' : 'routers'} needs a link-local address of IPv6`,
    hint: 'write ipv6 or both, or leave linkLocal out',
  });
}

function checkRoute(route: Addressed['routes'][number], path: string, report: ReportField): void {
  const { destination, gateway, source, onLink, type = 'unicast' } = route;
  const family = destination.includes(':') ? 6 : 4;
  for (const [field, address] of Object.entries({ gateway, source })) {
    if (address === undefined || parseIp(address)?.family === family) continue;
    report(`${path}.${field}`, {
      code: 'BAD_ADDRESS',
      message: `${address} is of another address family than ${destination}`,
      hint: `write an IPv${family} address`,
    });
  }
  if (onLink !== undefined && gateway === undefined)
    report(`${path}.onLink`, {
      code: 'BAD_VALUE',
      message: 'there is no gateway that could be on the link',
      hint: 'add gateway, or remove onLink',
    });
  if (type === 'unicast' || gateway === undefined) return;
  report(`${path}.gateway`, {
    code: 'BAD_VALUE',
    message: `packets of a route of type ${type} go nowhere, and so to no gateway`,
    hint: 'remove one of the two',
  });
}

/** A port hands all that it gets to its bridge or bond. */
function checkPort(resource: LinkResource, spec: Addressed, report: ReportField): void {
  const { bridge, bond } = membershipOf(resource);
  const master = bridge ?? bond;
  if (master === undefined) return;
  const own = {
    addresses: spec.addresses.length > 0,
    gateways: spec.gateways.length > 0,
    routes: spec.routes.length > 0,
    dhcp: spec.dhcp !== 'none',
    acceptRouterAdvertisements: spec.acceptRouterAdvertisements === true,
    linkLocal: spec.linkLocal !== undefined && spec.linkLocal !== 'none',
  };
  // The kernel gives a member of a bond what the bond has.
  const ofBond =
    bond === undefined ? {} : { mtu: spec.mtu !== undefined, macAddress: spec.macAddress !== undefined };
  for (const [field, isSet] of Object.entries({ ...own, ...ofBond })) {
    if (!isSet) continue;
    report(
      `spec.${field}`,
      {
        code: 'BAD_VALUE',
        message: `a port of ${master} has no ${field} of its own`,
        hint: `say it in the document of ${master}`,
      },
      'key',
    );
  }
}
