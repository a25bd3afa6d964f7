import * as z from 'zod';
import { line, mtu, text } from './fields.ts';
import { said } from './said.ts';
import type { Section } from './sections.ts';

/** [Match] keys of systemd.link(5), in its order: what they list, and one of it. */
const matchKeys = {
  MACAddress: ['MAC addresses', '02:00:00:00:03:02'],
  PermanentMACAddress: ['permanent MAC addresses', '02:00:00:00:03:02'],
  Path: ['persistent paths of udev (ID_PATH), patterns allowed', 'pci-0000:02:00.0-*'],
  Driver: ['drivers, patterns allowed', 'virtio_net'],
  Type: ['device types as networkctl list shows them, patterns allowed', 'ether'],
  Kind: ['device kinds as ip -details link shows them, patterns allowed', 'vlan'],
  Property: ['udev properties, NAME=VALUE', 'ID_BUS=pci'],
  OriginalName: ['names that the kernel gave, patterns allowed', 'en*'],
  Host: ['host names or machine IDs', 'host1'],
  Virtualization: ['virtualization environments', 'kvm'],
  KernelCommandLine: ['options of the kernel command line', 'net.ifnames=0'],
  KernelVersion: ['kernel versions, patterns or comparisons', '>=6.1'],
  Credential: ['system credentials that must be passed', 'net.policy'],
  Architecture: ['processor architectures', 'x86-64'],
  Firmware: ['firmware properties', 'uefi'],
} as const;

type MatchKey = keyof typeof matchKeys;

function patterns(key: string, what: string, example: string) {
  return z
    .array(line('a pattern of a [Match] section', /^\S/, 'en*'))
    .min(1)
    .optional()
    .meta(said(`List of ${what} (systemd.link(5))`, [`link Match.${key}`], [example]));
}

const matchShape = Object.fromEntries(
  Object.entries(matchKeys).map(([key, [what, example]]) => [key, patterns(key, what, example)]),
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
      .meta(
        said("Which devices the policy is for, in networkd's spelling; every device when absent", [], {
          OriginalName: ['en*'],
        }),
      ),
    macAddressPolicy: z
      .enum(['persistent', 'random', 'none'])
      .optional()
      .meta(said('How the MAC address is chosen (systemd.link(5))', ['link Link.MACAddressPolicy'], 'none')),
    namePolicy: z
      .array(z.enum(namePolicies))
      .min(1)
      .optional()
      .meta(
        said(
          'How the name is chosen, first that works (systemd.link(5))',
          ['link Link.NamePolicy'],
          ['onboard', 'slot', 'path'],
        ),
      ),
    mtu: mtu()
      .optional()
      .meta(said('Largest packet in bytes', ['link Link.MTUBytes'], 9000)),
    unitName: unitName
      .default('99-default')
      .meta(
        said(
          'Name of the .link file without its ending; the first that matches a device, by name, is used',
          [],
          '10-uplink',
        ),
      ),
  })
  .describe('How udev names devices and gives them MAC addresses: a .link file');

/** What a policy matches, as the section of the .link. */
export function matchSection({
  match,
}: {
  readonly match: Readonly<Record<string, readonly string[] | undefined>>;
}): Section {
  const entries = Object.entries(match).flatMap(([key, patterns]) =>
    patterns ? [[key, patterns] as const] : [],
  );
  return Object.fromEntries(entries);
}
