import * as z from 'zod';
import { interfaceName, macAddress, mtu, requiredState } from '../fields.ts';
import { said } from '../said.ts';

/** Properties of a link that carries no Ethernet. */
export const withoutMac = {
  mtu: mtu()
    .optional()
    .meta(said('Largest packet in bytes', ['network Link.MTUBytes'], 9000)),
  activation: z
    .enum(['up', 'always-up', 'manual', 'down', 'always-down'])
    .optional()
    .meta(
      said('Who brings the link up or down (networkd: up)', ['network Link.ActivationPolicy'], 'always-up'),
    ),
  requiredForOnline: z
    .boolean()
    .optional()
    .meta(
      said(
        'Whether the boot waits for the link (systemd-networkd-wait-online; networkd: true)',
        ['network Link.RequiredForOnline'],
        false,
      ),
    ),
  requiredState: requiredState(),
} as const;

/** Properties of a link itself. */
export const linkProperties = {
  ...withoutMac,
  macAddress: macAddress()
    .optional()
    .meta(said('MAC address of the link', ['network Link.MACAddress'], '02:00:00:00:03:02')),
} as const;

/** The name of a link that a document makes. */
export function madeName(kind: string) {
  return interfaceName()
    .optional()
    .meta(said('Name of the link; metadata.name when absent', ['netdev NetDev.Name'], kind));
}
