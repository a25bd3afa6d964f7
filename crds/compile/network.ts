import type { Compiled, LinkExpectation } from '../compiled.ts';
import { hostAddressFault, parseCidr } from '../ip.ts';
import { type SectionsSpec, sectionsOf } from '../kinds/sections.ts';
import type { Capabilities } from '../networkd/capabilities.ts';
import type { Resource } from '../resource.ts';
import { tables } from '../routes.ts';
import { isSwitchedOff, isSwitchedOn, lastValueOf, unitValues, valuesOf } from '../section-values.ts';
import { literalMatch, networkUnitOf } from '../unit-names.ts';
import { leastStateWith } from './addresses.ts';
import { beyondAddresses, gatewaysOf } from './network-promises.ts';
import { rawFragments } from './raw.ts';
import type { Surroundings } from './surroundings.ts';

type Network = Resource<'Network'>;

/** What of the other documents matters to a raw Network. */
export interface NetworkContext {
  readonly master?: LinkExpectation['master'];
  /** The link is a bridge of our documents that nobody plugs a port into. */
  readonly bridgeWithoutPorts: boolean;
  /**
   * Where networkd puts a route that names no table: the main one, that of the VRF that the link is in; undefined where
   * that VRF is one of others.
   */
  readonly table?: number;
}

export function networkContext({ spec }: Pick<Network, 'spec'>, surroundings: Surroundings): NetworkContext {
  const { masters, portedBridges, tables: ofVrfs } = surroundings;
  const vrf = lastValueOf(spec, 'Network', 'VRF');
  const table = vrf === undefined ? tables.main : ofVrfs.get(vrf);
  const link = literalMatch(spec) ?? '';
  const master = masterOf(spec, surroundings);
  return {
    ...(master && { master }),
    bridgeWithoutPorts: masters.get(link) === 'bridge' && !portedBridges.has(link),
    ...(table !== undefined && { table }),
  };
}

/** A bridge may be foreign, then osa-net plugs the link in; a bond or VRF only counts where networkd knows it. */
function masterOf(spec: SectionsSpec, { masters }: Surroundings): LinkExpectation['master'] {
  const bridge = lastValueOf(spec, 'Network', 'Bridge');
  if (bridge !== undefined) return { name: bridge, foreign: masters.get(bridge) !== 'bridge' };
  for (const [key, kind] of [
    ['Bond', 'bond'],
    ['VRF', 'vrf'],
  ] as const) {
    const name = lastValueOf(spec, 'Network', key);
    if (name !== undefined && masters.get(name) === kind) return { name, foreign: false, kind };
  }
  return undefined;
}

/** A raw Network: one .network, and what it promises of its link where it is for one link alone. */
export function compileNetwork(
  network: Network,
  capabilities: Capabilities,
  context: NetworkContext,
): Compiled {
  const unit = networkUnitOf(network);
  const link = literalMatch(network.spec);
  const promised = link !== undefined && !isSwitchedOn(network.spec, 'Link', 'Unmanaged');
  return {
    key: network.key,
    fragments: rawFragments(unit, network.spec),
    links: promised ? [networkExpectation(network.spec, link, unit, capabilities, context)] : [],
  };
}

/** What the sections of a .network promise of the one link that they are for. */
export function networkExpectation(
  spec: SectionsSpec,
  link: string,
  unit: string,
  capabilities: Capabilities,
  context: NetworkContext,
): LinkExpectation {
  const addresses = staticAddresses(spec);
  // What is compared as a default gateway is one of the main table.
  const isMain = context.table === tables.main;
  const gateways = isMain ? gatewaysOf(spec) : [];
  const mtu = mtuOf(lastValueOf(spec, 'Link', 'MTUBytes'));
  const mac = colonMac(lastValueOf(spec, 'Link', 'MACAddress'));
  const alsoAsks = otherwiseAsked(spec, { addresses, mtu, mac });
  const least = context.bridgeWithoutPorts ? 'no-carrier' : leastStateWith(addresses);
  const requiredState = spec.requiredState ?? least;
  return {
    link,
    made: false,
    ...(context.master && { master: context.master }),
    ...(addresses.length > 0 && { addresses }),
    ...(gateways.length > 0 && { gateways }),
    ...(isUp(spec) && beyondAddresses(spec, link, addresses, capabilities, context.table)),
    ...(mtu !== undefined && { mtu }),
    ...(mac !== undefined && { mac }),
    ...(alsoAsks.length > 0 && { alsoAsks }),
    ...(requiredState !== undefined && isUp(spec) && { requiredState }),
    ...(isUp(spec) && { network: unit }),
    field: 'spec.Match.Name',
  };
}

