import * as z from 'zod';
import { macvlanModes } from '../compiled.ts';
import type { Metadata } from '../resource.ts';
import { interfaceName, mtu, requiredState } from './fields.ts';

/** spec of a MacvlanIntegration. */
export const macvlanIntegrationSchema = z
  .strictObject({
    bridge: interfaceName().describe('Bridge to integrate with, made by a ContainerBridge or by other means'),
    mode: z.enum(macvlanModes).default('bridge').describe('Mode of the macvlan (ip-link(8))'),
    interface: interfaceName().optional().describe('Name of the macvlan; mv-<metadata.name> when absent'),
    veth: z
      .strictObject({
        bridgeSide: interfaceName()
          .optional()
          .describe('End of the veth pair in the bridge; mv-<metadata.name>-v1 when absent'),
        macvlanSide: interfaceName()
          .optional()
          .describe('End of the veth pair under the macvlan; mv-<metadata.name>-v2 when absent'),
      })
      .default({})
      .describe('Names of the veth pair between the bridge and the macvlan'),
    mtu: mtu().optional().describe('Largest packet in bytes, of the veth pair and the macvlan'),
    requiredState: requiredState(),
  })
  .describe('A macvlan for containers, wired into a bridge through a veth pair');

type Spec = z.output<typeof macvlanIntegrationSchema>;

/** Names of the three links that an integration makes. */
export interface IntegrationInterfaces {
  readonly macvlan: string;
  readonly bridgeSide: string;
  readonly macvlanSide: string;
}

/** Names of the links: the spec's, or `mv-<name>`, `mv-<name>-v1` and `mv-<name>-v2`. */
export function integrationInterfacesOf(resource: {
  readonly metadata: Pick<Metadata, 'name'>;
  readonly spec: {
    readonly interface?: string | undefined;
    readonly veth: Readonly<Spec['veth']>;
  };
}): IntegrationInterfaces {
  const { metadata, spec } = resource;
  return {
    macvlan: spec.interface ?? `mv-${metadata.name}`,
    bridgeSide: spec.veth.bridgeSide ?? `mv-${metadata.name}-v1`,
    macvlanSide: spec.veth.macvlanSide ?? `mv-${metadata.name}-v2`,
  };
}
