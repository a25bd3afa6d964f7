import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { type Bed, type Release, startBed } from './bed.ts';
import { type Operator, startOperator } from './operator.ts';

/** A bed with a running operator, whose documents promise something of every class that drifts. */
export interface Drifting {
  readonly bed: Bed;
  readonly operator: Operator;
}

/** One drift, by hand. */
export interface Drift {
  /** Class, as the table of `npm run drift` names it. */
  readonly what: string;
  /** Kind of the document that promises it. */
  readonly kind: 'ContainerBridge' | 'MacvlanIntegration' | 'NetDev' | 'Network';
  readonly command: string;
  /** The link that it hits. */
  readonly link: string;
  /** The steps that put it right, as the operator logs them, but for reasons; none where networkd may be first. */
  readonly steps: readonly string[];
  /** No event tells of it: the resync finds it, which SIGHUP brings forward. */
  readonly silent?: true;
}

function document(kind: string, name: string, spec: object): string {
  return JSON.stringify({ apiVersion: 'osa-net.dev/v1alpha1', kind, metadata: { name }, spec });
}

/** Two bridges with routes, rules and names, so that nothing is drifted so often that it looks like a fight. */
function rawBridge(name: string, subnet: number, ipForward: boolean): readonly string[] {
  const net = `10.${subnet}.0`;
  const forward = ipForward ? { IPForward: true } : { IPv4Forwarding: true, IPv6Forwarding: true };
  const [port, peer] = [`${name}p0`, `${name}p1`];
  return [
    document('NetDev', name, {
      NetDev: { Name: name, Kind: 'bridge' },
      Bridge: { STP: false, ForwardDelaySec: 4, AgeingTimeSec: '77s', Priority: 4096 },
    }),
    document('NetDev', port, { NetDev: { Name: port, Kind: 'veth' }, Peer: { Name: peer } }),
    document('Network', port, { Match: { Name: port }, Network: { Bridge: name } }),
    document('Network', peer, { Match: { Name: peer }, Network: { IPv6AcceptRA: false } }),
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

/** A ContainerBridge with all that it can promise, an integration in it, raw bridges, and a tunnel. */
function documents(version: number): string {
  const { ipForward } = capabilitiesOf(version);
  return [
    document('ContainerBridge', 'c', {
      ...{ addresses: ['10.0.3.2/24'], gateway: '10.0.3.1', forwarding: 'ipv4', masquerade: 'ipv4' },
      dhcpServer: { poolOffset: 10, poolSize: 10 },
    }),
    document('MacvlanIntegration', 'c', { bridge: 'br-c' }),
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
    document('Network', 'vx', {
      Match: { Name: 'vx0' },
      Network: { LinkLocalAddressing: false, IPv6AcceptRA: false },
    }),
  ].join('\n---\n');
}

export async function startDrifting(release: Release): Promise<Drifting> {
  const bed = await startBed({ release });
  try {
    bed.write('/etc/osa-net.d/all.yaml', documents(bed.version));
    const operator = startOperator(bed, { flags: ['--log-level', 'debug'] });
    await operator.waitReady(undefined, 30_000);
    return { bed, operator };
  } catch (error) {
    await bed.stop();
    throw error;
  }
}

const setNames = (link: string) => {
  const call =
    'busctl call org.freedesktop.network1 /org/freedesktop/network1 org.freedesktop.network1.Manager';
  return `i=$(cat /sys/class/net/${link}/ifindex); ${call} SetLinkDNS 'ia(iay)' $i 1 2 4 1 1 1 1; ${call} SetLinkNTP ias $i 1 ntp.other`;
};

const forwarding = (path: string) => `echo 0 >/proc/sys/net/${path}/forwarding`;

/** Drifts of the way of packets, of settings and of names; those of links, addresses and units are in drift.test.ts. */
export const drifts: readonly Drift[] = [
  {
    ...{ what: 'default route', kind: 'ContainerBridge', link: 'br-c', command: 'ip route del default' },
    steps: ['add-route default via 10.0.3.1 dev br-c'],
  },
  {
    ...{ what: 'route', kind: 'Network', link: 'r1', command: 'ip route del 10.17.0.0/16' },
    steps: ['add-route 10.17.0.0/16 via 10.1.0.254 metric 50 dev r1'],
  },
  {
    ...{ what: 'route, IPv6', kind: 'Network', link: 'r1', command: 'ip route del fd71::/64' },
    steps: ['add-route fd71::/64 via fd01::254 dev r1'],
  },
  {
    ...{
      what: 'route, blackhole',
      kind: 'Network',
      link: 'r2',
      command: 'ip route del blackhole 10.28.0.0/16 table 92',
    },
    steps: ['add-route blackhole 10.28.0.0/16 table 92 dev r2'],
  },
  {
    ...{ what: 'rule', kind: 'Network', link: 'r1', command: 'ip rule del priority 1001' },
    steps: ['add-rule from 10.1.0.0/24 priority 1001 table 91'],
  },
  {
    ...{ what: 'rule, IPv6', kind: 'Network', link: 'r1', command: 'ip -6 rule del to fd71::/64' },
    steps: ['add-rule from all to fd71::/64 iif r1 priority \\d+ table 91'],
  },
  {
    ...{ what: 'rule, prohibit', kind: 'Network', link: 'r2', command: 'ip rule del priority 1012' },
    steps: ['add-rule from 10.21.0.1/32 priority 1012 table 254 prohibit'],
  },
  {
    ...{ what: 'forwarding of a link', kind: 'Network', link: 'r1', command: forwarding('ipv4/conf/r1') },
    steps: ['set-sysctl net/ipv4/conf/r1/forwarding 1'],
  },
  {
    ...{ what: 'forwarding, IPv6', kind: 'Network', link: 'r2', command: forwarding('ipv6/conf/r2') },
    steps: ['set-sysctl net/ipv6/conf/r2/forwarding 1'],
  },
  {
    ...{
      what: 'forwarding of a link',
      kind: 'ContainerBridge',
      link: 'br-c',
      command: forwarding('ipv4/conf/br-c'),
    },
    steps: ['set-sysctl net/ipv4/conf/br-c/forwarding 1'],
  },
  {
    ...{ what: 'NAT, ruleset flushed', kind: 'ContainerBridge', link: 'br-c', command: 'nft flush ruleset' },
    steps: ['masquerade 10.0.3.0/24'],
  },
  {
    ...{ what: 'NAT, rule flushed', kind: 'ContainerBridge', link: 'br-c' },
    command: 'nft flush chain ip io.systemd.nat postrouting',
    steps: ['masquerade 10.0.3.0/24'],
  },
  {
    ...{
      what: 'bridge option',
      kind: 'NetDev',
      link: 'r1',
      command: 'ip link set r1 type bridge stp_state 1',
    },
    steps: ['set-option r1 stp_state 0'],
  },
  {
    ...{
      what: 'bridge timer',
      kind: 'NetDev',
      link: 'r2',
      command: 'ip link set r2 type bridge forward_delay 900',
    },
    steps: ['set-option r2 forward_delay 400'],
  },
  {
    ...{
      what: 'VXLAN remote',
      kind: 'NetDev',
      link: 'vx0',
      command: 'ip link set vx0 type vxlan remote 10.1.0.9',
    },
    steps: ['set-option vx0 remote 10.1.0.2'],
  },
  {
    ...{
      what: 'VXLAN learning',
      kind: 'NetDev',
      link: 'vx0',
      command: 'ip link set vx0 type vxlan learning',
    },
    steps: ['set-option vx0 nolearning'],
  },
  {
    ...{ what: 'DNS and NTP', kind: 'Network', link: 'r2', command: setNames('r2'), silent: true },
    steps: ['revert-names r2'],
  },
  {
    ...{ what: 'VNI', kind: 'NetDev', link: 'vx0' },
    command:
      'ip link del vx0; ip link add vx0 up type vxlan id 43 dstport 4789 local 10.1.0.1 remote 10.1.0.2 nolearning',
    steps: ['delete-link vx0', 'reload systemd-networkd'],
  },
];

/** What the operator did since `from` lines of its log, one step each, without reasons and repetitions. */
export function stepsSince({ log }: Operator, from: number): readonly string[] {
  const steps = log.slice(from).filter(({ step }) => step !== undefined);
  return [...new Set(steps.map(({ message }) => message.split(': ')[0] ?? ''))];
}

/** Everything that the drifts above change, as text. */
export async function trafficOf(bed: Bed): Promise<string> {
  const options = 'stp_state|forward_delay|ageing_time|priority|remote|local|learning|"id"';
  const { stdout } = await bed.sh(
    `ip -4 route show table all proto static; ip -6 route show table all proto static; ip rule; ip -6 rule
     for link in br-c r1 r2; do cat /proc/sys/net/ipv[46]/conf/$link/forwarding; done; cat /proc/sys/net/ipv4/ip_forward
     ip -oneline link | sed -nE 's/^[0-9]+: ([^:@]+).* master ([^ ]+) .*/\\1 in \\2/p' | sort
     nft list set ip io.systemd.nat masq_saddr; nft list chain ip io.systemd.nat postrouting
     for link in r1 r2 vx0; do ip -json -details link show $link | tr , '\\n' | grep -E '${options}'; done
     for link in r1 r2; do grep -E '^(DNS|NTP|DOMAINS|ROUTE_DOMAINS)=' /run/systemd/netif/links/$(cat /sys/class/net/$link/ifindex); done`,
  );
  return stdout;
}
