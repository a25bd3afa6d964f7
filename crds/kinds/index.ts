import type * as z from 'zod';
import type { ReportField } from '../checks/check.ts';
import { checkConnectivityProbe } from '../checks/connectivity-probe.ts';
import { checkContainerBridge } from '../checks/container-bridge.ts';
import { checkLinkPolicy, checkResolver } from '../checks/host.ts';
import { checkLink } from '../checks/link.ts';
import { checkMacvlanIntegration } from '../checks/macvlan-integration.ts';
import { checkMatch, checkNetDev } from '../checks/sections.ts';
import type { Kind, Metadata } from '../resource.ts';
import { bondSchema } from './bond.ts';
import { bridgeSchema } from './bridge.ts';
import { connectivityProbeSchema } from './connectivity-probe.ts';
import { containerBridgeSchema } from './container-bridge.ts';
import { dummySchema } from './dummy.ts';
import { interfaceSchema } from './interface.ts';
import { linkSchema } from './link.ts';
import { linkPolicySchema } from './link-policy.ts';
import { macvlanSchema } from './macvlan.ts';
import { macvlanIntegrationSchema } from './macvlan-integration.ts';
import { netDevSchema } from './netdev.ts';
import { networkSchema } from './network.ts';
import { resolverSchema } from './resolver.ts';
import type { SectionsSpec } from './sections.ts';
import { tunnelSchema } from './tunnel.ts';
import { vethSchema } from './veth.ts';
import { vlanSchema } from './vlan.ts';
import { vrfSchema } from './vrf.ts';
import { vxlanSchema } from './vxlan.ts';
import { wireGuardSchema } from './wireguard.ts';

type Frozen<T> = T extends readonly (infer I)[]
  ? readonly Frozen<I>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

interface Specs {
  ContainerBridge: Frozen<z.output<typeof containerBridgeSchema>>;
  MacvlanIntegration: Frozen<z.output<typeof macvlanIntegrationSchema>>;
  LinkPolicy: Frozen<z.output<typeof linkPolicySchema>>;
  Resolver: Frozen<z.output<typeof resolverSchema>>;
  ConnectivityProbe: Frozen<z.output<typeof connectivityProbeSchema>>;
  Interface: Frozen<z.output<typeof interfaceSchema>>;
  Bond: Frozen<z.output<typeof bondSchema>>;
  Bridge: Frozen<z.output<typeof bridgeSchema>>;
  Vlan: Frozen<z.output<typeof vlanSchema>>;
  Vxlan: Frozen<z.output<typeof vxlanSchema>>;
  Macvlan: Frozen<z.output<typeof macvlanSchema>>;
  Dummy: Frozen<z.output<typeof dummySchema>>;
  Veth: Frozen<z.output<typeof vethSchema>>;
  Vrf: Frozen<z.output<typeof vrfSchema>>;
  WireGuard: Frozen<z.output<typeof wireGuardSchema>>;
  Tunnel: Frozen<z.output<typeof tunnelSchema>>;
  NetDev: SectionsSpec;
  Network: SectionsSpec;
  Link: SectionsSpec;
}

/** spec of a kind as its schema gives it: every default filled in. */
export type SpecOf<K extends Kind> = Specs[K];

/** What osa-net knows about a kind. */
export interface KindDefinition {
  /** What its spec may be, field by field. */
  readonly schema: z.ZodType;
  /** Checks between the fields of a spec that the schema took. */
  check(resource: { readonly metadata: Metadata; readonly spec: unknown }, report: ReportField): void;
  /** Whether values go into units as they are written, so that `010` must not become `10`. */
  readonly verbatim: boolean;
}

// A method's parameter is compared both ways, so each check may ask for the spec of its own kind.
export const kinds: { readonly [K in Kind]: KindDefinition } = {
  ContainerBridge: { schema: containerBridgeSchema, check: checkContainerBridge, verbatim: false },
  MacvlanIntegration: { schema: macvlanIntegrationSchema, check: checkMacvlanIntegration, verbatim: false },
  LinkPolicy: { schema: linkPolicySchema, check: checkLinkPolicy, verbatim: false },
  Resolver: { schema: resolverSchema, check: checkResolver, verbatim: false },
  ConnectivityProbe: { schema: connectivityProbeSchema, check: checkConnectivityProbe, verbatim: false },
  Interface: { schema: interfaceSchema, check: checkLink, verbatim: false },
  Bond: { schema: bondSchema, check: checkLink, verbatim: false },
  Bridge: { schema: bridgeSchema, check: checkLink, verbatim: false },
  Vlan: { schema: vlanSchema, check: checkLink, verbatim: false },
  Vxlan: { schema: vxlanSchema, check: checkLink, verbatim: false },
  Macvlan: { schema: macvlanSchema, check: checkLink, verbatim: false },
  Dummy: { schema: dummySchema, check: checkLink, verbatim: false },
  Veth: { schema: vethSchema, check: checkLink, verbatim: false },
  Vrf: { schema: vrfSchema, check: checkLink, verbatim: false },
  WireGuard: { schema: wireGuardSchema, check: checkLink, verbatim: false },
  Tunnel: { schema: tunnelSchema, check: checkLink, verbatim: false },
  NetDev: { schema: netDevSchema, check: checkNetDev, verbatim: true },
  Network: { schema: networkSchema, check: checkMatch, verbatim: true },
  Link: { schema: linkSchema, check: checkMatch, verbatim: true },
};
