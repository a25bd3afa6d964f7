import * as z from 'zod';
import { addressing } from './common/addressing.ts';
import { networkHatch } from './common/hatch.ts';
import { linkProperties } from './common/link.ts';
import { membership } from './common/membership.ts';
import { interfaceName, line, macAddress } from './fields.ts';
import { said } from './said.ts';

const pattern = () => line('one word', /^[^\s"'\\!][^\s"'\\]*$/, 'en*');

const matchSchema = z
  .strictObject({
    names: z
      .array(pattern())
      .min(1)
      .optional()
      .meta(said('Names, with * and ? for any letters', ['network Match.Name'], ['en*'])),
    macAddresses: z
      .array(macAddress())
      .min(1)
      .optional()
      .meta(
        said(
          'MAC addresses that the devices were built with',
          ['network Match.PermanentMACAddress'],
          ['02:00:00:00:03:02'],
        ),
      ),
    paths: z
      .array(pattern())
      .min(1)
      .optional()
      .meta(said("Places in the machine (udev's ID_PATH)", ['network Match.Path'], ['pci-0000:02:00.0'])),
    drivers: z
      .array(pattern())
      .min(1)
      .optional()
      .meta(said('Drivers (ethtool --driver)', ['network Match.Driver'], ['ixgbe'])),
  })
  .describe('Which devices the document is for');

/** spec of an Interface. */
export const interfaceSchema = z
  .strictObject({
    interface: interfaceName()
      .optional()
      .meta(
        said(
          'Name of the link; metadata.name when neither this nor match is there',
          ['network Match.Name'],
          'eno1',
        ),
      ),
    match: matchSchema.optional().meta(
      said(
        'Tells the link by something else than its name; what it has to be is compared only where interface names it too',
        [],
        {
          macAddresses: ['02:00:00:00:03:02'],
        },
      ),
    ),
    ...linkProperties,
    ...membership,
    ...addressing,
    networkd: networkHatch,
  })
  .describe('A network card, or another link that exists by other means');
