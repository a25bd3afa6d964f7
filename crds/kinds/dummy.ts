import * as z from 'zod';
import { addressing } from './common/addressing.ts';
import { hatch } from './common/hatch.ts';
import { linkProperties, madeName } from './common/link.ts';
import { membership } from './common/membership.ts';

/** spec of a Dummy. */
export const dummySchema = z
  .strictObject({
    interface: madeName('dummy0'),
    ...linkProperties,
    ...membership,
    ...addressing,
    networkd: hatch,
  })
  .describe('A link that leads nowhere, for addresses of the host or as port of a bridge');
