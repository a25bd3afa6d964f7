export function document(kind: string, name: string, spec: object): string {
  return JSON.stringify({ apiVersion: 'osa-net.dev/v1alpha1', kind, metadata: { name }, spec });
}

/** A Network for one link; it waits for no router. */
export function network(link: string, settings: object, beside: object = {}): string {
  const base = { LinkLocalAddressing: false, IPv6AcceptRA: false };
  return document('Network', link, {
    Match: { Name: link },
    Network: { ...base, ...settings },
    ...beside,
  });
}

/** Two bridges with routes, rules and names, so that nothing is drifted so often that it looks like a fight. */
export function rawBridge(name: string, subnet: number, ipForward: boolean): readonly string[] {
  const net = `10.${subnet}.0`;
  const forward = ipForward ? { IPForward: true } : { IPv4Forwarding: true, IPv6Forwarding: true };
  const [port, peer] = [`${name}p0`, `${name}p1`];
  return [
    document('NetDev', name, {
      NetDev: { Name: name, Kind: 'bridge' },
      Bridge: { STP: false, ForwardDelaySec: 4, AgeingTimeSec: '77s', Priority: 4096 },
    }),
    document('NetDev', port, { NetDev: { Name: port, Kind: 'veth' }, Peer: { Name: peer } }),
    document('Network', port, {
      ...{ Match: { Name: port }, Link: { MTUBytes: 1450, MACAddress: `02:00:00:00:0${subnet}:00` } },
      Network: { Bridge: name },
    }),
    document('Network', peer, { Match: { Name: peer }, Network: { IPv6AcceptRA: false } }),
    network(`${name}-peer`, { Bridge: name }),
    document('Network', name, {
      Match: { Name: name },
      Network: {
        Address: [`${net}.1/24`, `fd0${subnet}::1/64`],
        ...{ DNS: `${net}.53`, Domains: 'example.com ~corp', NTP: `${net}.123` },
        ...{ ConfigureWithoutCarrier: true, IPv6AcceptRA: false, ...forward },
      },
      Route: [
        { Destination: `10.${subnet}7.0.0/16`, Gateway: `${net}.254`, Metric: 50 },
        { Destination: `fd7${subnet}::/64`, Gateway: `fd0${subnet}::254` },
        { Destination: `10.${subnet}8.0.0/16`, Type: 'blackhole', Table: 90 + subnet },
      ],
      RoutingPolicyRule: [
        { From: `${net}.0/24`, Table: 90 + subnet, Priority: 1000 + subnet },
        { To: `fd7${subnet}::/64`, Table: 90 + subnet, IncomingInterface: name },
        { From: `10.${subnet}1.0.1`, Type: 'prohibit', Priority: 1010 + subnet },
      ],
    }),
  ];
}

/** A link that has its address from the DHCP server of br-c. */
const leased: readonly string[] = [
  document('NetDev', 'cl0', { NetDev: { Name: 'cl0', Kind: 'veth' }, Peer: { Name: 'cl1' } }),
  network('cl0', { Bridge: 'br-c' }),
  network(
    'cl1',
    { DHCP: 'ipv4' },
    { DHCPv4: { UseDNS: false, UseRoutes: false }, requiredState: 'routable' },
  ),
];

/** A ContainerBridge with all that it can promise, an integration in it, raw bridges, a tunnel, and the host's own files. */
export function documents(ipForward: boolean): readonly string[] {
  return [
    document('ContainerBridge', 'c', {
      ...{ addresses: ['10.0.3.2/24'], gateway: '10.0.3.1', forwarding: 'ipv4', masquerade: 'ipv4' },
      ...{ interfaces: ['br-c-peer'], mtu: 1400, macAddress: '02:00:00:00:0c:01' },
      dhcpServer: { poolOffset: 10, poolSize: 10 },
    }),
    document('MacvlanIntegration', 'c', { bridge: 'br-c', mtu: 1400 }),
    ...leased,
    ...rawBridge('r1', 1, ipForward),
    ...rawBridge('r2', 2, ipForward),
    document('NetDev', 'vx', {
      NetDev: { Name: 'vx0', Kind: 'vxlan' },
      VXLAN: {
        VNI: 42,
        DestinationPort: 4789,
        Local: '10.1.0.1',
        Remote: '10.1.0.2',
        MacLearning: false,
        Independent: true,
      },
    }),
    network('vx0', {}),
    document('LinkPolicy', 'quiet', {
      ...{ match: { OriginalName: ['none*'] }, macAddressPolicy: 'none', unitName: '97-quiet' },
    }),
    document('Link', 'short', { Match: { OriginalName: 'short*' }, Link: { MTUBytes: 1400 } }),
    document('Resolver', 'host', {
      ...{ resolvConf: 'static', enableService: false, dns: ['192.0.2.53'], domains: ['example.org'] },
    }),
  ];
}
