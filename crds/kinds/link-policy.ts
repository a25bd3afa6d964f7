import * as z from 'zod';
import { line, mtu, text } from './fields.ts';

/** [Match] keys of systemd.link(5), in its order. */
const matchKeys = {
  MACAddress: 'MAC addresses',
  PermanentMACAddress: 'permanent MAC addresses',
  Path: 'persistent paths of udev (ID_PATH), patterns allowed',
  Driver: 'drivers, patterns allowed',
  Type: 'device types as networkctl list shows them, patterns allowed',
  Kind: 'device kinds as ip -details link shows them, patterns allowed',
  Property: 'udev properties, NAME=VALUE',
  OriginalName: 'names that the kernel gave, patterns allowed',
  Host: 'host names or machine IDs',
  Virtualization: 'virtualization environments',
  KernelCommandLine: 'options of the kernel command line',
  KernelVersion: 'kernel versions, patterns or comparisons',
  Credential: 'system credentials that must be passed',
  Architecture: 'processor architectures',
  Firmware: 'firmware properties',
} as const;

type MatchKey = keyof typeof matchKeys;

function patterns(what: string) {
  return z
    .array(line('a pattern of a [Match] section', /^\S/, 'en*'))
    .min(1)
    .optional()
    .describe(`List of ${what} (systemd.link(5))`);
}

const matchShape = Object.fromEntries(
  Object.entries(matchKeys).map(([key, what]) => [key, patterns(what)]),
) as Record<MatchKey, ReturnType<typeof patterns>>;

const namePolicies = ['kernel', 'database', 'onboard', 'slot', 'path', 'mac', 'keep'] as const;

const unitName = text((value) => {
  if (value.endsWith('.link')) {
    return {
      code: 'BAD_NAME',
      message: `${JSON.stringify(value)} has the ending that osa-net adds`,
      hint: `leave it out: ${value.slice(0, -'.link'.length)}`,
    };
  }
  if (/^[A-Za-z0-9][A-Za-z0-9_.@-]{0,199}$/.test(value)) return value;
  return {
    code: 'BAD_NAME',
    message: `${JSON.stringify(value)} cannot be the name of a unit file`,
    hint: 'use letters, digits, "-", "_" and ".", such as 99-default',
  };
});

/** spec of a LinkPolicy. */
export const linkPolicySchema = z
  .strictObject({
    match: z
      .strictObject(matchShape)
      .default({ OriginalName: ['*'] })
      .describe("Which devices the policy is for, in networkd's spelling; every device when absent"),
    macAddressPolicy: z
      .enum(['persistent', 'random', 'none'])
      .optional()
      .describe('How the MAC address is chosen (systemd.link(5))'),
    namePolicy: z
      .array(z.enum(namePolicies))
      .min(1)
      .optional()
      .describe('How the name is chosen, first that works (systemd.link(5))'),
    mtu: mtu().optional().describe('Largest packet in bytes'),
    unitName: unitName
      .default('99-default')
      .describe(
        'Name of the .link file without its ending; the first that matches a device, by name, is used',
      ),
  })
  .describe('How udev names devices and gives them MAC addresses: a .link file');
