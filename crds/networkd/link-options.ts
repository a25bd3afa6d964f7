import { parseIp } from '../ip.ts';
import type { SectionsSpec } from '../kinds/sections.ts';
import { lastValueOf } from '../section-values.ts';
import { timeSpanSeconds } from '../time-span.ts';

/** One setting of a link's kind, as the kernel must show it in the info_data of `ip -details -json link`. */
export interface LinkOption {
  /** The key as the document has it: `Bridge.STP`. */
  readonly key: string;
  /** The field of info_data. */
  readonly field: string;
  /** The value in the words of that field. */
  readonly value: string;
  /** By so much a number may differ: what the kernel loses when it counts in its own ticks. */
  readonly tolerance?: number;
  /** What sets it in `ip link set … type KIND`; absent where only a new link can have another value. */
  readonly words?: readonly string[];
  /** A link of which nobody asks it has this value instead; absent where that depends. */
  readonly unset?: string;
}

/** How one key of a section of a .netdev shows in the kernel. */
interface Row {
  readonly key: string;
  readonly field: string;
  /** Value of the unit → value of the field; undefined for what networkd leaves to the kernel or cannot read. */
  readonly shown: (value: string, spec: SectionsSpec) => string | undefined;
  readonly tolerance?: number;
  /** What iproute2 calls it; absent: as the field. */
  readonly word?: string;
  readonly needsNewLink?: true;
  /**
   * What the kernel gives a new link; absent where that depends on other things, where the key must be there, and where a
   * bond takes it only while it is down or has no port (BOND_OPTFLAG_IFDOWN, BOND_OPTFLAG_NOSLAVES).
   */
  readonly unset?: string;
}

const truths = ['1', 'yes', 'y', 'true', 't', 'on'];
const untruths = ['0', 'no', 'n', 'false', 'f', 'off'];

function truth(yes: string, no: string): Row['shown'] {
  return (value) => {
    const word = value.toLowerCase();
    return truths.includes(word) ? yes : untruths.includes(word) ? no : undefined;
  };
}

/** The kernel's flags of bridges and bonds are 0 and 1, those of tunnels false and true. */
const bit = truth('1', '0');
const flag = truth('true', 'false');

/** networkd rounds up to a unit of `perSecond` a second; 0 and less leave the kernel's default. */
function ticks(perSecond: number): Row['shown'] {
  return (value) => {
    const seconds = timeSpanSeconds(value);
    if (seconds === undefined || seconds === 0) return undefined;
    // Decimal fractions have no exact binary form: 0.29 s are 29 ticks, not 30.
    return String(Math.ceil(Number((seconds * perSecond).toFixed(6))));
  };
}

const centiseconds = ticks(100);

/** Milliseconds; the kernel cuts the delays of a bond to multiples of its MIIMonitorSec. */
function bondDelay(value: string, spec: SectionsSpec): string | undefined {
  const delay = milliseconds(value);
  const monitor = milliseconds(lastValueOf(spec, 'Bond', 'MIIMonitorSec') ?? '');
  if (delay === undefined || monitor === undefined || monitor === 0) return undefined;
  return String(Math.floor(delay / monitor) * monitor);
}

/** networkd cuts off what is below a millisecond. */
function milliseconds(value: string): number | undefined {
  const seconds = timeSpanSeconds(value);
  return seconds === undefined ? undefined : Math.floor(Number((seconds * 1_000).toFixed(3)));
}

const whole: Row['shown'] = (value) => (/^\d{1,10}$/.test(value) ? String(Number(value)) : undefined);
const positive: Row['shown'] = (value) => (Number(value) > 0 ? whole(value, {}) : undefined);
const lower: Row['shown'] = (value) => value.toLowerCase();
const span: Row['shown'] = (value) => {
  const ms = milliseconds(value);
  return ms === undefined || ms === 0 ? undefined : String(ms);
};
const pvid: Row['shown'] = (value) => (value.toLowerCase() === 'none' ? '0' : whole(value, {}));

