import type { Atoms, Shapes } from '../notation.ts';
import { addressAtoms, addressShapes } from './address.ts';
import { bridgeEntriesShapes } from './bridge-entries.ts';
import { bridgeVlanAtoms, bridgeVlanShapes } from './bridge-vlan.ts';
import { canAtoms, canShapes } from './can.ts';
import { dhcpClientAtoms, dhcpClientShapes } from './dhcp-client.ts';
import { dhcpIdentityAtoms, dhcpIdentityShapes } from './dhcp-identity.ts';
import { dhcpOptionAtoms, dhcpOptionShapes } from './dhcp-option.ts';
import { dhcpServerAtoms, dhcpServerShapes } from './dhcp-server.ts';
import { dnsResolutionAtoms, dnsResolutionShapes } from './dns-resolution.ts';
import { gatewayRouteAtoms, gatewayRouteShapes } from './gateway-route.ts';
import { ipv6AddressAtoms, ipv6AddressShapes } from './ipv6-address.ts';
import { ipv6SendRaAtoms, ipv6SendRaShapes } from './ipv6-send-ra.ts';
import { linkIdentityAtoms, linkIdentityShapes } from './link-identity.ts';
import { lldpMudAtoms, lldpMudShapes } from './lldp-mud.ts';
import { neighborDiscoveryAtoms, neighborDiscoveryShapes } from './neighbor-discovery.ts';
import { networkOptionsAtoms, networkOptionsShapes } from './network-options.ts';
import { nexthopAtoms, nexthopShapes } from './nexthop.ts';
import { relatedLinksAtoms, relatedLinksShapes } from './related-links.ts';
import { routeAtoms, routeShapes } from './route.ts';
import { routingPolicyRuleAtoms, routingPolicyRuleShapes } from './routing-policy-rule.ts';
import { sharedParsersAtoms, sharedParsersShapes } from './shared-parsers.ts';

/** What the parsers of .network files take, and those that other units share with them. */
export const networkShapes: Shapes = {
  ...addressShapes,
  ...bridgeEntriesShapes,
  ...bridgeVlanShapes,
  ...canShapes,
  ...dhcpClientShapes,
  ...dhcpIdentityShapes,
  ...dhcpOptionShapes,
  ...dhcpServerShapes,
  ...dnsResolutionShapes,
  ...gatewayRouteShapes,
  ...ipv6AddressShapes,
  ...ipv6SendRaShapes,
  ...linkIdentityShapes,
  ...lldpMudShapes,
  ...neighborDiscoveryShapes,
  ...networkOptionsShapes,
  ...nexthopShapes,
  ...relatedLinksShapes,
  ...routeShapes,
  ...routingPolicyRuleShapes,
  ...sharedParsersShapes,
};

/** The atoms of these. */
export const networkAtoms: Atoms = {
  ...addressAtoms,
  ...bridgeVlanAtoms,
  ...canAtoms,
  ...dhcpClientAtoms,
  ...dhcpIdentityAtoms,
  ...dhcpOptionAtoms,
  ...dhcpServerAtoms,
  ...dnsResolutionAtoms,
  ...gatewayRouteAtoms,
  ...ipv6AddressAtoms,
  ...ipv6SendRaAtoms,
  ...linkIdentityAtoms,
  ...lldpMudAtoms,
  ...neighborDiscoveryAtoms,
  ...networkOptionsAtoms,
  ...nexthopAtoms,
  ...relatedLinksAtoms,
  ...routeAtoms,
  ...routingPolicyRuleAtoms,
  ...sharedParsersAtoms,
};
