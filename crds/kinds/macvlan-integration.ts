import * as z from 'zod';
import { macvlanModes } from '../compiled.ts';
import type { Metadata } from '../resource.ts';
import { interfaceName, mtu, requiredState } from './fields.ts';
import { said } from './said.ts';

/** spec of a MacvlanIntegration. */
export const macvlanIntegrationSchema = z
  .strictObject({
    bridge: interfaceName().meta(
      said(
        'Bridge to integrate with, made by a ContainerBridge or by other means',
        ['network Network.Bridge'],
        'br-container',
      ),
    ),
    mode: z
      .enum(macvlanModes)
      .default('bridge')
      .meta(said('Mode of the macvlan (ip-link(8))', ['netdev MACVLAN.Mode'], 'private')),
    interface: interfaceName()
      .optional()
      .meta(
        said(
          'Name of the macvlan; mv-<metadata.name> when absent',
          ['netdev NetDev.Name', 'network Network.MACVLAN'],
          'mv-container',
        ),
      ),
    veth: z
      .strictObject({
        bridgeSide: interfaceName()
          .optional()
          .meta(
            said(
              'End of the veth pair in the bridge; mv-<metadata.name>-v1 when absent',
              ['netdev NetDev.Name'],
              'mv-container-v1',
            ),
          ),
        macvlanSide: interfaceName()
          .optional()
          .meta(
            said(
              'End of the veth pair under the macvlan; mv-<metadata.name>-v2 when absent',
              ['netdev Peer.Name'],
              'mv-container-v2',
            ),
          ),
      })
      .default({})
      .meta(
        said('Names of the veth pair between the bridge and the macvlan', [], {
          bridgeSide: 'v1',
          macvlanSide: 'v2',
        }),
      ),
    mtu: mtu()
      .optional()
      .meta(
        said(
          'Largest packet in bytes, of the veth pair and the macvlan',
          ['netdev NetDev.MTUBytes', 'network Link.MTUBytes'],
          9000,
        ),
      ),
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
