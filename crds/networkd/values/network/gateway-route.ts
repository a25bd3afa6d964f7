import { isAddress, isWithin } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';
import { isLinkReference, isLinkReference247 } from './link-reference.ts';

// The check of the section warns of `_dhcp`, whatever else stands there.
const routeGateway = '<empty> | <address> | _dhcp4 | _ipv6ra | !_dhcp';

/** Where packets leave to: gateways, and what [IPv6AcceptRA] makes of a router's. */
export const gatewayRouteShapes: Shapes = {
  gateway: routeGateway,
  'gateway 0 Network.Gateway': '<address>',
  'gateway 0 Route.Gateway': routeGateway,
  ipv6_accept_ra_route_metric: '<int 0..4294967295> | <metric-triple>',
  ipv6_accept_ra_start_dhcp6_client: '<boolean> | always',
  ipv6_route_preference: 'low | medium | high',
  multipath_route: {
    247: '<empty> | <weighted-gateway-247>',
    252: '<empty> | <weighted-gateway>',
  },
};

/** The forms of gateways. */
export const gatewayRouteAtoms: Atoms = {
  'weighted-gateway-247': (text) => isWeightedGateway(text, isLinkReference247),
  'weighted-gateway': (text) => isWeightedGateway(text, isLinkReference),
};

/** `gateway`, or `gateway@link`, with its weight behind it if wanted. */
function isWeightedGateway(text: string, isLink: (text: string) => boolean): boolean {
  const [, address = '', link, weight = '1'] = /^([^\s@]+)(?:@(\S+))?(?:\s+(.+))?$/.exec(text) ?? [];
  if (link !== undefined && !isLink(link)) return false;
  return isAddress(address) && isWithin(wholeNumber(weight), '1..256');
}
