import * as z from 'zod';
import type { Metadata } from '../resource.ts';
import {
  address,
  dhcpServerAddress,
  families,
  hostCidr,
  interfaceName,
  line,
  macAddress,
  mtu,
  requiredState,
  timeSpan,
} from './fields.ts';

/** 2^32 - 2: no IPv4 pool is larger. */
const mostAddresses = 4_294_967_294;

const dhcpServerSchema = z
  .strictObject({
    poolOffset: z
      .int()
      .min(1)
      .max(mostAddresses)
      .optional()
      .describe(
        'First address of the pool, counted from the network address; networkd chooses when it is absent',
      ),
    poolSize: z
      .int()
      .min(1)
      .max(mostAddresses)
      .optional()
      .describe('How many addresses the pool has; the rest of the subnet when it is absent'),
    defaultLeaseTime: timeSpan()
      .optional()
      .describe('Lease of a client that asks for none, as a time span such as 3h (networkd: 1h)'),
    maxLeaseTime: timeSpan().optional().describe('Longest lease, as a time span such as 12h (networkd: 12h)'),
    emitDNS: z.boolean().optional().describe('Whether leases name DNS servers (networkd: true)'),
    dns: z
      .array(dhcpServerAddress())
      .optional()
      .describe("DNS servers to name, IPv4 addresses or _server_address; the host's own when absent"),
    emitNTP: z.boolean().optional().describe('Whether leases name NTP servers (networkd: true)'),
    ntp: z
      .array(dhcpServerAddress())
      .optional()
      .describe("NTP servers to name, IPv4 addresses or _server_address; the host's own when absent"),
    emitTimezone: z.boolean().optional().describe('Whether leases name the time zone (networkd: true)'),
    timezone: line(
      'a time zone',
      /^[A-Za-z0-9][A-Za-z0-9_+-]*(\/[A-Za-z0-9][A-Za-z0-9_+-]*)*$/,
      'Europe/Berlin',
    )
      .optional()
      .describe("Time zone to name, such as Europe/Berlin; the host's own when absent"),
    emitRouter: z.boolean().optional().describe('Whether leases name this host as router (networkd: true)'),
    persistLeases: z
      .boolean()
      .optional()
      .describe('Whether leases survive a restart of networkd (systemd 256 and later)'),
  })
  .describe("networkd's DHCPv4 server on the bridge");

/** spec of a ContainerBridge. */
export const containerBridgeSchema = z
  .strictObject({
    interface: interfaceName().optional().describe('Name of the bridge; br-<metadata.name> when absent'),
    dummies: z
      .array(interfaceName())
      .default([])
      .describe('Dummy links to create and plug into the bridge, so that it has carrier without a real port'),
    interfaces: z
      .array(interfaceName())
      .default([])
      .describe('Links that exist by other means, to plug into the bridge'),
    addresses: z
      .array(hostCidr())
      .default([])
      .describe('Addresses of the bridge with prefix length, IPv4 or IPv6, such as 10.0.3.2/24'),
    gateway: address().optional().describe('Default gateway, an address inside one of the subnets'),
    forwarding: z.enum(families).default('none').describe('Address families that the host forwards'),
    masquerade: z
      .enum(families)
      .default('none')
      .describe('Address families whose traffic from the bridge leaves under the address of the host (NAT)'),
    mtu: mtu().optional().describe('Largest packet in bytes'),
    macAddress: macAddress().optional().describe('MAC address of the bridge, such as 02:00:00:00:03:02'),
    dhcpServer: dhcpServerSchema.optional(),
    requiredState: requiredState(),
  })
  .describe('A bridge of this host for its containers: ports, addresses, NAT and a DHCP server');

type Spec = z.output<typeof containerBridgeSchema>;

/** Name of the bridge: the spec's, or `br-<name>`. */
export function bridgeInterfaceOf(resource: {
  readonly metadata: Pick<Metadata, 'name'>;
  readonly spec: Readonly<Pick<Spec, 'interface'>>;
}): string {
  return resource.spec.interface ?? `br-${resource.metadata.name}`;
}
