import * as z from 'zod';
import { addressing } from './common/addressing.ts';
import { hatch } from './common/hatch.ts';
import { linkProperties, madeName } from './common/link.ts';
import { membership } from './common/membership.ts';
import { interfaceName } from './fields.ts';
import { said } from './said.ts';

/** spec of a Veth. */
export const vethSchema = z
  .strictObject({
    interface: madeName('veth0'),
    peer: interfaceName().meta(
      said(
        'Name of the other end; what becomes of that says an Interface document',
        ['netdev Peer.Name'],
        'veth0-peer',
      ),
    ),
    ...linkProperties,
    ...membership,
    ...addressing,
    networkd: hatch,
  })
  .describe('A pair of links: what goes into the one comes out of the other');
