import { hostSwitchOf } from '../crds/compile/forwarding.ts';
import type { LinkExpectation } from '../crds/compiled.ts';
import { unsetOption } from '../crds/networkd/link-options.ts';
import { isHostSwitch, isList, isSwitch, isThere, wantedValues } from './asked.ts';
import type { Desired } from './desired.ts';
import type { AskedSetting, Inventory } from './inventory.ts';
import { identityOf, type Observed, type ObservedLink } from './observed.ts';
import type { DistributiveOmit, Step } from './step.ts';

/** A value that only an earlier text of ours asked for. */
export interface Leftover {
  /** As `Inventory.settings` names it. */
  readonly setting: string;
  readonly value: string;
  /** What it is to be instead; empty for an address or a network, which go. */
  readonly instead: string;
}

/** What tells what was asked for, and what is. */
interface Known {
  readonly inventory: Pick<Inventory, 'settings' | 'transaction'>;
  readonly desired: Pick<Desired, 'linksOf' | 'made'>;
}

/**
 * What earlier texts left on a link. An expectation answers for what it would set itself: settings of the link's kind
 * come from the .netdev, all others from the .network, which may be of another resource.
 */
export function leftoversOf(
  { link: name, made, network }: Pick<LinkExpectation, 'link' | 'made' | 'network'>,
  observed: Observed,
  { inventory, desired }: Known,
): readonly Leftover[] {
  const settings = Object.entries(inventory.settings?.[name] ?? {});
  return settings.flatMap(([setting, entry]) => {
    const isMine = isOption(setting) ? made : network !== undefined;
    return isMine ? leftoversIn(setting, entry, name, observed, { inventory, desired }) : [];
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
  const made = desired.made.has(name);
  const link = observed.links.get(name);
  const wanted = wantedValues(name, setting, desired);
  if (!link || (wanted.length > 0 && !isList(setting))) return [];
  return entry.values.flatMap((value) => {
    if (wanted.includes(value) || !isThere(setting, value, name, observed)) return [];
    // A lease of the same address is nobody's leftover.
    if (setting === 'address' && link.leased?.includes(value)) return [];
    const instead = insteadOf(setting, entry, { link, made }, observed, inventory);
    return instead === undefined || instead === value ? [] : { setting, value, instead };
  });
}

/** Whether it is a setting of the link's kind: what a .netdev says. */
export function isOption(setting: string): boolean {
  return unsetOption(setting) !== undefined;
}

/** What a setting is to be that nobody asks for: as on the way back before the change, else as a new link has it, else as before. */
function insteadOf(
  setting: string,
  { before }: AskedSetting,
  { link, made }: { readonly link: ObservedLink; readonly made: boolean },
  observed: Observed,
  { transaction }: Pick<Inventory, 'transaction'>,
): string | undefined {
  if (isList(setting)) return '';
  const isReverting = transaction?.phase === 'reverting';
  // Others may have come to rely on it: it is switched back only by the change that switched it on.
  if (isHostSwitch(setting)) return isReverting ? before : undefined;
  const scene = isReverting ? transaction.scene[link.name] : undefined;
  if (scene?.identity === identityOf(link, observed)) {
    if (setting === 'mtu') return String(scene.mtu);
    if (setting === 'mac') return scene.mac;
  }
  return (made ? ofNewLink(setting, link, observed) : undefined) ?? before;
}

function ofNewLink(setting: string, link: ObservedLink, observed: Observed): string | undefined {
  if (isSwitch(setting)) return observed.sysctls?.get(hostSwitchOf(setting)) ?? '0';
  if (setting === 'mtu') return mtuOfNew(link, observed);
  return unsetOption(setting)?.value;
}

/** Bytes; ETH_DATA_LEN of the kernel. */
const ethernet = 1500;
const simple = ['veth', 'dummy'];
const stacked = ['macvlan', 'macvtap', 'ipvlan', 'ipvtap', 'vlan'];

/** The MTU that the kernel gives a link of its own accord (br_mtu_min, macvlan_init …); undefined where that is not known. */
function mtuOfNew(link: ObservedLink, { links }: Observed): string | undefined {
  const { kind = '', name, parent = '' } = link;
  if (simple.includes(kind)) return String(ethernet);
  if (stacked.includes(kind)) return link.parentElsewhere ? undefined : links.get(parent)?.mtu.toString();
  if (kind !== 'bridge') return undefined;
  const ports = [...links.values()].filter(({ master }) => master === name);
  return String(ports.length === 0 ? ethernet : Math.min(...ports.map(({ mtu }) => mtu)));
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
  { setting, value, instead }: Leftover,
): DistributiveOmit<Step, 'owner' | 'reason' | 'disruption'> {
  if (setting === 'address') return { kind: 'remove-address', link, address: value };
  if (setting === 'masquerade') return { kind: 'unmasquerade', network: value };
  if (setting === 'mtu' || setting === 'mac') {
    return { kind: 'set-link', link, property: setting, value: instead };
  }
  const words = unsetOption(setting)?.words;
  if (words) return { kind: 'set-option', link, type: kind, words };
  return { kind: 'set-sysctl', key: setting, value: instead };
}
