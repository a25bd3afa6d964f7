import * as z from 'zod';
import { addressing } from './common/addressing.ts';
import { hatch } from './common/hatch.ts';
import { linkProperties, madeName } from './common/link.ts';
import { membership } from './common/membership.ts';
import { interfaceName, timeSpan } from './fields.ts';
import { said } from './said.ts';

/** spec of a Bridge. */
export const bridgeSchema = z
  .strictObject({
    interface: madeName('br-mgmt'),
    interfaces: z
      .array(interfaceName())
      .default([])
      .meta(
        said(
          'Links that exist by other means and are ports; those of another document say bridge there',
          ['network Network.Bridge'],
          ['eno1'],
        ),
      ),
    stp: z
      .boolean()
      .optional()
      .meta(said('Whether it looks for loops (kernel: false)', ['netdev Bridge.STP'], true)),
    priority: z
      .int()
      .min(0)
      .max(65_535)
      .optional()
      .meta(said('The smallest one is the root (STP)', ['netdev Bridge.Priority'], 4096)),
    forwardDelay: timeSpan(0)
      .optional()
      .meta(
        said(
          'How long a port listens and learns (STP; kernel: 15s)',
          ['netdev Bridge.ForwardDelaySec'],
          '4s',
        ),
      ),
    helloTime: timeSpan(0)
      .optional()
      .meta(said('How often the root speaks (STP; kernel: 2s)', ['netdev Bridge.HelloTimeSec'], '2s')),
    maxAge: timeSpan(0)
      .optional()
      .meta(
        said('How long what the root said counts (STP; kernel: 20s)', ['netdev Bridge.MaxAgeSec'], '20s'),
      ),
    ageingTime: timeSpan(0)
      .optional()
      .meta(
        said(
          'How long it remembers behind which port an address is (kernel: 5min)',
          ['netdev Bridge.AgeingTimeSec'],
          '5min',
        ),
      ),
    vlanFiltering: z
      .boolean()
      .optional()
      .meta(said('Whether ports have VLANs (kernel: false)', ['netdev Bridge.VLANFiltering'], true)),
    defaultVLAN: z
      .int()
      .min(1)
      .max(4094)
      .optional()
      .meta(said('VLAN of untagged packets (kernel: 1)', ['netdev Bridge.DefaultPVID'], 10)),
    multicastSnooping: z
      .boolean()
      .optional()
      .meta(
        said(
          'Whether multicast goes only where it is asked for (kernel: true)',
          ['netdev Bridge.MulticastSnooping'],
          false,
        ),
      ),
    ...linkProperties,
    vrf: membership.vrf,
    ...addressing,
    networkd: hatch,
  })
  .describe('A bridge');
