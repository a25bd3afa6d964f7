import * as z from 'zod';
import { said } from '../said.ts';
import { sectionsSchema } from '../sections.ts';

const network = sectionsSchema(false).meta(
  said("Sections of the link's .network, in networkd's spelling", [], { Network: { LLDP: true } }),
);
const netdev = sectionsSchema(false).meta(
  said("Sections of the link's .netdev, in networkd's spelling", [], { NetDev: { Description: 'uplink' } }),
);
const description =
  "What no field here says, in networkd's own language; a key that a field sets cannot be set here";

/** What the fields of a kind that makes links do not say. */
export const hatch = z
  .strictObject({ netdev: netdev.optional(), network: network.optional() })
  .optional()
  .meta(said(description, [], { network: { Network: { LLDP: true } } }));

/** The same of a kind for links that exist. */
export const networkHatch = z
  .strictObject({ network: network.optional() })
  .optional()
  .meta(said(description, [], { network: { Network: { LLDP: true } } }));
