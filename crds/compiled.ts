import type { LinkOption } from './networkd/link-options.ts';
import type { ProbeIntent } from './probe.ts';
import type { Problem } from './problem.ts';
import type { ResourceKey } from './resource.ts';
import type { RouteExpectation, RuleExpectation } from './routes.ts';

/**
 * What a resource means: pieces of units, and what must be true of its links once networkd has acted on them.
 * Fragments of all resources are merged into whole units by `assemble` (crds/assemble.ts).
 */
export interface Compiled {
  readonly key: ResourceKey;
  readonly fragments: readonly Fragment[];
  readonly links: readonly LinkExpectation[];
  /** What the running systemd cannot do, or the other documents lack; such a resource is not applied. */
  readonly problems?: readonly Problem[];
  /** Links that it needs and no document is about. */
  readonly missing?: readonly string[];
  /** Only of a `Resolver`. */
  readonly resolver?: ResolverIntent;
  /** Only of a `ConnectivityProbe`. */
  readonly probe?: ProbeIntent;
}

/** One section of one unit file. The first fragment of a unit (`[NetDev]`, `[Match]`) makes its resource the unit's owner. */
export interface Fragment {
  /** File name without directory: `05-osa-net-br0.network`. */
  readonly unit: string;
  /** Section name without brackets. */
  readonly section: string;
  readonly entries: readonly Entry[];
  /** True for sections that networkd takes repeatedly (`[Address]`, `[Route]`): never merged with another. */
  readonly repeated?: boolean;
  /**
   * True where the fragment only adds to a unit that another resource owns (a VLAN naming itself in its parent's
   * unit): its keys accumulate instead of conflicting.
   */
  readonly contributes?: boolean;
}

/** `Key=Value`, one line of a unit. A key may occur more than once. */
export type Entry = readonly [key: string, value: string];

/** networkd's OperationalState words that may be demanded, in ascending order (networkctl(1)). */
export const requirableStates = [
  'off',
  'no-carrier',
  'degraded-carrier',
  'carrier',
  'degraded',
  'routable',
] as const;
export type RequirableState = (typeof requirableStates)[number];

export const macvlanModes = ['bridge', 'private', 'vepa', 'passthru'] as const;
export type MacvlanMode = (typeof macvlanModes)[number];

/** What must be true of one link. A field that is absent promises nothing. */
export interface LinkExpectation {
  readonly link: string;
  /** True: the resource creates it (and osa-net deletes it with the document). False: it exists by other means. */
  readonly made: boolean;
  /** Kernel link kind as `ip -details` names it: bridge, veth, macvlan, dummy … */
  readonly kind?: string;
  /** The link it stands on (macvlan, vlan) or its veth peer, as `ip link` prints it after `@`. */
  readonly parent?: string;
  readonly master?: {
    readonly name: string;
    /** True: no .netdev describes the bridge, so osa-net itself sets the master through iproute2. */
    readonly foreign: boolean;
    /** Absent: a bridge. */
    readonly kind?: 'bond' | 'vrf';
  };
  readonly mode?: MacvlanMode;
  /** Settings of its kind beyond those above: VLAN id, VNI, timers of a bridge … */
  readonly options?: readonly LinkOption[];
  /** Canonical CIDR strings, e.g. `10.0.3.2/24`. */
  readonly addresses?: readonly string[];
  /** Default gateways, canonical addresses. */
  readonly gateways?: readonly string[];
  readonly routes?: readonly RouteExpectation[];
  readonly rules?: readonly RuleExpectation[];
  /** What networkd tells resolvers and time daemons of the link; more, from DHCP or routers, may come on top. */
  readonly names?: LinkNames;
  /** networkd's DHCP server listens on it. */
  readonly dhcpServer?: true;
  /** Switches below /proc/sys that must be 1: `net/ipv4/ip_forward`. */
  readonly sysctls?: readonly string[];
  /** Networks of the link whose packets leave the host under its own address: `10.0.3.0/24`. */
  readonly masquerade?: readonly string[];
  /** Bytes. */
  readonly mtu?: number;
  /** Lower case, colons. */
  readonly mac?: string;
  /**
   * What the text asks for in a form that is not compared (an address without prefix length, `[NetDev] MTUBytes=`), or may
   * get from elsewhere (DHCP): what an earlier text left of it cannot be told.
   */
  readonly alsoAsks?: readonly ('address' | 'mtu' | 'mac' | 'masquerade')[];
  /** The least that networkd's OperationalState must reach. */
  readonly requiredState?: RequirableState;
  /** The .netdev that makes the link, for made links (a veth peer names its pair's). */
  readonly netdev?: string;
  /** The .network that configures it, if one of ours does. */
  readonly network?: string;
  /** Path of the field in the document to point at when this link is the trouble: `spec.interface`. */
  readonly field: string;
}

/** Lists of a link as networkd writes them into its state file; lower case. */
export interface LinkNames {
  /** Addresses, with `#name` where one is given. */
  readonly dns: readonly string[];
  /** Domains; those for routing alone begin with `~`. */
  readonly domains: readonly string[];
  readonly ntp: readonly string[];
}

/** What a `Resolver` asks for beyond units. */
export interface ResolverIntent {
  readonly resolvConf:
    | { readonly mode: 'stub' | 'uplink' }
    | { readonly mode: 'static'; readonly text: string }
    | { readonly mode: 'unmanaged' };
  /** Text of resolved's drop-in; undefined when the document sets nothing that belongs there. */
  readonly dropIn?: string;
  readonly enableService: boolean;
}

/** A whole unit file, ready to be written. */
export interface Unit {
  /** File name without directory. */
  readonly name: string;
  readonly owner: ResourceKey;
  /** Whole text, `[X-OsaNet]` section included. */
  readonly text: string;
  /** sha256 (hex) of `text`. */
  readonly hash: string;
  /** 0o644, or 0o640 (group systemd-network) where the unit holds a secret. */
  readonly mode: 0o644 | 0o640;
  /** Names of links that this unit refers to besides its own (`Bridge=`, `MACVLAN=`, `VLAN=` …): it depends on them. */
  readonly dependsOn: readonly string[];
}
