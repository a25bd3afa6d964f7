import * as z from 'zod';
import { addressing } from './common/addressing.ts';
import { hatch } from './common/hatch.ts';
import { linkProperties, madeName } from './common/link.ts';
import { membership } from './common/membership.ts';
import { parentLink } from './common/parent.ts';
import { address } from './fields.ts';
import { said } from './said.ts';

/** Kinds of tunnels, in networkd's words. */
const tunnelModes = ['gre', 'gretap', 'ipip', 'sit', 'vti', 'ip6gre', 'ip6gretap', 'ip6tnl', 'vti6'] as const;

/** spec of a Tunnel. */
export const tunnelSchema = z
  .strictObject({
    interface: madeName('gre1'),
    mode: z.enum(tunnelModes).meta(said('What is carried in what', ['netdev NetDev.Kind'], 'gre')),
    parent: parentLink('Tunnel').optional(),
    local: address()
      .optional()
      .meta(said('Address of this host; any of its own when absent', ['netdev Tunnel.Local'], '10.0.4.2')),
    remote: address()
      .optional()
      .meta(said('Address of the other end; any when absent', ['netdev Tunnel.Remote'], '10.0.4.3')),
    key: z
      .int()
      .min(0)
      .max(4_294_967_295)
      .optional()
      .meta(
        said('Number that tells tunnels between the same ends apart (gre and vti)', ['netdev Tunnel.Key'], 7),
      ),
    ttl: z
      .int()
      .min(1)
      .max(255)
      .optional()
      .meta(
        said('How many routers packets may pass; that of the packet when absent', ['netdev Tunnel.TTL'], 64),
      ),
    discoverPathMTU: z
      .boolean()
      .optional()
      .meta(
        said(
          'Whether routers are asked not to cut packets up (networkd: true)',
          ['netdev Tunnel.DiscoverPathMTU'],
          false,
        ),
      ),
    ...linkProperties,
    ...membership,
    ...addressing,
    networkd: hatch,
  })
  .describe('A tunnel between two addresses');
