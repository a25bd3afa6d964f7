import * as z from 'zod';
import { addressing } from './common/addressing.ts';
import { hatch } from './common/hatch.ts';
import { linkProperties, madeName } from './common/link.ts';
import { membership } from './common/membership.ts';
import { parentLink } from './common/parent.ts';
import { said } from './said.ts';

/** spec of a Vlan. */
export const vlanSchema = z
  .strictObject({
    interface: madeName('vlan10'),
    parent: parentLink('VLAN'),
    id: z
      .int()
      .min(1)
      .max(4094)
      .meta(said('Number of the VLAN (IEEE 802.1Q)', ['netdev VLAN.Id'], 10)),
    protocol: z
      .enum(['802.1q', '802.1ad'])
      .optional()
      .meta(said('How packets are tagged (kernel: 802.1q)', ['netdev VLAN.Protocol'], '802.1ad')),
    gvrp: z
      .boolean()
      .optional()
      .meta(said('Whether switches are told of the VLAN (GVRP)', ['netdev VLAN.GVRP'], true)),
    mvrp: z
      .boolean()
      .optional()
      .meta(said('Whether switches are told of the VLAN (MVRP)', ['netdev VLAN.MVRP'], true)),
    looseBinding: z
      .boolean()
      .optional()
      .meta(said('Whether it is up although its parent is down', ['netdev VLAN.LooseBinding'], true)),
    reorderHeader: z
      .boolean()
      .optional()
      .meta(
        said(
          'Whether packets look as if they had no tag (kernel: true)',
          ['netdev VLAN.ReorderHeader'],
          false,
        ),
      ),
    ...linkProperties,
    ...membership,
    ...addressing,
    networkd: hatch,
  })
  .describe('A VLAN of a link');
