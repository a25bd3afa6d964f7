import type { SpecOf } from './kinds/index.ts';
import type { Location } from './problem.ts';

/** The only API version there is; documents name it in `apiVersion`. */
export const apiVersion = 'osa-net.dev/v1alpha1';

/** The kinds a document may have; each has one file in `kinds/`. */
export type Kind =
  | 'ContainerBridge'
  | 'MacvlanIntegration'
  | 'LinkPolicy'
  | 'Resolver'
  | 'ConnectivityProbe'
  | 'Interface'
  | 'Bond'
  | 'Bridge'
  | 'Vlan'
  | 'Vxlan'
  | 'Macvlan'
  | 'Dummy'
  | 'Veth'
  | 'Vrf'
  | 'WireGuard'
  | 'Tunnel'
  | 'NetDev'
  | 'Network'
  | 'Link';

/** `Kind/name`: what identifies a resource on a host. */
export type ResourceKey = `${Kind}/${string}`;

/** Annotations that osa-net itself acts on. */
export const annotation = {
  /** `disabled`: removing the document leaves its units and links in place. */
  prune: 'osa-net.dev/prune',
  /** `suspended`: nothing of this resource is changed until the annotation goes. */
  reconcile: 'osa-net.dev/reconcile',
  /** `"true"`: units and links of these names that osa-net did not make are taken over. */
  adopt: 'osa-net.dev/adopt',
  /** `allowed`: links of this resource may be made anew although others use them. */
  recreate: 'osa-net.dev/recreate',
  /** `Kind/name[,Kind/name…]`: what must be Ready before this resource is applied for the first time. */
  dependsOn: 'osa-net.dev/depends-on',
  /** `disabled`: a change of this document alone is not taken back when probes fail after it. */
  rollback: 'osa-net.dev/rollback',
  /** `allowed`: what systemd would not read is left out of what the host gets, with a warning. */
  unread: 'osa-net.dev/unread',
} as const;

export interface Metadata {
  /** DNS label, unique per kind. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A valid document: its spec with every default filled in, and where each field stands. */
export interface Resource<K extends Kind = Kind> {
  readonly kind: K;
  readonly metadata: Metadata;
  readonly spec: SpecOf<K>;
  readonly key: ResourceKey;
  /** sha256 (hex) of the canonical JSON of `spec`: equal specs have equal hashes, whatever their layout. */
  readonly specHash: string;
  /** Where the document starts. */
  readonly location: Location;
  /** Location of each field by dotted path (`spec.dhcpServer.poolSize`, `spec.interfaces.0`); fields that have defaults may be absent. */
  readonly positions: ReadonlyMap<string, Location>;
  /** Location of the key of each field that has one, by the same paths. */
  readonly keys: ReadonlyMap<string, Location>;
}

/** A resource of any kind, discriminated by `kind`. */
export type AnyResource = { [K in Kind]: Resource<K> }[Kind];

/** Whether a text may be `metadata.name`: a DNS label (RFC 1123), so that it is safe in file names and paths. */
export function isResourceName(text: string): boolean {
  return /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
}

export function resourceKey(kind: Kind, name: string): ResourceKey {
  return `${kind}/${name}`;
}

/** Where a field stands, or the nearest field around it, or the document. */
export function locate(resource: Pick<Resource, 'positions' | 'location'>, path: string): Location {
  for (let p = path; p !== ''; p = p.slice(0, Math.max(0, p.lastIndexOf('.')))) {
    const found = resource.positions.get(p);
    if (found) return found;
  }
  return resource.location;
}

/** Whether an annotation that osa-net acts on is set to the value that switches it on. */
export function isAnnotated(
  resource: Pick<Resource, 'metadata'>,
  name: Exclude<keyof typeof annotation, 'dependsOn'>,
): boolean {
  const on = {
    prune: 'disabled',
    reconcile: 'suspended',
    adopt: 'true',
    recreate: 'allowed',
    rollback: 'disabled',
    unread: 'allowed',
  } as const;
  return resource.metadata.annotations[annotation[name]] === on[name];
}
