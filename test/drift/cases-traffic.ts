import type { Drift } from './cases.ts';

const setNames = (link: string) => {
  const call =
    'busctl call org.freedesktop.network1 /org/freedesktop/network1 org.freedesktop.network1.Manager';
  return `i=$(cat /sys/class/net/${link}/ifindex); ${call} SetLinkDNS 'ia(iay)' $i 1 2 4 1 1 1 1; ${call} SetLinkNTP ias $i 1 ntp.other`;
};

const forwarding = (path: string) => `echo 0 >/proc/sys/net/${path}/forwarding`;

/** Addresses, the way of packets, and what networkd tells and serves. */
export const ofTraffic: readonly Drift[] = [
  {
    ...{ what: 'address', kind: 'ContainerBridge', link: 'br-c' },
    command: 'ip addr del 10.0.3.2/24 dev br-c',
    steps: ['reconfigure-link br-c'],
  },
  {
    ...{ what: 'address', kind: 'Network', link: 'r1', command: 'ip addr del 10.1.0.1/24 dev r1' },
    steps: ['reconfigure-link r1'],
  },
  {
    ...{ what: 'address of a lease', kind: 'Network', link: 'cl1', command: 'ip -4 addr flush dev cl1' },
    steps: ['reconfigure-link cl1'],
  },
  {
    ...{ what: "DHCP server's socket", kind: 'ContainerBridge', link: 'br-c' },
    command: 'ss --kill --udp --all sport = :67',
    steps: ['reconfigure-link br-c'],
    silent: true,
  },
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
    ...{ what: 'DNS and NTP', kind: 'Network', link: 'r2', command: setNames('r2'), silent: true },
    steps: ['revert-names r2'],
  },
];
