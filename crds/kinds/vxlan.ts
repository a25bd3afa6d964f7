import * as z from 'zod';
import { addressing } from './common/addressing.ts';
import { hatch } from './common/hatch.ts';
import { linkProperties, madeName } from './common/link.ts';
import { membership } from './common/membership.ts';
import { parentLink } from './common/parent.ts';
import { address, timeSpan } from './fields.ts';
import { said } from './said.ts';

/** spec of a Vxlan. */
export const vxlanSchema = z
  .strictObject({
    interface: madeName('vxlan7'),
    vni: z
      .int()
      .min(0)
      .max(16_777_215)
      .meta(said('Number of the network (RFC 7348)', ['netdev VXLAN.VNI'], 7)),
    parent: parentLink('VXLAN').optional(),
    local: address()
      .optional()
      .meta(said('Address of this host in the tunnel', ['netdev VXLAN.Local'], '10.0.4.2')),
    remote: address()
      .optional()
      .meta(said('The one other end', ['netdev VXLAN.Remote'], '10.0.4.3')),
    group: address()
      .optional()
      .meta(said('Multicast group of the other ends; needs parent', ['netdev VXLAN.Group'], '239.1.1.1')),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .default(4789)
      .meta(said('UDP port of the other ends', ['netdev VXLAN.DestinationPort'], 8472)),
    ttl: z
      .int()
      .min(1)
      .max(255)
      .optional()
      .meta(said('How many routers packets may pass', ['netdev VXLAN.TTL'], 32)),
    learning: z
      .boolean()
      .optional()
      .meta(
        said(
          'Whether it learns behind which end an address is (networkd: false)',
          ['netdev VXLAN.MacLearning'],
          true,
        ),
      ),
    ageingTime: timeSpan(0)
      .optional()
      .meta(said('How long it remembers that (kernel: 5min)', ['netdev VXLAN.FDBAgeingSec'], '5min')),
    dontFragment: z
      .enum(['no', 'yes', 'inherit'])
      .optional()
      .meta(
        said('Whether routers may cut packets up (networkd: no)', ['netdev VXLAN.IPDoNotFragment'], 'yes'),
      ),
    ...linkProperties,
    ...membership,
    ...addressing,
    networkd: hatch,
  })
  .describe('A network over UDP between hosts');
