import type { Kind } from './resource.ts';

/** What tells of a drift: an event of the kernel, a signal of networkd, a changed file, or the resync (5 min ± 10 %). */
export type Noticed = 'kernel' | 'networkd' | 'file' | 'resync';

/** Something that is compared with what kernel and networkd show. */
export interface Compared {
  readonly what: string;
  readonly noticed: Noticed;
  /** The least disruptive step against it; what did not help is followed by harder ones. */
  readonly step: string;
}

/** Something that a document may ask for and that nobody outside can see again. */
export interface Unseen {
  readonly what: string;
  readonly why: string;
}

/** What osa-net knows of the drift of a kind. */
export interface DriftCoverage {
  readonly compared: readonly Compared[];
  readonly unseen: readonly Unseen[];
}

const units: Compared = { what: 'bytes of the units', noticed: 'file', step: 'write-unit, reload' };
const made: readonly Compared[] = [
  { what: 'existence of a link', noticed: 'kernel', step: 'reload' },
  { what: 'kind and parent of a link, veth peer', noticed: 'kernel', step: 'delete-link, reload' },
];
const applied: readonly Compared[] = [
  {
    what: 'the .network that networkd applies',
    noticed: 'networkd',
    step: 'none: the user removes the other file',
  },
  { what: 'SETUP and OPERATIONAL of a link', noticed: 'networkd', step: 'reconfigure-link' },
];
const properties: readonly Compared[] = [
  { what: 'master of a port', noticed: 'kernel', step: 'set-link' },
  { what: 'MTU', noticed: 'kernel', step: 'set-link' },
];
const mac: Compared = { what: 'MAC address', noticed: 'kernel', step: 'set-link' };
const mtuLeft: Compared = {
  what: 'MTU and MAC address left from an earlier text',
  noticed: 'kernel',
  step: 'set-link',
};
const addressing: readonly Compared[] = [
  { what: 'addresses', noticed: 'kernel', step: 'reconfigure-link' },
  { what: 'addresses left from an earlier text', noticed: 'kernel', step: 'remove-address' },
  mtuLeft,
  { what: 'forwarding of a link left from an earlier text', noticed: 'kernel', step: 'set-sysctl' },
  { what: 'NAT left from an earlier text', noticed: 'kernel', step: 'unmasquerade' },
  { what: 'default gateways', noticed: 'kernel', step: 'add-route' },
  { what: 'forwarding switches below /proc/sys', noticed: 'kernel', step: 'set-sysctl' },
  { what: "NAT: networks in networkd's table of nftables (v248+)", noticed: 'kernel', step: 'masquerade' },
  { what: 'socket of the DHCP server', noticed: 'resync', step: 'reconfigure-link' },
];

const storage: Unseen = {
  what: 'a DHCP server that keeps its leases (v256+)',
  why: 'it starts once networkd has its storage, which only networkd knows of',
};
const answers: Unseen = {
  what: 'what a DHCP server hands out',
  why: 'neither kernel nor networkd tell it; only that it listens is seen, where `ss` is installed',
};
const iptables: Unseen = {
  what: 'NAT without `nft`, and on v247',
  why: 'nobody else can read tables of nftables; up to v247 networkd writes rules of iptables, which have no owner',
};
const hostSwitch: Unseen = {
  what: 'forwarding of the whole host that an earlier text switched on',
  why: 'others may have come to rely on it; only a change that is taken back switches it off again',
};
const extra: Unseen = {
  what: 'addresses, routes and rules that no document names, and addresses that were there before one did',
  why: 'they are not ours, and stay',
};

const macvlanMode: Compared = { what: 'mode of a macvlan', noticed: 'kernel', step: 'set-link' };

const netdev: DriftCoverage = {
  compared: [
    ...[units, ...made],
    macvlanMode,
    { what: 'settings of bridge, bond, VXLAN, macvtap, ipvlan', noticed: 'kernel', step: 'set-option' },
    {
      what: 'settings of bridge, bond and VXLAN left from an earlier text',
      noticed: 'kernel',
      step: 'set-option',
    },
    {
      what: 'VLAN id, VNI, VRF table, Geneve id, mode of a bond',
      noticed: 'kernel',
      step: 'delete-link, reload',
    },
  ],
  unseen: [
    {
      what: 'an MTU that an earlier text gave a VXLAN, Geneve, VRF, tun or WireGuard link that came with it',
      why: 'what the kernel gives a new one depends on too much',
    },
    {
      what: 'lacp_rate, ad_select, fail_over_mac and the like of a bond that an earlier text asked for',
      why: 'a bond takes them only while it is down or has no port',
    },
    {
      what: 'settings of a link that is down',
      why: 'the kernel tells of them only when it is up; the resync sees them',
    },
    {
      what: 'keys and peers of WireGuard and MACsec',
      why: 'they are secrets, and `ip` does not show them',
    },
    {
      what: 'MTU and MAC address of [NetDev]',
      why: 'networkd gives them to a new link; a .network, a .link or a port may change them later',
    },
    {
      what: 'settings of other kinds, and those that the kernel does not show',
      why: 'networkd alone reads them, when it makes the link',
    },
  ],
};

