import type { Compiled, LinkExpectation, MacvlanMode } from '../compiled.ts';
import { macvlanModes } from '../compiled.ts';
import { type LinkOption, linkOptions } from '../networkd/link-options.ts';
import type { Resource } from '../resource.ts';
import { lastValueOf, valuesOf } from '../section-values.ts';
import { parseUnit } from '../unit.ts';
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
  const contexts = madeLinks(netdev).map(({ link }): [string, LinkContext] => {
    const parent = parents.get(link);
    const network = networks.get(link);
    return [link, { ...(parent !== undefined && { parent }), ...(network !== undefined && { network }) }];
  });
  return Object.fromEntries(contexts);
}

/** A raw NetDev: one .netdev, and the link or links that it makes. */
export function compileNetDev(netdev: NetDev, context: NetDevContext): Compiled {
  const { spec, key } = netdev;
  const unit = netdevUnit(nameOf(netdev));
  const links = madeLinks(netdev).map(
    (made): LinkExpectation => ({
      ...made,
      made: true,
      ...context[made.link],
      ...(spec.requiredState !== undefined && { requiredState: spec.requiredState }),
      netdev: unit,
    }),
  );
  return { key, fragments: rawFragments(unit, spec), links };
}

function nameOf({ spec }: NetDev): string {
  return lastValueOf(spec, 'NetDev', 'Name') ?? '';
}

type MadeLink = Pick<LinkExpectation, 'link' | 'kind' | 'parent' | 'mode' | 'options' | 'field'>;

function madeLinks(netdev: NetDev): readonly MadeLink[] {
  const { spec } = netdev;
  const link = nameOf(netdev);
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

/** The kind of link that the text of a .netdev makes, in the words of `ip -details link`; undefined: none that is known. */
export function kindMadeBy(text: string): string | undefined {
  const sections = parseUnit(text).filter(({ name }) => name === 'NetDev');
  const kind = sections.flatMap(({ entries }) => entries).findLast(([key]) => key === 'Kind')?.[1];
  return kind === undefined ? undefined : kernelKind(kind).kind;
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
