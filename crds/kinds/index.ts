import type * as z from 'zod';
import type { Kind } from '../resource.ts';
import { containerBridgeSchema } from './container-bridge.ts';
import { linkSchema } from './link.ts';
import { linkPolicySchema } from './link-policy.ts';
import { macvlanIntegrationSchema } from './macvlan-integration.ts';
import { netDevSchema } from './netdev.ts';
import { networkSchema } from './network.ts';
import { resolverSchema } from './resolver.ts';
import type { SectionsSpec } from './sections.ts';

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
  NetDev: SectionsSpec;
  Network: SectionsSpec;
  Link: SectionsSpec;
}

/** spec of a kind as its schema gives it: every default filled in. */
export type SpecOf<K extends Kind> = Specs[K];

/** What osa-net knows about a kind. */
export interface KindDefinition {
  readonly schema: z.ZodType;
}

export const kinds: { readonly [K in Kind]: KindDefinition } = {
  ContainerBridge: { schema: containerBridgeSchema },
  MacvlanIntegration: { schema: macvlanIntegrationSchema },
  LinkPolicy: { schema: linkPolicySchema },
  Resolver: { schema: resolverSchema },
  NetDev: { schema: netDevSchema },
  Network: { schema: networkSchema },
  Link: { schema: linkSchema },
};
