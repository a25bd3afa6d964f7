import * as z from 'zod';
import { macvlanModes } from '../compiled.ts';
import { addressing } from './common/addressing.ts';
import { hatch } from './common/hatch.ts';
import { linkProperties, madeName } from './common/link.ts';
import { membership } from './common/membership.ts';
import { parentLink } from './common/parent.ts';
import { said } from './said.ts';

/** spec of a Macvlan. */
export const macvlanSchema = z
  .strictObject({
    interface: madeName('mv0'),
    parent: parentLink('MACVLAN'),
    mode: z
      .enum(macvlanModes)
      .default('bridge')
      .meta(said('Whom it may speak to of those on the same parent', ['netdev MACVLAN.Mode'], 'private')),
    ...linkProperties,
    ...membership,
    ...addressing,
    networkd: hatch,
  })
  .describe('A second link with a MAC address of its own on a link');
