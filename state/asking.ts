import { hostSwitchOf } from '../crds/compile/forwarding.ts';
import type { LinkExpectation } from '../crds/compiled.ts';
import { unsetOption } from '../crds/networkd/link-options.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { isShown } from './compare-options.ts';
import type { Desired } from './desired.ts';
import type { AskedSetting, Inventory } from './inventory.ts';
import type { Observed } from './observed.ts';

/** By link and setting, as `Inventory.settings` has them. */
export type Settings = NonNullable<Inventory['settings']>;

/**
 * What an expectation asks of its link and networkd leaves there when no unit asks for it any more, by setting:
 * `address` and `masquerade` (of which there may be several), `mtu`, `mac`, a switch below /proc/sys
 * (`net/ipv4/ip_forward`), a setting of the link's kind (`Bridge.STP`).
 */
function settingsOf(expected: LinkExpectation): readonly (readonly [string, readonly string[]])[] {
  const { addresses = [], mtu, mac, masquerade = [], sysctls = [], options = [] } = expected;
  const all = [
    ['address', addresses],
    ['mtu', mtu === undefined ? [] : [String(mtu)]],
    ['mac', mac === undefined ? [] : [mac]],
    ['masquerade', masquerade],
    ...sysctls.map((sysctl) => [sysctl, ['1']] as const),
    ...options.flatMap(({ key, value, unset }) => (unset === undefined ? [] : [[key, [value]] as const])),
  ] as const;
  return all.filter(([, values]) => values.length > 0);
}

/** All that is on record, one by one. */
export function entriesOf(
  settings: Settings = {},
): readonly (readonly [link: string, setting: string, entry: AskedSetting])[] {
  return Object.entries(settings).flatMap(([link, all]) =>
    Object.entries(all).map(([setting, entry]) => [link, setting, entry] as const),
  );
}

/** Those of which a link has several values at a time. */
export function isList(setting: string): boolean {
  return setting === 'address' || setting === 'masquerade';
}

/** A switch below /proc/sys that belongs to the host and to no link. */
export function isHostSwitch(setting: string): boolean {
  return isSwitch(setting) && hostSwitchOf(setting) === setting;
}

/** Those that the host has once, whatever link they are asked for with. */
function isHostWide(setting: string): boolean {
  return setting === 'masquerade' || isHostSwitch(setting);
}

export function isSwitch(setting: string): boolean {
  return setting.startsWith('net/');
}

/** Who asks for a setting, and for what. */
export interface Asking {
  readonly by: Map<ResourceKey, readonly string[]>;
  readonly values: Set<string>;
}

/** By link and setting; of settings that the host has once also under the empty name. */
type Wanted = ReadonlyMap<string, ReadonlyMap<string, Asking>>;

const memos = new WeakMap<Desired['linksOf'], Wanted>();

/** What all documents together ask for; worked out once for each desired state. */
export function wantedBy({ linksOf }: Pick<Desired, 'linksOf'>): Wanted {
  const known = memos.get(linksOf);
  if (known) return known;
  const wanted = new Map<string, Map<string, Asking>>();
  for (const [owner, links] of linksOf) {
    for (const expected of links) {
      for (const [setting, values] of settingsOf(expected)) {
        add(wanted, expected.link, setting, owner, values);
        if (isHostWide(setting)) add(wanted, '', setting, owner, values);
      }
    }
  }
  memos.set(linksOf, wanted);
  return wanted;
}

function add(
  wanted: Map<string, Map<string, Asking>>,
  link: string,
  setting: string,
  owner: ResourceKey,
  values: readonly string[],
): void {
  const ofLink = wanted.get(link) ?? new Map<string, Asking>();
  wanted.set(link, ofLink);
  const asking = ofLink.get(setting) ?? { by: new Map(), values: new Set() };
  ofLink.set(setting, asking);
  asking.by.set(owner, [...(asking.by.get(owner) ?? []), ...values]);
  for (const value of values) asking.values.add(value);
}

const nothing: ReadonlySet<string> = new Set();

/** All values of a setting that somebody asks for. */
export function wantedValues(
  link: string,
  setting: string,
  desired: Pick<Desired, 'linksOf'>,
): ReadonlySet<string> {
  const all = wantedBy(desired).get(isHostWide(setting) ? '' : link);
  return all?.get(setting)?.values ?? nothing;
}

const allWanted = new WeakMap<Settings[string], Desired['linksOf']>();

/** Whether somebody asks for all that is on record of a link: then nothing of it is left from an earlier text. */
export function isAllWanted(
  link: string,
  settings: Settings[string],
  desired: Pick<Desired, 'linksOf'>,
): boolean {
  if (allWanted.get(settings) === desired.linksOf) return true;
  const isAll = Object.entries(settings).every(([setting, { values }]) => {
    const wanted = wantedValues(link, setting, desired);
    return values.every((value) => wanted.has(value));
  });
  if (isAll) allWanted.set(settings, desired.linksOf);
  return isAll;
}

/** The one value that a setting has now. */
export function seenNow(setting: string, name: string, { links, sysctls }: Observed): string | undefined {
  if (isSwitch(setting)) return sysctls?.get(setting);
  const link = links.get(name);
  if (!link || isList(setting)) return undefined;
  return setting === 'mtu' ? String(link.mtu) : setting === 'mac' ? link.mac : undefined;
}

/** Whether a link has a value of a setting. */
export function isThere(setting: string, value: string, name: string, observed: Observed): boolean {
  const link = observed.links.get(name);
  if (isSwitch(setting) || !link) return seenNow(setting, name, observed) === value;
  if (setting === 'address') return link.addresses.includes(value);
  if (setting === 'masquerade') return observed.masqueraded?.includes(value) ?? false;
  const option = unsetOption(setting);
  return option ? isShown({ ...option, value }, link) : seenNow(setting, name, observed) === value;
}
