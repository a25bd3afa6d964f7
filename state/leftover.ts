import { hostSwitchOf } from '../crds/compile/forwarding.ts';
import type { LinkExpectation } from '../crds/compiled.ts';
import { unsetOption } from '../crds/networkd/link-options.ts';
import { isAllWanted, isHostSwitch, isList, isSwitch, isThere, wantedValues } from './asking.ts';
import { configuring, isOtherwiseAsked, mtuAbove } from './described.ts';
import type { Desired } from './desired.ts';
import type { AskedSetting, Inventory } from './inventory.ts';
import { identityOf, type Observed, type ObservedLink } from './observed.ts';
import type { LinkScene } from './scene.ts';
import type { DistributiveOmit, Step } from './step.ts';

/** A value that only an earlier text of ours asked for. */
export interface Leftover {
  /** As `Inventory.settings` names it. */
  readonly setting: string;
  readonly value: string;
  /** What it is to be instead; empty for an address or a network, which go. */
  readonly instead: string;
  /** Others made the link. */
  readonly isBorrowed: boolean;
}

/** What tells what was asked for, and what is. */
export interface Known {
  readonly inventory: Pick<Inventory, 'settings' | 'transaction'>;
  readonly desired: Pick<Desired, 'linksOf' | 'made' | 'units'>;
}

/** What earlier texts left on a link, as far as an expectation answers for it. */
export function leftoversOf(
  expected: LinkExpectation,
  observed: Observed,
  { inventory, desired }: Known,
): readonly Leftover[] {
  const { link, made } = expected;
  const settings = inventory.settings?.[link];
  if (!settings || isAllWanted(link, settings, desired)) return [];
  return Object.entries(settings).flatMap(([setting, entry]) => {
    const isMine = isOption(setting) ? made : configuring(link, desired) === expected;
    return isMine ? leftoversIn(setting, entry, link, observed, { inventory, desired }) : [];
  });
}

/** What earlier texts left of one setting. */
export function leftoversIn(
  setting: string,
  entry: AskedSetting,
  name: string,
  observed: Observed,
  { inventory, desired }: Known,
): readonly Leftover[] {
  const link = observed.links.get(name);
  const wanted = wantedValues(name, setting, desired);
  if (!link || (wanted.size > 0 && !isList(setting))) return [];
  const left = entry.values.filter((value) => !wanted.has(value) && isThere(setting, value, name, observed));
  if (left.length === 0 || isOtherwiseAsked(setting, name, desired)) return [];
  return left.flatMap((value) => {
    if (isOfOthers(setting, value, entry, link, observed, { inventory, desired })) return [];
    const instead = insteadOf(setting, entry, link, observed, { inventory, desired });
    if (instead === undefined || (instead !== '' && isThere(setting, instead, name, observed))) return [];
    return { setting, value, instead, isBorrowed: !desired.made.has(name) };
  });
}

/** Whether a value was there before anybody asked, goes back with a change that is taken back, or is a lease. */
function isOfOthers(
  setting: string,
  value: string,
  { found }: AskedSetting,
  link: ObservedLink,
  observed: Observed,
  { inventory: { transaction }, desired }: Known,
): boolean {
  if (!desired.made.has(link.name) && found?.includes(value)) return true;
  if (setting !== 'address') return false;
  const scene = sceneOfWayBack(link, observed, transaction);
  return Boolean(link.leased?.includes(value) || scene?.addresses.includes(value));
}

/** How a link was before the change that is being taken back. */
function sceneOfWayBack(
  link: ObservedLink,
  observed: Observed,
  transaction: Inventory['transaction'],
): LinkScene | undefined {
  const scene = transaction?.phase === 'reverting' ? transaction.scene[link.name] : undefined;
  return scene?.identity === identityOf(link, observed) ? scene : undefined;
}

/** Whether it is a setting of the link's kind: what a .netdev says. */
export function isOption(setting: string): boolean {
  return unsetOption(setting) !== undefined;
}

/** What a setting is to be that nobody asks for: as on the way back before the change, else as a new link has it, else as before. */
function insteadOf(
  setting: string,
  { before }: AskedSetting,
  link: ObservedLink,
  observed: Observed,
  { inventory: { transaction }, desired }: Known,
): string | undefined {
  if (isList(setting)) return '';
  const made = desired.made.has(link.name);
  if (isSwitch(setting)) return switchInstead(setting, before, made, observed);
  const option = unsetOption(setting);
  if (option) return option.value;
  if (isOfPort(setting, link, observed)) return undefined;
  const scene = sceneOfWayBack(link, observed, transaction);
  if (scene) return setting === 'mtu' ? String(scene.mtu) : scene.mac;
  if (setting === 'mac') return before;
  const mtu = (made ? mtuOfNew(link, observed) : undefined) ?? mtuBefore(before, link, observed);
  // What stands on it has no more than it has.
  return mtu === undefined ? undefined : String(Math.max(Number(mtu), mtuAbove(link.name, desired)));
}

