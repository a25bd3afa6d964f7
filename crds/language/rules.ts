import type { Section, SectionPlace } from '../kinds/sections.ts';
import { oneOf } from '../networkd/values/words.ts';
import { own } from '../own.ts';
import type { Fault } from '../problem.ts';
import { unitValues, valuePlaces } from '../section-values.ts';
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
  const has = (need: string | readonly string[]) =>
    hasOne([section], need, emptyAtZero.has(name) ? isZero : isEmpty);
  const absent = (own(sectionNeeds, name) ?? []).filter((need) => !has(need));
  const pairs = (own(exclusive, name) ?? []).filter((pair) => pair.every(has));
  return [
    ...absent.map((need) => missing(`a section [${name}]`, name, need, path)),
    ...pairs.map(([key, other]) => together(name, key, other, path)),
  ];
}

/** What networkd would not make a device for once it has read all of its .netdev. */
export function kindRuleFindings(places: readonly SectionPlace[], { kind = '' }: Reader): readonly Finding[] {
  const ofVni = kind === 'vxlan' ? vniFindings(places) : [];
  const ofNeeds = Object.entries(own(kindNeeds, kind) ?? {}).flatMap(([name, needs]) => {
    const all = places.filter((place) => place.name === name);
    const sections = all.map(({ section }) => section);
    const absent = needs.filter((need) => !hasOne(sections, need));
    return absent.map((need) => missing(`a ${kind}`, name, need, all[0]?.path ?? 'spec'));
  });
  return [...ofNeeds, ...ofVni];
}

/** networkd reads any 32 bits, and makes no VXLAN of more than 24 (RFC 7348). */
function vniFindings(places: readonly SectionPlace[]): readonly Finding[] {
  return places.flatMap(({ name, section, path }) =>
    ['VNI', 'Id'].flatMap((key) =>
      valuePlaces(own(section, key) ?? [], `${path}.${key}`)
        .filter(([, value]) => name === 'VXLAN' && /^\d+$/.test(value) && Number(value) >= 2 ** 24)
        .map(([at, value]): Finding => ({ path: at, on: 'value', fault: tooLargeVni(key, value) })),
    ),
  );
}

function tooLargeVni(key: string, value: string): Fault {
  return { code: 'BAD_VALUE', message: `${key} cannot be "${value}"`, hint: 'use 0 to 16777215' };
}

/** Whether one of the keys is set to something; an empty value takes back those before it. */
function hasOne(
  sections: readonly Section[],
  need: string | readonly string[],
  isNothing: Test = isEmpty,
): boolean {
  return keysOf(need).some((key) => {
    const values = sections.flatMap((section) => unitValues(own(section, key) ?? []));
    return !isNothing(values.at(-1) ?? '');
  });
}

type Test = (value: string) => boolean;
const isEmpty: Test = (value) => value === '';
/** `0`, `0ms` */
const isZero: Test = (value) => /^(0+ *[a-zA-Zµ]*)?$/.test(value);
/** Sections in which networkd cannot tell what is set to nothing from what is not set. */
const emptyAtZero = new Set(['TokenBucketFilter']);

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
