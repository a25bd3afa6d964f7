import type { LinkNames } from '../crds/compiled.ts';
import type { Family } from '../crds/ip.ts';
import type { Capabilities } from '../crds/networkd/capabilities.ts';
import type { ResourceKey } from '../crds/resource.ts';

/** What networkd, the kernel and the disk show at one moment. Never remembered across passes as truth. */
export interface Observed {
  readonly networkd: {
    readonly state: 'running' | 'unavailable';
    /** Why it is unavailable; empty otherwise. */
    readonly message: string;
    readonly capabilities: Capabilities;
    /** Which one it was when the look began: another makes what is missing when it starts. */
    readonly run: number;
  };
  /** Names the boot and the network namespace: within them the kernel gives an ifindex once. */
  readonly epoch: string;
  /** By interface name; only links of this network namespace. */
  readonly links: ReadonlyMap<string, ObservedLink>;
  /** Unit files that are desired or in the inventory and exist, by file name. */
  readonly units: ReadonlyMap<string, ObservedUnit>;
  readonly defaultRoutes: readonly { readonly link: string; readonly gateway: string }[];
  readonly resolver: ObservedResolver;
  /** By link: unicast addresses that it receives for links on top of it, those in other network namespaces too. */
  readonly usersElsewhere?: ReadonlyMap<string, readonly string[]> | undefined;
  /** Routes of the protocols that are asked for, one entry a hop; undefined while nobody asks. So are the next four. */
  readonly routes?: readonly ObservedRoute[] | undefined;
  readonly rules?: readonly ObservedRule[] | undefined;
  /** Switches below /proc/sys that are asked for and exist, by path: `net/ipv4/ip_forward`. */
  readonly sysctls?: ReadonlyMap<string, string> | undefined;
  /** Networks in networkd's table of nftables; undefined also where that cannot be read. */
  readonly masqueraded?: readonly string[] | undefined;
  /** Links with a socket of a DHCP server; undefined also where that cannot be read. */
  readonly dhcpServers?: ReadonlySet<string> | undefined;
}

/** A route as the kernel has it, with numbers for what has names. */
export interface ObservedRoute {
  readonly family: Family;
  /** `default`, or a network: `10.77.0.0/16`. */
  readonly destination: string;
  readonly type: number;
  readonly table: number;
  readonly protocol: number;
  /** Absent for those that lead nowhere (blackhole …), in IPv4. */
  readonly link?: string | undefined;
  readonly gateway?: string | undefined;
  readonly metric?: number | undefined;
  readonly scope?: number | undefined;
  readonly source?: string | undefined;
}

/** A rule as the kernel has it. */
export interface ObservedRule {
  readonly family: Family;
  readonly priority: number;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly table?: number | undefined;
  /** Number of what becomes of the packet instead of a look into a table. */
  readonly type?: number | undefined;
  readonly mark?: string | undefined;
  readonly mask?: string | undefined;
  readonly incoming?: string | undefined;
  readonly outgoing?: string | undefined;
  readonly isInverted: boolean;
  readonly suppressPrefixLength?: number | undefined;
  readonly ipProtocol?: number | undefined;
  readonly sourcePort?: string | undefined;
  readonly destinationPort?: string | undefined;
  readonly typeOfService?: number | undefined;
}

export interface ObservedLink {
  readonly name: string;
  readonly ifindex: number;
  /** info_kind; undefined for hardware. */
  readonly kind?: string | undefined;
  readonly parent?: string | undefined;
  /** The parent (or veth peer) lives in another network namespace, so its name means nothing here. */
  readonly parentElsewhere?: boolean | undefined;
  readonly master?: string | undefined;
  readonly mode?: string | undefined;
  /** info_data of `ip -details -json link`: the settings of its kind. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly carrier?: boolean | undefined;
  readonly mtu: number;
  readonly mac?: string | undefined;
  /** CIDR strings as the kernel prints them. */
  readonly addresses: readonly string[];
  /** Those of them that somebody gave for a time: by DHCP, or a router. */
  readonly leased?: readonly string[] | undefined;
  /** networkd's AdministrativeState; `-` while networkd has not told. */
  readonly setup: string;
  /** networkd's OperationalState; `-` while networkd has not told. */
  readonly operational: string;
  /** Path of the .network that networkd applied, where it is known. */
  readonly networkFile?: string | undefined;
  /** Set: that file is no longer there, and networkd was not told. */
  readonly isNetworkFileGone?: true | undefined;
  /** What networkd tells resolvers and time daemons; read where it is asked for. */
  readonly names?: LinkNames | undefined;
}

export interface ObservedUnit {
  /** sha256 (hex) of the bytes on disk. */
  readonly hash: string;
  /** Owner named in its `[X-OsaNet]` section, when the section's hash still fits the text. */
  readonly intactOwner?: ResourceKey | undefined;
  /** Of a .netdev of which networkd makes something: kinds of links, by name (`linksMadeBy`). */
  readonly makes?: Readonly<Record<string, string>> | undefined;
}

/** The resolver's side of the host; read only while a Resolver is desired or in the inventory. */
export interface ObservedResolver {
  readonly resolvConf:
    | { readonly type: 'absent' }
    | { readonly type: 'link'; readonly target: string }
    | { readonly type: 'file'; readonly text: string };
  /** Text of our drop-in; undefined when there is none. */
  readonly dropIn?: string | undefined;
  /** systemd-resolved as systemd1 shows it; `no-systemd` where nobody answers for org.freedesktop.systemd1. */
  readonly service: 'no-systemd' | 'not-installed' | 'stopped' | 'running';
  readonly enabled: boolean;
  /** Files of resolved that a link may point to and that exist now. */
  readonly provided: readonly ('stub' | 'uplink')[];
}

/** Tells a link from every other that ever had its name. */
export function identityOf({ ifindex }: ObservedLink, { epoch }: Observed): string {
  return `${epoch} ${ifindex}`;
}

/** Stands for a link of ours that nobody has seen since it was asked for, in this boot. */
export function unseenIdentity({ epoch }: Observed): string {
  return `${epoch} unseen`;
}

/** What is seen of the resolver where nobody asked for one. */
export const unseenResolver: ObservedResolver = {
  resolvConf: { type: 'absent' },
  service: 'no-systemd',
  enabled: false,
  provided: [],
};
