import type * as z from 'zod';
import { bondSchema } from '../../kinds/bond.ts';
import { bridgeSchema } from '../../kinds/bridge.ts';
import { dummySchema } from '../../kinds/dummy.ts';
import { interfaceSchema } from '../../kinds/interface.ts';
import { macvlanSchema } from '../../kinds/macvlan.ts';
import { tunnelSchema } from '../../kinds/tunnel.ts';
import { vethSchema } from '../../kinds/veth.ts';
import { vlanSchema } from '../../kinds/vlan.ts';
import { vrfSchema } from '../../kinds/vrf.ts';
import { vxlanSchema } from '../../kinds/vxlan.ts';
import { wireGuardSchema } from '../../kinds/wireguard.ts';
import type { AnyResource, Kind, Resource } from '../../resource.ts';

/** Kinds that describe one link in fields of their own: one that exists, or one that they make. */
export type LinkKind =
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
  | 'Tunnel';

export type LinkResource = { [K in LinkKind]: Resource<K> }[LinkKind];

/** How a kind of link differs from the others, besides its fields. */
interface Shape {
  readonly schema: z.ZodType;
  /** `Kind=` of the .netdev; absent where a field says it, and of an Interface. */
  readonly device?: string;
  /** The key of the parent's [Network] that names the link. */
  readonly stackedBy?: 'VLAN' | 'VXLAN' | 'MACVLAN' | 'Tunnel';
  /** The section of the .netdev in which `Independent=` says that it has no parent. */
  readonly mayStandAlone?: 'VXLAN' | 'Tunnel';
  /** The key of a member's [Network] that names the link. */
  readonly gathersBy?: 'Bridge' | 'Bond';
}

export const shapes: { readonly [K in LinkKind]: Shape } = {
  Interface: { schema: interfaceSchema },
  Bond: { schema: bondSchema, device: 'bond', gathersBy: 'Bond' },
  Bridge: { schema: bridgeSchema, device: 'bridge', gathersBy: 'Bridge' },
  Vlan: { schema: vlanSchema, device: 'vlan', stackedBy: 'VLAN' },
  Vxlan: { schema: vxlanSchema, device: 'vxlan', stackedBy: 'VXLAN', mayStandAlone: 'VXLAN' },
  Macvlan: { schema: macvlanSchema, device: 'macvlan', stackedBy: 'MACVLAN' },
  Dummy: { schema: dummySchema, device: 'dummy' },
  Veth: { schema: vethSchema, device: 'veth' },
  Vrf: { schema: vrfSchema, device: 'vrf' },
  WireGuard: { schema: wireGuardSchema, device: 'wireguard' },
  Tunnel: { schema: tunnelSchema, stackedBy: 'Tunnel', mayStandAlone: 'Tunnel' },
};

export function isLinkResource(resource: AnyResource): resource is LinkResource {
  return isLinkKind(resource.kind);
}

function isLinkKind(kind: Kind): kind is LinkKind {
  return Object.hasOwn(shapes, kind);
}

/** The name of the link; of an Interface that tells it by something else, the name that it has, if the document says it. */
export function linkOf({ kind, metadata, spec }: LinkResource): string | undefined {
  if (kind === 'Interface' && spec.match) return spec.interface;
  return spec.interface ?? metadata.name;
}

/** The name by which the units of a link are called. */
export function unitNameOf(resource: LinkResource): string {
  return linkOf(resource) ?? resource.metadata.name;
}

/** The link that another one stands on. */
export function parentOf({ spec }: LinkResource): string | undefined {
  return 'parent' in spec ? spec.parent : undefined;
}

/** Links that exist by other means and become members of a bridge or bond. */
export function membersOf({ spec }: LinkResource): readonly string[] {
  return 'interfaces' in spec ? spec.interfaces : [];
}

/** What a link is a part of. */
export function membershipOf({ spec }: LinkResource): {
  readonly bridge?: string | undefined;
  readonly bond?: string | undefined;
  readonly vrf?: string | undefined;
} {
  return {
    ...('bridge' in spec && { bridge: spec.bridge }),
    ...('bond' in spec && { bond: spec.bond }),
    ...('vrf' in spec && { vrf: spec.vrf }),
  };
}