function address(family: 4 | 6): Row['shown'] {
  return (value) => {
    const ip = parseIp(value);
    return ip?.family === family ? ip.address : undefined;
  };
}

/**
 * What of the sections of a .netdev the kernel shows again, and how (systemd.netdev(5); iproute2's iplink_*.c). A key that
 * is not here is not compared: `crds/drift.ts` says so to the user.
 */
const table: Readonly<Record<string, readonly Row[]>> = {
  Bridge: [
    { key: 'STP', field: 'stp_state', shown: bit, unset: '0' },
    { key: 'Priority', field: 'priority', shown: whole, unset: '32768' },
    // The kernel counts in jiffies, which are no multiple of 10 ms where CONFIG_HZ is 250 or 300.
    { key: 'ForwardDelaySec', field: 'forward_delay', shown: centiseconds, tolerance: 1, unset: '1500' },
    { key: 'HelloTimeSec', field: 'hello_time', shown: centiseconds, tolerance: 1, unset: '200' },
    { key: 'MaxAgeSec', field: 'max_age', shown: centiseconds, tolerance: 1, unset: '2000' },
    { key: 'AgeingTimeSec', field: 'ageing_time', shown: centiseconds, tolerance: 1, unset: '30000' },
    { key: 'VLANFiltering', field: 'vlan_filtering', shown: bit, unset: '0' },
    { key: 'VLANProtocol', field: 'vlan_protocol', shown: lower, unset: '802.1q' },
    { key: 'DefaultPVID', field: 'vlan_default_pvid', shown: pvid, unset: '1' },
    { key: 'MulticastSnooping', field: 'mcast_snooping', shown: bit, unset: '1' },
    { key: 'MulticastQuerier', field: 'mcast_querier', shown: bit, unset: '0' },
    { key: 'MulticastIGMPVersion', field: 'mcast_igmp_version', shown: whole, unset: '2' },
    { key: 'FDBMaxLearned', field: 'fdb_max_learned', shown: whole, unset: '0' },
  ],
  Bond: [
    { key: 'Mode', field: 'mode', shown: lower, needsNewLink: true },
    { key: 'MIIMonitorSec', field: 'miimon', shown: span },
    { key: 'UpDelaySec', field: 'updelay', shown: bondDelay, unset: '0' },
    { key: 'DownDelaySec', field: 'downdelay', shown: bondDelay, unset: '0' },
    { key: 'PeerNotifyDelaySec', field: 'peer_notify_delay', shown: bondDelay, unset: '0' },
    { key: 'ARPIntervalSec', field: 'arp_interval', shown: span, unset: '0' },
    { key: 'LearnPacketIntervalSec', field: 'lp_interval', shown: ticks(1), unset: '1' },
    { key: 'TransmitHashPolicy', field: 'xmit_hash_policy', shown: lower, unset: 'layer2' },
    { key: 'LACPTransmitRate', field: 'ad_lacp_rate', shown: lower, word: 'lacp_rate' },
    { key: 'AdSelect', field: 'ad_select', shown: lower },
    { key: 'AdActorSystemPriority', field: 'ad_actor_sys_prio', shown: whole },
    { key: 'AdUserPortKey', field: 'ad_user_port_key', shown: whole },
    { key: 'FailOverMACPolicy', field: 'fail_over_mac', shown: lower },
    { key: 'ARPValidate', field: 'arp_validate', shown: lower, unset: 'none' },
    { key: 'ARPAllTargets', field: 'arp_all_targets', shown: lower, unset: 'any' },
    { key: 'PrimaryReselectPolicy', field: 'primary_reselect', shown: lower, unset: 'always' },
    { key: 'ResendIGMP', field: 'resend_igmp', shown: whole, unset: '1' },
    { key: 'PacketsPerSlave', field: 'packets_per_slave', shown: whole, unset: '1' },
    { key: 'GratuitousARP', field: 'num_peer_notif', shown: whole, word: 'num_grat_arp', unset: '1' },
    { key: 'AllSlavesActive', field: 'all_slaves_active', shown: bit, unset: '0' },
    { key: 'DynamicTransmitLoadBalancing', field: 'tlb_dynamic_lb', shown: bit },
    { key: 'MinLinks', field: 'min_links', shown: whole, unset: '0' },
  ],
  VLAN: [
    { key: 'Id', field: 'id', shown: whole, needsNewLink: true },
    { key: 'Protocol', field: 'protocol', shown: lower, needsNewLink: true },
  ],
  VXLAN: [
    { key: 'VNI', field: 'id', shown: whole, needsNewLink: true },
    { key: 'Id', field: 'id', shown: whole, needsNewLink: true },
    { key: 'DestinationPort', field: 'port', shown: positive, needsNewLink: true },
    { key: 'Local', field: 'local', shown: address(4) },
    { key: 'Local', field: 'local6', shown: address(6), word: 'local' },
    { key: 'Remote', field: 'remote', shown: address(4) },
    { key: 'Remote', field: 'remote6', shown: address(6), word: 'remote' },
    { key: 'Group', field: 'group', shown: address(4) },
    { key: 'Group', field: 'group6', shown: address(6), word: 'group' },
    { key: 'TTL', field: 'ttl', shown: positive },
    { key: 'MacLearning', field: 'learning', shown: flag, unset: 'true' },
  ],
  MACVTAP: [{ key: 'Mode', field: 'mode', shown: lower }],
  IPVLAN: [{ key: 'Mode', field: 'mode', shown: lower }],
  IPVTAP: [{ key: 'Mode', field: 'mode', shown: lower }],
  VRF: [{ key: 'Table', field: 'table', shown: whole, needsNewLink: true }],
  GENEVE: [{ key: 'Id', field: 'id', shown: whole, needsNewLink: true }],
};

