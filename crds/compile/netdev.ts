import type { Compiled, LinkExpectation, MacvlanMode } from '../compiled.ts';
import { macvlanModes } from '../compiled.ts';
import type { SectionsSpec } from '../kinds/sections.ts';
import { type LinkOption, linkOptions } from '../networkd/link-options.ts';
import type { Resource } from '../resource.ts';
import { lastValueOf, valuesOf } from '../section-values.ts';
import { parseUnit, type UnitSection } from '../unit.ts';
import { netdevUnit } from '../unit-names.ts';
import { rawFragments } from './raw.ts';
import type { Surroundings } from './surroundings.ts';

type NetDev = Resource<'NetDev'>;

interface LinkContext {
  readonly parent?: string;
  readonly network?: string;
}

/** What other documents say about the links of a NetDev, by link. */
export type NetDevContext = Readonly<Record<string, LinkContext>>;

export function netDevContext(netdev: NetDev, { parents, networks }: Surroundings): NetDevContext {
  const contexts = madeLinks(netdev.spec).map(({ link }): [string, LinkContext] => {
    const parent = parents.get(link);
    const network = networks.get(link);
    return [link, { ...(parent !== undefined && { parent }), ...(network !== undefined && { network }) }];
  });
  return Object.fromEntries(contexts);
}

/** A raw NetDev: one .netdev, and the link or links that it makes. */
export function compileNetDev(netdev: NetDev, context: NetDevContext): Compiled {
  const { spec, key } = netdev;
  const unit = netdevUnit(nameOf(spec));
  const alsoAsks = [
    ...(hasKey(spec, 'MTUBytes') ? (['mtu'] as const) : []),
    ...(hasKey(spec, 'MACAddress') ? (['mac'] as const) : []),
  ];
  const links = madeLinks(netdev.spec).map(
    (made): LinkExpectation => ({
      ...made,
      made: true,
      ...(alsoAsks.length > 0 && { alsoAsks }),
      ...context[made.link],
      ...(spec.requiredState !== undefined && { requiredState: spec.requiredState }),
      netdev: unit,
    }),
  );
  return {
    key,
    fragments: rawFragments(unit, spec),
    links,
  };
}

/** Whether the text says a property of the new link, or of the other end of its pair. */
function hasKey(spec: SectionsSpec, key: string): boolean {
  return ['NetDev', 'Peer'].some((section) => lastValueOf(spec, section, key) !== undefined);
}

function nameOf(spec: SectionsSpec): string {
  return lastValueOf(spec, 'NetDev', 'Name') ?? '';
}

type MadeLink = Pick<LinkExpectation, 'link' | 'kind' | 'parent' | 'mode' | 'options' | 'field'>;

/** The links that the sections of a .netdev make. */
export function madeLinks(spec: SectionsSpec): readonly MadeLink[] {
  const link = nameOf(spec);
  const kind = lastValueOf(spec, 'NetDev', 'Kind') ?? '';
  const own: MadeLink = { link, field: 'spec.NetDev.Name', ...kernelKind(kind) };
  switch (kind) {
    case 'veth':
      return pair(own, lastValueOf(spec, 'Peer', 'Name'), 'spec.Peer.Name');
    case 'vxcan':
      return pair(own, lastValueOf(spec, 'VXCAN', 'Peer'), 'spec.VXCAN.Peer');
    case 'macvlan':
      return [{ ...own, ...macvlanMode(lastValueOf(spec, 'MACVLAN', 'Mode')) }];
    // Opens a port of the kernel for tunnels and makes no link.
    case 'fou':
      return [];
    // The links are those of the sessions; the tunnel itself is none.
    case 'l2tp':
      return valuesOf(spec, 'L2TPSession', 'Name').map((name) => ({ link: name, field: 'spec.L2TPSession' }));
    default:
      return [{ ...own, ...optionsOf(linkOptions(spec, kind)) }];
  }
}

function pair(own: MadeLink, peer: string | undefined, field: string): readonly MadeLink[] {
  if (peer === undefined) return [own];
  return [
    { ...own, parent: peer },
    { ...own, link: peer, parent: own.link, field },
  ];
}

/**
 * The links that the text of a .netdev makes, with their kinds in the words of `ip -details link` (empty: none there).
 * Undefined: networkd makes nothing of such a text.
 */
export function linksMadeBy(text: string): Readonly<Record<string, string>> | undefined {
  const spec = specOf(parseUnit(text));
  if (nameOf(spec) === '' || lastValueOf(spec, 'NetDev', 'Kind') === undefined) return undefined;
  return Object.fromEntries(madeLinks(spec).map(({ link, kind }) => [link, kind ?? '']));
}

/** What a document would say that makes such a unit. */
function specOf(sections: readonly UnitSection[]): SectionsSpec {
  const spec = new Map<string, Map<string, string[]>>();
  for (const { name, entries } of sections) {
    const keys = spec.get(name) ?? new Map<string, string[]>();
    for (const [key, value] of entries) keys.set(key, [...(keys.get(key) ?? []), value]);
    spec.set(name, keys);
  }
  return Object.fromEntries([...spec].map(([name, keys]) => [name, Object.fromEntries(keys)]));
}

/** networkd's Kind= in the words of `ip -details link`, where the kernel has one at all. */
function kernelKind(kind: string): Pick<LinkExpectation, 'kind'> {
  // Wireless interfaces come from nl80211, not from a kind of link.
  if (kind === 'wlan') return {};
  return { kind: kind === 'tap' ? 'tun' : kind };
}

function macvlanMode(mode: string | undefined): Pick<LinkExpectation, 'mode'> {
  const known = macvlanModes.find((one): one is MacvlanMode => one === mode);
  return known === undefined ? {} : { mode: known };
}

function optionsOf(options: readonly LinkOption[]): Pick<LinkExpectation, 'options'> {
  return options.length === 0 ? {} : { options };
}
