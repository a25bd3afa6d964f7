import type { Capabilities } from '../crds/networkd/capabilities.ts';
import type { ResourceKey } from '../crds/resource.ts';

/** What networkd, the kernel and the disk show at one moment. Never remembered across passes as truth. */
export interface Observed {
  readonly networkd: {
    readonly state: 'running' | 'unavailable';
    /** Why it is unavailable; empty otherwise. */
    readonly message: string;
    readonly capabilities: Capabilities;
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
  readonly mtu: number;
  readonly mac?: string | undefined;
  /** CIDR strings as the kernel prints them. */
  readonly addresses: readonly string[];
  /** networkd's AdministrativeState; `-` while networkd has not told. */
  readonly setup: string;
  /** networkd's OperationalState; `-` while networkd has not told. */
  readonly operational: string;
  /** Path of the .network that networkd applied, where it is known. */
  readonly networkFile?: string | undefined;
}

export interface ObservedUnit {
  /** sha256 (hex) of the bytes on disk. */
  readonly hash: string;
  /** Owner named in its `[X-OsaNet]` section, when the section's hash still fits the text. */
  readonly intactOwner?: ResourceKey | undefined;
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