/** Keys of .netdev sections whose values are compared with the kernel's, by section. */
export const comparedOptions: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(table).map(([section, rows]) => [section, [...new Set(rows.map(({ key }) => key))]]),
);

/** The section of a .netdev that holds the settings of a kind, where one of them is compared. */
const sectionOfKind: Readonly<Record<string, string>> = {
  bridge: 'Bridge',
  bond: 'Bond',
  vlan: 'VLAN',
  vxlan: 'VXLAN',
  macvtap: 'MACVTAP',
  ipvlan: 'IPVLAN',
  ipvtap: 'IPVTAP',
  vrf: 'VRF',
  geneve: 'GENEVE',
};

/** What the sections of a .netdev promise of its link's kind. */
export function linkOptions(spec: SectionsSpec, kind: string): readonly LinkOption[] {
  const section = sectionOfKind[kind];
  if (section === undefined) return [];
  return (table[section] ?? []).flatMap((row) => {
    const written = lastValueOf(spec, section, row.key);
    const value = written === undefined ? undefined : row.shown(written, spec);
    return value === undefined ? [] : optionOf(section, row, value);
  });
}

/** The setting as a link has it of which nobody asks it. @param key as `LinkOption.key` */
export function unsetOption(key: string): LinkOption | undefined {
  const [section = '', name] = key.split('.');
  const row = table[section]?.find((one) => one.key === name);
  return row?.unset === undefined ? undefined : optionOf(section, row, row.unset);
}

function optionOf(
  section: string,
  { key, field, tolerance, word, needsNewLink, unset }: Row,
  value: string,
): LinkOption {
  return {
    key: `${section}.${key}`,
    field,
    value,
    ...(tolerance !== undefined && { tolerance }),
    ...(!needsNewLink && { words: wordsOf(word ?? field, value) }),
    ...(unset !== undefined && { unset }),
  };
}

/** iproute2 takes the flags of tunnels as a bare word: `learning`, `nolearning`. */
function wordsOf(word: string, value: string): readonly string[] {
  if (value === 'true') return [word];
  return value === 'false' ? [`no${word}`] : [word, value];
}
