import { castDraft, type Draft, original } from 'immer';
import { hostSwitchOf } from '../crds/compile/forwarding.ts';
import type { LinkExpectation } from '../crds/compiled.ts';
import { unsetOption } from '../crds/networkd/link-options.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { isShown } from './compare-options.ts';
import type { Desired } from './desired.ts';
import type { AskedSetting, Inventory } from './inventory.ts';
import { identityOf, type Observed } from './observed.ts';
import type { Step } from './step.ts';

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
interface Asking {
  readonly by: Map<ResourceKey, readonly string[]>;
  readonly values: Set<string>;
}

/** By link and setting; of settings that the host has once also under the empty name. */
type Wanted = ReadonlyMap<string, ReadonlyMap<string, Asking>>;

const memos = new WeakMap<Desired['linksOf'], Wanted>();

/** What all documents together ask for; worked out once for each desired state. */
function wantedBy({ linksOf }: Pick<Desired, 'linksOf'>): Wanted {
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
  asking.by.set(owner, union(asking.by.get(owner) ?? [], values));
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

/**
 * What units of ours ask for, before those are written: with it, what earlier texts asked for and nobody saw go. A
 * networkd that starts between two texts knows nothing of the first, and what it does not keep count of (up to v256
 * addresses of before its start; MTU, switches and settings of a kind in every version) it never takes back. Returns the
 * same object when nothing is new.
 * @param isOurs whether the units of a resource are written at all
 */
export function askedBefore(
  { settings = {} }: Inventory,
  desired: Pick<Desired, 'linksOf' | 'made'>,
  observed: Observed,
  isOurs: (owner: ResourceKey) => boolean,
): Settings {
  const changed = [...wantedBy(desired)].flatMap(([link, ofLink]) => {
    if (link === '') return [];
    const before = settings[link] ?? {};
    const there = desired.made.has(link) ? undefined : observed.links.get(link);
    const identity = there && identityOf(there, observed);
    const entries = [...ofLink].flatMap(([setting, asking]) => {
      const isThereNow = (value: string) => isThere(setting, value, link, observed);
      const seen = () => seenNow(setting, link, observed);
      const entry = askedOf(before[setting], asking, isOurs, { identity, seen, isThereNow });
      return entry === undefined || entry === before[setting] ? [] : [[setting, entry] as const];
    });
    return entries.length === 0 ? [] : [[link, { ...before, ...Object.fromEntries(entries) }] as const];
  });
  return changed.length === 0 ? settings : { ...settings, ...Object.fromEntries(changed) };
}

/**
 * A bridge whose MTU was ever set does not follow its ports any more (br_mtu_auto_adjust): the MTU that it gets where no
 * text asks for one counts as asked for by an earlier one, so that it goes on with the ports.
 */
export function followed(settings: Settings, steps: readonly Step[], { links }: Observed): Settings {
  const added = steps.flatMap((step) => {
    if (step.kind !== 'set-link' || step.property !== 'mtu' || links.get(step.link)?.kind !== 'bridge')
      return [];
    const known = settings[step.link];
    const mtu = known?.['mtu'];
    if (!mtu || mtu.values.includes(step.value)) return [];
    const entry = { ...mtu, values: [...mtu.values, step.value] };
    return [[step.link, { ...known, mtu: entry }] as const];
  });
  return added.length === 0 ? settings : { ...settings, ...Object.fromEntries(added) };
}

/** What of a setting can be seen of its link. */
interface Sight {
  /** Which link it is; undefined: one that we make, or none. */
  readonly identity: string | undefined;
  readonly seen: () => string | undefined;
  readonly isThereNow: (value: string) => boolean;
}

function askedOf(
  known: AskedSetting | undefined,
  asking: Asking,
  isOurs: (owner: ResourceKey) => boolean,
  sight: Sight,
): AskedSetting | undefined {
  const ours = [...asking.by.keys()].filter(isOurs);
  const owner = ours.find((one) => one === known?.owner) ?? ours[0];
  if (owner === undefined) return known;
  const values = union(
    known?.values ?? [],
    ours.flatMap((one) => asking.by.get(one) ?? []),
  );
  const identity = sight.identity ?? known?.identity;
  const isSame = known?.owner === owner && known.identity === identity;
  if (isSame && values.length === known.values.length) return known;
  const before = known ? beforeOf(known, identity, sight) : sight.seen();
  const isFound = (value: string) => !known?.values.includes(value) && sight.isThereNow(value);
  const found = sight.identity === undefined ? [] : values.filter(isFound);
  const all = union(known?.found ?? [], found);
  return {
    ...{ owner, values },
    ...(before !== undefined && { before }),
    ...(all.length > 0 && { found: all }),
    ...(identity && { identity }),
  };
}

/**
 * Another link of the name had another value before; unless networkd has already set what is asked for, it shows. After a
 * reboot it always has: the MTU of before is as good a guess as any, the MAC address of a card that is gone is not.
 */
function beforeOf(
  { before, values, identity: known }: AskedSetting,
  identity: string | undefined,
  { seen }: Sight,
): string | undefined {
  if (known === undefined || identity === undefined || known === identity) return before;
  const now = seen();
  if (now !== undefined && !values.includes(now)) return now;
  const isReboot = epochOf(known) !== epochOf(identity);
  return isReboot && !before?.includes(':') ? before : undefined;
}

/** Of an identity (`identityOf`). */
function epochOf(identity: string): string {
  return identity.slice(0, identity.lastIndexOf(' '));
}

/** The one value that a setting has now. */
function seenNow(setting: string, name: string, { links, sysctls }: Observed): string | undefined {
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

/**
 * What of it is still asked for, or is to be remembered. Returns the same object when nothing went.
 * @param mayStay whether a value that nobody asks for is to be remembered
 */
export function askedAfter(
  { settings = {} }: Inventory,
  desired: Pick<Desired, 'linksOf'>,
  mayStay: (link: string, setting: string, value: string, entry: AskedSetting) => boolean,
): Settings {
  const isKept = (link: string, setting: string, entry: AskedSetting) => {
    const wanted = wantedValues(link, setting, desired);
    return (value: string) => wanted.has(value) || mayStay(link, setting, value, entry);
  };
  const all = Object.entries(settings).map(([link, ofLink]) => [link, keptOf(link, ofLink, isKept)] as const);
  if (all.every(([link, ofLink]) => ofLink === settings[link])) return settings;
  return Object.fromEntries(all.filter(([, ofLink]) => Object.keys(ofLink).length > 0));
}

/** The settings of one link without the values that are not kept; the same object when all are. */
function keptOf(
  link: string,
  settings: Settings[string],
  isKept: (link: string, setting: string, entry: AskedSetting) => (value: string) => boolean,
): Settings[string] {
  const all = Object.entries(settings).map(([setting, entry]) => {
    const values = entry.values.filter(isKept(link, setting, entry));
    return [setting, values.length === entry.values.length ? entry : { ...entry, values }] as const;
  });
  if (all.every(([setting, entry]) => entry === settings[setting])) return settings;
  return Object.fromEntries(all.filter(([, { values }]) => values.length > 0));
}

/** Puts it on record; nothing leaves no trace. */
export function putAsked(draft: Draft<Inventory>, settings: Settings): void {
  if (Object.keys(settings).length === 0) delete draft.settings;
  else if (settings !== original(draft)?.settings) draft.settings = castDraft(settings);
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])];
}
