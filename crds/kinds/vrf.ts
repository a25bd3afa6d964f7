import * as z from 'zod';
import { hatch } from './common/hatch.ts';
import { linkProperties, madeName } from './common/link.ts';
import { tableNumber } from './fields.ts';
import { said } from './said.ts';

/** spec of a Vrf. */
export const vrfSchema = z
  .strictObject({
    interface: madeName('vrf-mgmt'),
    table: tableNumber().meta(said('Number of its routing table', ['netdev VRF.Table'], 100)),
    ...linkProperties,
    networkd: hatch,
  })
  .describe('A routing table of its own for the links that are in it');