const network: DriftCoverage = {
  compared: [
    ...[units, ...applied, ...properties, mac, ...addressing],
    { what: 'routes of [Route]', noticed: 'kernel', step: 'add-route' },
    { what: 'rules of [RoutingPolicyRule]', noticed: 'kernel', step: 'add-rule' },
    { what: 'DNS, Domains and NTP of a link', noticed: 'resync', step: 'revert-names' },
  ],
  unseen: [
    ...[answers, storage, iptables, hostSwitch, extra],
    {
      what: 'what an earlier text left where DHCP, a .link or a text in another form may ask for the same',
      why: 'nobody can tell whose it is',
    },
    {
      what: 'an MTU or MAC address that an earlier text gave a link of others, and the kernel does not let be changed back',
      why: 'it stays until the link is made anew; the log says so',
    },
    {
      what: 'the MTU of a port of a bond, and the MAC address of a bridge or bond and its ports',
      why: 'they are not of the link alone: what an earlier text left of them stays',
    },
    {
      what: 'a DHCP server of a document that is removed (v247 to v249)',
      why: 'networkd forgets the unit and lets it run until it restarts, or the link goes',
    },
    {
      what: 'a [Match] that is more than one literal name',
      why: 'which links it means only networkd knows',
    },
    { what: 'what DHCP, router advertisements and next hops bring', why: 'it is not known beforehand' },
    {
      what: 'routes and rules in tables that networkd.conf names',
      why: 'their numbers stand in a file that is not ours',
    },
    {
      what: 'traffic control, neighbours, FDB, LLDP, and [Bridge] and [BridgeVLAN] of a port',
      why: 'they are not compared',
    },
  ],
};

/** A kind that makes a link and configures it. */
const device: DriftCoverage = {
  compared: [...new Set([...netdev.compared, ...network.compared])],
  unseen: [...new Set([...netdev.unseen, ...network.unseen])],
};

/** By kind: what is compared, and what cannot be. */
export const driftCoverage: Readonly<Record<Kind, DriftCoverage>> = {
  ContainerBridge: {
    compared: [units, ...made, ...applied, ...properties, mac, ...addressing],
    unseen: [
      ...[answers, storage, iptables, hostSwitch, extra],
      {
        what: 'a MAC address that an earlier text gave a bridge',
        why: 'any does; the next bridge of the name gets one of its own',
      },
    ],
  },
  MacvlanIntegration: {
    compared: [...[units, ...made, ...applied, ...properties, mtuLeft], macvlanMode],
    unseen: [
      {
        what: 'the end of a veth pair in another network namespace',
        why: 'its name means nothing in this one',
      },
      {
        what: 'mode of a macvlan that is down',
        why: 'the kernel tells of it only when it is up; the resync sees it',
      },
    ],
  },
  Interface: network,
  Bond: device,
  Bridge: device,
  Vlan: device,
  Vxlan: device,
  Macvlan: device,
  Dummy: device,
  Veth: device,
  Vrf: device,
  WireGuard: device,
  Tunnel: device,
  NetDev: netdev,
  Network: network,
  LinkPolicy: {
    compared: [units],
    unseen: [
      {
        what: 'names and addresses that udev gave to links',
        why: 'a .link applies to links that appear from now on',
      },
    ],
  },
  Link: {
    compared: [units],
    unseen: [{ what: 'what udev made of a link', why: 'a .link applies to links that appear from now on' }],
  },
  ConnectivityProbe: {
    compared: [{ what: 'whether it is answered', noticed: 'resync', step: 'none: its condition tells' }],
    unseen: [
      {
        what: 'whatever lies between this host and the one that is asked',
        why: 'a probe only tells whether it is answered; nothing is changed for it',
      },
    ],
  },
  Resolver: {
    compared: [
      { what: '/etc/resolv.conf', noticed: 'file', step: 'write-resolv-conf' },
      { what: 'drop-in of systemd-resolved', noticed: 'file', step: 'write-resolved-drop-in' },
      { what: 'systemd-resolved enabled and running', noticed: 'resync', step: 'enable-service' },
    ],
    unseen: [
      {
        what: 'servers that somebody gave systemd-resolved on D-Bus',
        why: 'they belong to a link and not to the host',
      },
    ],
  },
};
