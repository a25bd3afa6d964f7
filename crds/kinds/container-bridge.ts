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
import { said } from './said.ts';

/** 2^32 - 2: no IPv4 pool is larger. */
const mostAddresses = 4_294_967_294;

const dhcpServerSchema = z
  .strictObject({
    poolOffset: z
      .int()
      .min(1)
      .max(mostAddresses)
      .optional()
      .meta(
        said(
          'First address of the pool, counted from the network address; networkd chooses when it is absent',
          ['network DHCPServer.PoolOffset'],
          10,
        ),
      ),
    poolSize: z
      .int()
      .min(1)
      .max(mostAddresses)
      .optional()
      .meta(
        said(
          'How many addresses the pool has; the rest of the subnet when it is absent',
          ['network DHCPServer.PoolSize'],
          100,
        ),
      ),
    defaultLeaseTime: timeSpan()
      .optional()
      .meta(
        said(
          'Lease of a client that asks for none, as a time span such as 3h (networkd: 1h)',
          ['network DHCPServer.DefaultLeaseTimeSec'],
          '3h',
        ),
      ),
    maxLeaseTime: timeSpan()
      .optional()
      .meta(
        said(
          'Longest lease, as a time span such as 12h (networkd: 12h)',
          ['network DHCPServer.MaxLeaseTimeSec'],
          '12h',
        ),
      ),
    emitDNS: z
      .boolean()
      .optional()
      .meta(said('Whether leases name DNS servers (networkd: true)', ['network DHCPServer.EmitDNS'], false)),
    dns: z
      .array(dhcpServerAddress())
      .optional()
      .meta(
        said(
          "DNS servers to name, IPv4 addresses or _server_address; the host's own when absent",
          ['network DHCPServer.DNS'],
          ['10.0.3.2'],
        ),
      ),
    emitNTP: z
      .boolean()
      .optional()
      .meta(said('Whether leases name NTP servers (networkd: true)', ['network DHCPServer.EmitNTP'], false)),
    ntp: z
      .array(dhcpServerAddress())
      .optional()
      .meta(
        said(
          "NTP servers to name, IPv4 addresses or _server_address; the host's own when absent",
          ['network DHCPServer.NTP'],
          ['10.0.3.2'],
        ),
      ),
    emitTimezone: z
      .boolean()
      .optional()
      .meta(
        said(
          'Whether leases name the time zone (networkd: true)',
          ['network DHCPServer.EmitTimezone'],
          false,
        ),
      ),
    timezone: line(
      'a time zone',
      /^[A-Za-z0-9][A-Za-z0-9_+-]*(\/[A-Za-z0-9][A-Za-z0-9_+-]*)*$/,
      'Europe/Berlin',
    )
      .optional()
      .meta(
        said(
          "Time zone to name, such as Europe/Berlin; the host's own when absent",
          ['network DHCPServer.Timezone'],
          'Europe/Berlin',
        ),
      ),
    emitRouter: z
      .boolean()
      .optional()
      .meta(
        said(
          'Whether leases name this host as router (networkd: true)',
          ['network DHCPServer.EmitRouter'],
          false,
        ),
      ),
    persistLeases: z
      .boolean()
      .optional()
      .meta(
        said(
          'Whether leases survive a restart of networkd (systemd 256 and later)',
          ['network DHCPServer.PersistLeases'],
          true,
        ),
      ),
  })
  .meta(
    said("networkd's DHCPv4 server on the bridge", ['network Network.DHCPServer'], {
      poolOffset: 10,
      poolSize: 100,
    }),
  );

/** spec of a ContainerBridge. */
export const containerBridgeSchema = z
  .strictObject({
    interface: interfaceName()
      .optional()
      .meta(
        said('Name of the bridge; br-<metadata.name> when absent', ['netdev NetDev.Name'], 'br-container'),
      ),
    dummies: z
      .array(interfaceName())
      .default([])
      .meta(
        said(
          'Dummy links to create and plug into the bridge, so that it has carrier without a real port',
          ['netdev NetDev.Name', 'network Network.Bridge'],
          ['dummy0'],
        ),
      ),
    interfaces: z
      .array(interfaceName())
      .default([])
      .meta(
        said(
          'Links that exist by other means, to plug into the bridge',
          ['network Network.Bridge'],
          ['eth1'],
        ),
      ),
    addresses: z
      .array(hostCidr())
      .default([])
      .meta(
        said(
          'Addresses of the bridge with prefix length, IPv4 or IPv6, such as 10.0.3.2/24',
          ['network Network.Address'],
          ['10.0.3.2/24', 'fd00:3::2/64'],
        ),
      ),
    gateway: address()
      .optional()
      .meta(
        said('Default gateway, an address inside one of the subnets', ['network Route.Gateway'], '10.0.3.1'),
      ),
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
    masquerade: z
      .enum(families)
      .default('none')
      .meta(
        said(
          'Address families whose traffic from the bridge leaves under the address of the host (NAT)',
          ['network Network.IPMasquerade'],
          'ipv4',
        ),
      ),
    mtu: mtu()
      .optional()
      .meta(said('Largest packet in bytes', ['network Link.MTUBytes'], 9000)),
    macAddress: macAddress()
      .optional()
      .meta(
        said(
          'MAC address of the bridge, such as 02:00:00:00:03:02',
          ['network Link.MACAddress'],
          '02:00:00:00:03:02',
        ),
      ),
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
