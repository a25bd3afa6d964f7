import * as z from 'zod';
import { addressing } from './common/addressing.ts';
import { hatch } from './common/hatch.ts';
import { linkProperties, madeName } from './common/link.ts';
import { membership } from './common/membership.ts';
import { interfaceName, ipv4Address, timeSpan } from './fields.ts';
import { said } from './said.ts';

const span = () => timeSpan(0);

/** spec of a Bond. */
export const bondSchema = z
  .strictObject({
    interface: madeName('bond0'),
    mode: z
      .enum([
        'balance-rr',
        'active-backup',
        'balance-xor',
        'broadcast',
        '802.3ad',
        'balance-tlb',
        'balance-alb',
      ])
      .meta(said('How the members share the traffic', ['netdev Bond.Mode'], '802.3ad')),
    interfaces: z
      .array(interfaceName())
      .default([])
      .meta(
        said(
          'Links that exist by other means and are members; those of an Interface document say bond there',
          ['network Network.Bond'],
          ['eno1', 'eno2'],
        ),
      ),
    primary: interfaceName()
      .optional()
      .meta(said('Member that is preferred, one of interfaces', ['network Network.PrimarySlave'], 'eno1')),
    miiMonitor: span()
      .optional()
      .meta(
        said('How often the members are looked at (kernel: never)', ['netdev Bond.MIIMonitorSec'], '100ms'),
      ),
    upDelay: span()
      .optional()
      .meta(said('How long a member has to be up before it counts', ['netdev Bond.UpDelaySec'], '200ms')),
    downDelay: span()
      .optional()
      .meta(
        said('How long a member may be down before it is left out', ['netdev Bond.DownDelaySec'], '200ms'),
      ),
    transmitHashPolicy: z
      .enum(['layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac'])
      .optional()
      .meta(said('By what a member is chosen for a packet', ['netdev Bond.TransmitHashPolicy'], 'layer3+4')),
    lacpRate: z
      .enum(['slow', 'fast'])
      .optional()
      .meta(said('How often the other side is to speak (802.3ad)', ['netdev Bond.LACPTransmitRate'], 'fast')),
    adSelect: z
      .enum(['stable', 'bandwidth', 'count'])
      .optional()
      .meta(said('Which group of members is used (802.3ad)', ['netdev Bond.AdSelect'], 'bandwidth')),
    minLinks: z
      .int()
      .min(0)
      .max(255)
      .optional()
      .meta(said('How many members must be up for the bond to have carrier', ['netdev Bond.MinLinks'], 1)),
    failOverMACPolicy: z
      .enum(['none', 'active', 'follow'])
      .optional()
      .meta(
        said(
          'Which MAC address the members have (active-backup)',
          ['netdev Bond.FailOverMACPolicy'],
          'active',
        ),
      ),
    arpInterval: span()
      .optional()
      .meta(
        said(
          'How often the members ask by ARP whether they are connected',
          ['netdev Bond.ARPIntervalSec'],
          '1s',
        ),
      ),
    arpTargets: z
      .array(ipv4Address())
      .min(1)
      .max(16)
      .optional()
      .meta(said('Whom they ask', ['netdev Bond.ARPIPTargets'], ['10.0.3.1'])),
    ...linkProperties,
    bridge: membership.bridge,
    vrf: membership.vrf,
    ...addressing,
    networkd: hatch,
  })
  .describe('Several links as one');