/** What is written in a form that promises nothing, or comes with a lease. */
function otherwiseAsked(
  spec: SectionsSpec,
  promised: {
    readonly addresses: readonly string[];
    readonly mtu: number | undefined;
    readonly mac: string | undefined;
  },
): NonNullable<LinkExpectation['alsoAsks']> {
  const written = new Set([
    ...valuesOf(spec, 'Network', 'Address'),
    ...sectionsOf(spec).flatMap(([name, keys]) =>
      name === 'Address' ? unitValues(keys['Address'] ?? []) : [],
    ),
  ]);
  const dhcp = lastValueOf(spec, 'Network', 'DHCP') ?? 'no';
  const isLeased = !isSwitchedOff(spec, 'Network', 'DHCP') && dhcp !== 'no';
  const usesMtu = ['DHCP', 'DHCPv4', 'IPv6AcceptRA'].some((section) => isSwitchedOn(spec, section, 'UseMTU'));
  const hasLink = (key: string) => lastValueOf(spec, 'Link', key) !== undefined;
  const masquerades =
    lastValueOf(spec, 'Network', 'IPMasquerade') !== undefined &&
    !isSwitchedOff(spec, 'Network', 'IPMasquerade');
  const hasMore = written.size > promised.addresses.length || isLeased;
  return [
    ...(hasMore ? (['address'] as const) : []),
    ...(hasMore && masquerades ? (['masquerade'] as const) : []),
    ...(usesMtu || (hasLink('MTUBytes') && promised.mtu === undefined) ? (['mtu'] as const) : []),
    ...(hasLink('MACAddress') && promised.mac === undefined ? (['mac'] as const) : []),
  ];
}

const multiples: Readonly<Record<string, number>> = { '': 1, B: 1, K: 1_024, M: 1_024 ** 2 };

/** Bytes; `1K` is 1024 of them. */
function mtuOf(text: string | undefined): number | undefined {
  const [, count, unit = ''] = /^(\d+)\s*([BKM]?)$/.exec(text ?? '') ?? [];
  return count === undefined ? undefined : Number(count) * (multiples[unit] ?? 1);
}

/** A MAC address as the kernel shows it, from each of networkd's forms: `02-00-00-00-00-01`, `0200.0000.0001`. */
function colonMac(text: string | undefined): string | undefined {
  const mac = text?.toLowerCase() ?? '';
  if (!/^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$|^[0-9a-f]{4}(\.[0-9a-f]{4}){2}$/.test(mac)) return undefined;
  return mac
    .replace(/[^0-9a-f]/g, '')
    .match(/../g)
    ?.join(':');
}

/** Whether networkd brings the link up: one that it leaves down never becomes `configured`. */
function isUp(spec: SectionsSpec): boolean {
  const policy = lastValueOf(spec, 'Link', 'ActivationPolicy');
  return policy === undefined || !['down', 'always-down', 'manual'].includes(policy);
}

/**
 * Addresses that the link will show as they are written. Those without prefix length (it depends on the version),
 * with a peer, or that networkd fills in itself (`0.0.0.0/24`) are left out.
 */
function staticAddresses(spec: SectionsSpec): readonly string[] {
  const ofSections = sectionsOf(spec)
    .filter(([name, keys]) => name === 'Address' && !Object.hasOwn(keys, 'Peer'))
    .flatMap(([, keys]) => unitValues(keys['Address'] ?? []).slice(-1));
  const canonical = [...valuesOf(spec, 'Network', 'Address'), ...ofSections].flatMap((text) => {
    const cidr = parseCidr(text);
    return 'code' in cidr || hostAddressFault(cidr) !== undefined ? [] : [cidr.text];
  });
  return [...new Set(canonical)];
}
