import type { Section, SectionPlace } from '../kinds/sections.ts';
import { oneOf } from '../networkd/values/words.ts';
import { own } from '../own.ts';
import type { Fault } from '../problem.ts';
import { unitValues } from '../section-values.ts';
import type { Finding, Reader } from './finding.ts';

/** Keys that must be there; of a list, one will do. */
type Needs = readonly (string | readonly string[])[];

/** What networkd drops a section without, in every version. */
const sectionNeeds: Readonly<Record<string, Needs>> = {
  Address: ['Address'],
  DHCPServerStaticLease: ['Address', 'MACAddress'],
  EnhancedTransmissionSelection: [['Bands', 'StrictBands', 'QuantumBytes']],
  HierarchyTokenBucketClass: ['Rate'],
  IPv6AddressLabel: ['Prefix', 'Label'],
  IPv6Prefix: ['Prefix'],
  L2TPSession: ['Name', 'SessionId', 'PeerSessionId'],
  MACsecReceiveAssociation: [['Key', 'KeyFile'], 'MACAddress', 'Port'],
  MACsecReceiveChannel: ['MACAddress', 'Port'],
  MACsecTransmitAssociation: ['PacketNumber', ['Key', 'KeyFile']],
  Neighbor: ['Address', ['LinkLayerAddress', 'MACAddress']],
  Route: [['Gateway', 'Destination', 'Source', 'PreferredSource']],
  TokenBucketFilter: ['Rate', ['BurstBytes', 'Burst'], ['LimitBytes', 'LimitSize', 'LatencySec']],
  WireGuardPeer: [['PublicKey', 'PublicKeyFile']],
};

/** What networkd makes no device of a kind without, in every version, by the section that has it. */
const kindNeeds: Readonly<Record<string, Readonly<Record<string, Needs>>>> = {
  bareudp: { BareUDP: ['DestinationPort', 'EtherType'] },
  geneve: { GENEVE: ['Id'] },
  l2tp: { L2TP: ['Remote', 'TunnelId', 'PeerTunnelId'] },
  veth: { Peer: ['Name'] },
  vlan: { VLAN: ['Id'] },
  vxcan: { VXCAN: ['Peer'] },
  vxlan: { VXLAN: [['VNI', 'Id', 'External']] },
  wlan: { WLAN: ['PhysicalDevice', 'Type'] },
};

/** Keys of a section that exclude each other: networkd drops the section, or one of the two. */
const exclusive: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  NextHop: [
    ['Group', 'Gateway'],
    ['Group', 'Family'],
  ],
  Route: [
    ['MultiPathRoute', 'Gateway'],
    ['NextHop', 'Gateway'],
    ['NextHop', 'MultiPathRoute'],
  ],
  TokenBucketFilter: [['LatencySec', 'LimitBytes']],
  VXLAN: [['Remote', 'Group']],
};

/** What networkd would drop a section for once it has read all of it (systemd.network(5), systemd.netdev(5)). */
export function sectionRuleFindings(
  { name, section, path }: SectionPlace,
  { type }: Reader,
): readonly Finding[] {
  if (type === 'link') return [];
  const absent = (own(sectionNeeds, name) ?? []).filter((need) => !hasOne([section], need));
  const pairs = (own(exclusive, name) ?? []).filter((pair) => pair.every((key) => hasOne([section], key)));
  return [
    ...absent.map((need) => missing(`a section [${name}]`, name, need, path)),
    ...pairs.map(([key, other]) => together(name, key, other, path)),
  ];
}

/** What networkd would not make a device for once it has read all of its .netdev. */
export function kindRuleFindings(places: readonly SectionPlace[], { kind = '' }: Reader): readonly Finding[] {
  return Object.entries(own(kindNeeds, kind) ?? {}).flatMap(([name, needs]) => {
    const all = places.filter((place) => place.name === name);
    const sections = all.map(({ section }) => section);
    const absent = needs.filter((need) => !hasOne(sections, need));
    return absent.map((need) => missing(`a ${kind}`, name, need, all[0]?.path ?? 'spec'));
  });
}

/** Whether one of the keys is set to something; an empty value takes back those before it. */
function hasOne(sections: readonly Section[], need: string | readonly string[]): boolean {
  return keysOf(need).some((key) => {
    const values = sections.flatMap((section) => unitValues(own(section, key) ?? []));
    return (values.at(-1) ?? '') !== '';
  });
}

function keysOf(need: string | readonly string[]): readonly string[] {
  return typeof need === 'string' ? [need] : need;
}

function missing(what: string, section: string, need: string | readonly string[], path: string): Finding {
  const keys = oneOf(keysOf(need));
  const fault: Fault = {
    code: 'MISSING_FIELD',
    message: `${what} needs ${keys}: networkd would ignore it otherwise`,
    hint: `add ${keys} to [${section}]`,
  };
  return { path, on: 'key', fault };
}

function together(section: string, key: string, other: string, path: string): Finding {
  const message = `[${section}] cannot have both ${other} and ${key}`;
  return {
    path: `${path}.${key}`,
    on: 'key',
    fault: { code: 'BAD_VALUE', message, hint: 'remove one of them' },
  };
}