/** What the host lets through, a link does not have to; what others rely on is for none to switch off. */
function switchInstead(
  setting: string,
  before: string | undefined,
  made: boolean,
  { sysctls }: Observed,
): string | undefined {
  if (isHostSwitch(setting) || sysctls?.get(hostSwitchOf(setting)) === '1') return undefined;
  return made ? '0' : before;
}

/** Whether a setting of a link is that of a port, or of the bond that it is a port of. */
function isOfPort(
  setting: string,
  { kind = '', master = '', mode }: ObservedLink,
  { links }: Observed,
): boolean {
  if (links.get(master)?.kind === 'bond') return true;
  return setting === 'mac' && (['bridge', 'bond'].includes(kind) || mode === 'passthru');
}

/** Bytes; ETH_DATA_LEN of the kernel. */
const ethernet = 1500;
const simple = ['veth', 'dummy', 'bond'];
const stacked = ['macvlan', 'macvtap', 'ipvlan', 'ipvtap', 'vlan'];

/** The MTU that the kernel gives a link of its own accord (br_mtu_min, macvlan_init …); undefined where that is not known. */
function mtuOfNew(link: ObservedLink, observed: Observed): string | undefined {
  const { kind = '', name } = link;
  if (simple.includes(kind)) return String(ethernet);
  if (stacked.includes(kind)) return mtuOfParent(link, observed)?.toString();
  return kind === 'bridge' ? String(leastOfPorts(observed).get(name) ?? ethernet) : undefined;
}

function mtuOfParent(
  { parent = '', parentElsewhere }: ObservedLink,
  { links }: Observed,
): number | undefined {
  return parentElsewhere ? undefined : links.get(parent)?.mtu;
}

/** None has more than what it stands on. */
function mtuBefore(before: string | undefined, link: ObservedLink, observed: Observed): string | undefined {
  if (before === undefined || !stacked.includes(link.kind ?? '')) return before;
  return String(Math.min(Number(before), mtuOfParent(link, observed) ?? Number(before)));
}

/** Whether the MTU that a link gets where nobody asks for one changes with other links. */
export function followsOthers({ kind = '' }: ObservedLink): boolean {
  return kind === 'bridge' || stacked.includes(kind);
}

const leastOf = new WeakMap<Observed['links'], ReadonlyMap<string, number>>();

/** The least MTU of the ports, by bridge. */
function leastOfPorts({ links }: Observed): ReadonlyMap<string, number> {
  const known = leastOf.get(links);
  if (known) return known;
  const least = new Map<string, number>();
  for (const { master, mtu } of links.values())
    if (master !== undefined) least.set(master, Math.min(mtu, least.get(master) ?? mtu));
  leastOf.set(links, least);
  return least;
}

/**
 * Whether an address may be the only one by which the host is reached: one that is asked for is missing, and not because of
 * it. IPv6 has an address once, whatever its prefix length.
 */
export function isLastWay(
  { setting, value }: Leftover,
  { addresses = [] }: Pick<LinkExpectation, 'addresses'>,
  link: ObservedLink,
): boolean {
  const hostOf = (address: string) => address.replace(/\/.*/, '');
  const isInItsWay = (address: string) => address.includes(':') && hostOf(address) === hostOf(value);
  const missing = addresses.filter((address) => !link.addresses.includes(address));
  return setting === 'address' && missing.length > 0 && !missing.some(isInItsWay);
}

/** As the user reads it. */
export function describeLeftover({ setting, value, instead }: Leftover): string {
  if (setting === 'address') return `address ${value} is left from an earlier text`;
  if (setting === 'masquerade') return `${value} is masqueraded for an earlier text`;
  return `${setting} is ${value} from an earlier text, should be ${instead}`;
}

/** What undoes one. @param kind of the link */
export function undoing(
  link: string,
  kind: string,
  { setting, value, instead, isBorrowed }: Leftover,
): DistributiveOmit<Step, 'owner' | 'reason' | 'disruption'> {
  if (setting === 'address') return { kind: 'remove-address', link, address: value };
  if (setting === 'masquerade') return { kind: 'unmasquerade', network: value };
  if (setting === 'mtu' || setting === 'mac') {
    const mayFail = isBorrowed && { mayFail: true as const };
    return { kind: 'set-link', link, property: setting, value: instead, ...mayFail };
  }
  const words = unsetOption(setting)?.words;
  if (words) return { kind: 'set-option', link, type: kind, words };
  return { kind: 'set-sysctl', key: setting, value: instead };
}
