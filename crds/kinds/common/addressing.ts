import * as z from 'zod';
import { address, domain, families, hostCidr, line, network, tableNumber } from '../fields.ts';
import { said } from '../said.ts';

const routeSchema = z
  .strictObject({
    destination: network().meta(
      said(
        'Where it leads: a network; 0.0.0.0/0 or ::/0 is everywhere',
        ['network Route.Destination'],
        '10.77.0.0/16',
      ),
    ),
    gateway: address()
      .optional()
      .meta(
        said('Next router; absent, the network is on the link itself', ['network Route.Gateway'], '10.0.3.1'),
      ),
    metric: z
      .int()
      .min(0)
      .max(4_294_967_295)
      .optional()
      .meta(said('The smaller one is preferred', ['network Route.Metric'], 100)),
    table: tableNumber()
      .optional()
      .meta(
        said(
          'Number of the routing table; that of the VRF, or main, when absent',
          ['network Route.Table'],
          100,
        ),
      ),
    source: address()
      .optional()
      .meta(
        said('Address that packets get which this host sends', ['network Route.PreferredSource'], '10.0.3.2'),
      ),
    type: z
      .enum(['unicast', 'blackhole', 'unreachable', 'prohibit', 'throw'])
      .optional()
      .meta(said('What becomes of packets (networkd: unicast)', ['network Route.Type'], 'blackhole')),
    onLink: z
      .boolean()
      .optional()
      .meta(
        said(
          'Whether the gateway is on the link although no address says so',
          ['network Route.GatewayOnLink'],
          true,
        ),
      ),
    mtu: z
      .int()
      .min(68)
      .max(65_535)
      .optional()
      .meta(said('Largest packet on this way in bytes', ['network Route.MTUBytes'], 1400)),
  })
  .describe('A route over the link');

const ruleSchema = z
  .strictObject({
    from: network()
      .optional()
      .meta(said('Packets from this network', ['network RoutingPolicyRule.From'], '10.0.3.0/24')),
    to: network()
      .optional()
      .meta(said('Packets to this network', ['network RoutingPolicyRule.To'], '10.77.0.0/16')),
    table: tableNumber().meta(
      said('Number of the routing table that they look into', ['network RoutingPolicyRule.Table'], 100),
    ),
    priority: z
      .int()
      .min(1)
      .max(4_294_967_295)
      .optional()
      .meta(
        said('Place among the rules; the smaller one is first', ['network RoutingPolicyRule.Priority'], 1000),
      ),
    incomingInterface: z
      .string()
      .optional()
      .meta(
        said('Packets that came in by this link', ['network RoutingPolicyRule.IncomingInterface'], 'br-mgmt'),
      ),
    firewallMark: z
      .int()
      .min(1)
      .max(4_294_967_295)
      .optional()
      .meta(said('Packets with this mark', ['network RoutingPolicyRule.FirewallMark'], 7)),
  })
  .describe('A rule that lets packets look into another routing table');

/** Addresses, routes and names of a link: of every kind that has a .network of its own. */
export const addressing = {
  addresses: z
    .array(hostCidr())
    .default([])
    .meta(
      said(
        'Addresses with prefix length, IPv4 or IPv6',
        ['network Network.Address'],
        ['10.0.3.2/24', 'fd00:3::2/64'],
      ),
    ),
  gateways: z
    .array(address())
    .default([])
    .meta(said('Default gateways, one an address family', ['network Network.Gateway'], ['10.0.3.1'])),
  dhcp: z
    .enum(families)
    .default('none')
    .meta(said('Address families whose addresses come by DHCP', ['network Network.DHCP'], 'ipv4')),
  acceptRouterAdvertisements: z
    .boolean()
    .optional()
    .meta(
      said(
        'Whether IPv6 routers give addresses and routes; only with DHCP for IPv6 when absent',
        ['network Network.IPv6AcceptRA'],
        true,
      ),
    ),
  linkLocal: z
    .enum(families)
    .optional()
    .meta(
      said(
        'Address families with a link-local address (networkd: ipv6)',
        ['network Network.LinkLocalAddressing'],
        'none',
      ),
    ),
  routes: z
    .array(routeSchema)
    .default([])
    .meta(said('Routes over the link', [], [{ destination: '10.77.0.0/16', gateway: '10.0.3.1' }])),
  rules: z
    .array(ruleSchema)
    .default([])
    .meta(said('Rules for other routing tables', [], [{ from: '10.0.3.0/24', table: 100 }])),
  dns: z
    .array(address())
    .default([])
    .meta(said('DNS servers that are reached over the link', ['network Network.DNS'], ['10.0.3.53'])),
  domains: z
    .array(domain())
    .default([])
    .meta(
      said(
        'Domains to search; with a ~ before them, those for which the servers of this link are asked',
        ['network Network.Domains'],
        ['example.org'],
      ),
    ),
  ntp: z
    .array(line('the name or address of a server', /^[A-Za-z0-9:.-]+$/, 'ntp.example.org'))
    .default([])
    .meta(said('NTP servers', ['network Network.NTP'], ['ntp.example.org'])),
  forwarding: z
    .enum(families)
    .default('none')
    .meta(
      said(
        'Address families that the host forwards',
        ['network Network.IPForward', 'network Network.IPv4Forwarding', 'network Network.IPv6Forwarding'],
        'ipv4',
      ),
    ),
} as const;
