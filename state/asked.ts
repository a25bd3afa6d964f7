import { castDraft, type Draft, original } from 'immer';
import type { ResourceKey } from '../crds/resource.ts';
import { networkUnit } from '../crds/unit-names.ts';
import {
  type Asking,
  isAllWanted,
  isList,
  isThere,
  type Settings,
  seenNow,
  wantedBy,
  wantedValues,
} from './asking.ts';
import type { Desired } from './desired.ts';
import type { AskedSetting, Inventory } from './inventory.ts';
import { identityOf, type Observed } from './observed.ts';
import type { Step } from './step.ts';

/**
 * What units of ours ask for, before those are written: with it, what earlier texts asked for and nobody saw go. A
 * networkd that starts between two texts knows nothing of the first, and what it does not keep count of (up to v256
 * addresses of before its start; MTU, switches and settings of a kind in every version) it never takes back. Returns the
 * same object when nothing is new.
 * @param isOurs whether the units of a resource are written at all
 */
export function askedBefore(
  { settings = {}, units }: Pick<Inventory, 'settings' | 'units'>,
  desired: Pick<Desired, 'linksOf' | 'made' | 'units'>,
  observed: Observed,
  isOurs: (owner: ResourceKey) => boolean,
): Settings {
  const changed = [...wantedBy(desired)].flatMap(([link, ofLink]) => {
    if (link === '') return [];
    const before = settings[link] ?? {};
    const there = desired.made.has(link) ? undefined : observed.links.get(link);
    const identity = there && identityOf(there, observed);
    if (isOnRecord(ofLink, before, identity)) return [];
    const entries = [...ofLink].flatMap(([setting, asking]) => {
      const seen = () => seenNow(setting, link, observed);
      // What a unit on record asks for already is there because of that.
      const isNew = () => units[networkUnit(link)]?.hash !== desired.units.get(networkUnit(link))?.hash;
      const isFound = (value: string) =>
        isList(setting) && isThere(setting, value, link, observed) && isNew();
      const entry = askedOf(before[setting], asking, isOurs, { setting, identity, seen, isFound });
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

const onRecord = new WeakMap<ReadonlyMap<string, Asking>, Settings[string]>();

/** Whether all that is asked of a link is on record, of that very link and for those who ask. */
function isOnRecord(
  wanted: ReadonlyMap<string, Asking>,
  settings: Settings[string],
  identity: string | undefined,
): boolean {
  const isSame = (known: AskedSetting) => known.identity === (identity ?? known.identity);
  const isKnown = ([setting, { by, values }]: readonly [string, Asking]) => {
    const known = settings[setting];
    return known && by.has(known.owner) && [...values].every((value) => known.values.includes(value));
  };
  if (!Object.values(settings).every(isSame)) return false;
  if (onRecord.get(wanted) === settings) return true;
  const isAll = [...wanted].every(isKnown);
  if (isAll) onRecord.set(wanted, settings);
  return isAll;
}

/** What of a setting can be seen of its link. */
interface Sight {
  readonly setting: string;
  /** Which link it is; undefined: one that we make, or none. */
  readonly identity: string | undefined;
  readonly seen: () => string | undefined;
  /** Whether it has a value that nobody has asked for yet. */
  readonly isFound: (value: string) => boolean;
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
  if (
    known &&
    known.owner === owner &&
    known.identity === identity &&
    values.length === known.values.length
  ) {
    return known;
  }
  const before = known ? beforeOf(known, identity, sight) : sight.seen();
  const isNew = (value: string) => !known?.values.includes(value) && sight.isFound(value);
  const others = isAnotherLink(known?.identity, identity) ? [] : (known?.found ?? []);
  const found = sight.identity === undefined ? others : union(others, values.filter(isNew));
  return {
    ...{ owner, values },
    ...(before !== undefined && { before }),
    ...(found.length > 0 && { found }),
    ...(identity && { identity }),
  };
}

/**
 * Another link of the name had another value before. It shows, unless networkd has already set what is asked for. At a boot
 * networkd always has: whatever gave the link its MTU before has given it that again, but the card may be another one by
 * now, and no two may have the same MAC address.
 */
function beforeOf(
  { before, values, identity: known }: AskedSetting,
  identity: string | undefined,
  { setting, seen }: Sight,
): string | undefined {
  if (known === undefined || identity === undefined || known === identity) return before;
  const now = seen();
  if (now !== undefined && !values.includes(now)) return now;
  return isAnotherLink(known, identity) || setting === 'mac' ? undefined : before;
}

/** Whether a name is that of another link by now, and that not because the host has booted. */
function isAnotherLink(known: string | undefined, identity: string | undefined): boolean {
  if (known === undefined || identity === undefined || known === identity) return false;
  return epochOf(known) === epochOf(identity);
}

/** Of an identity (`identityOf`). */
function epochOf(identity: string): string {
  return identity.slice(0, identity.lastIndexOf(' '));
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
  const changed = Object.entries(settings).flatMap(([link, ofLink]) => {
    if (isAllWanted(link, ofLink, desired)) return [];
    const kept = keptOf(ofLink, (setting, entry) => {
      const wanted = wantedValues(link, setting, desired);
      return (value) => wanted.has(value) || mayStay(link, setting, value, entry);
    });
    return kept === ofLink ? [] : [[link, kept] as const];
  });
  if (changed.length === 0) return settings;
  const all = Object.entries({ ...settings, ...Object.fromEntries(changed) });
  return Object.fromEntries(all.filter(([, ofLink]) => Object.keys(ofLink).length > 0));
}

/** The settings of one link without the values that are not kept; the same object when all are. */
function keptOf(
  settings: Settings[string],
  keeping: (setting: string, entry: AskedSetting) => (value: string) => boolean,
): Settings[string] {
  const changed = Object.entries(settings).flatMap(([setting, entry]) => {
    const isKept = keeping(setting, entry);
    if (entry.values.every(isKept)) return [];
    const values = entry.values.filter(isKept);
    const found = entry.found?.filter((value) => values.includes(value));
    return [[setting, { ...entry, values, ...(found && { found }) }] as const];
  });
  if (changed.length === 0) return settings;
  const all = Object.entries({ ...settings, ...Object.fromEntries(changed) });
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
