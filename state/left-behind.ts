import type { ResourceKey } from '../crds/resource.ts';
import { askedAfter, isHostSwitch, isList, isThere, type Settings, wantedValues } from './asked.ts';
import { type Carried, isTold } from './carried.ts';
import type { Desired } from './desired.ts';
import { isOnRecord } from './foreign.ts';
import type { AskedSetting, Inventory } from './inventory.ts';
import { describeLeftover, isOption, leftoversIn, undoing } from './leftover.ts';
import { identityOf, type Observed } from './observed.ts';
import type { PlanInput } from './plan-input.ts';
import type { Step } from './step.ts';

/**
 * Undoes what units asked for of links of which no document of ours has a .network any more. Where networkd goes by one
 * of somebody else, that says what they are to be; up to v249 it forgets our unit and leaves all as it is.
 * @param mayGo whether what an owner has may go where no document wants it
 */
export function leftBehindSteps(input: PlanInput, mayGo: (owner: ResourceKey) => boolean): readonly Step[] {
  return Object.entries(input.inventory.settings ?? {}).flatMap(([name, settings]) =>
    isLeftBehind(name, input)
      ? Object.entries(settings).flatMap(([setting, entry]) =>
          leftBehindOf(setting, entry, name, input, mayGo),
        )
      : [],
  );
}

function leftBehindOf(
  setting: string,
  entry: AskedSetting,
  name: string,
  input: PlanInput,
  mayGo: (owner: ResourceKey) => boolean,
): readonly Step[] {
  const { owner } = entry;
  if (isOption(setting) || !mayGo(owner) || !isOfLink(name, entry, input)) return [];
  const { kind = '' } = input.observed.links.get(name) ?? {};
  return leftoversIn(setting, entry, name, input.observed, input).map((left) => ({
    ...undoing(name, kind, left),
    owner,
    reason: describeLeftover(left),
    disruption: 'none' as const,
  }));
}

/** Whether a link has no .network any more, neither of ours nor of others, and is not about to go or to be given back. */
function isLeftBehind(name: string, { desired, observed, inventory }: PlanInput): boolean {
  if (observed.links.get(name)?.setup !== 'unmanaged') return false;
  const { transaction, links } = inventory;
  if (transaction?.phase === 'reverting' && transaction.scene[name]) return false;
  if (links[name] && !desired.made.has(name)) return false;
  return !isConfigured(name, desired);
}

/** Whether it is the link of which it was asked: one that came later has settings of its own. */
function isOfLink(
  name: string,
  { identity }: AskedSetting,
  { desired, observed }: Pick<PlanInput, 'desired' | 'observed'>,
): boolean {
  const link = observed.links.get(name);
  return link !== undefined && (desired.made.has(name) || identity === identityOf(link, observed));
}

/** What was asked for and is to stay on record: by what is asked for now, and what is left or may yet come. */
export function stillAsked(
  inventory: Inventory,
  desired: Desired,
  { after, done, isQuiet }: Carried,
): Settings {
  const isOver = isQuiet && !isTold(done) && !inventory.reloadPending;
  return askedAfter(inventory, desired, (link, setting, value, entry) => {
    if (isHostSwitch(setting)) return inventory.transaction?.phase === 'reverting';
    // networkd may be about to do what it knows of the earlier text; a new link may have it from its parent.
    if (!isOver || !isWritten(link, desired, after)) return true;
    const seen = after.links.get(link);
    if (desired.made.has(link) && !(seen && isOnRecord(seen, after, inventory))) return true;
    if (!isThere(setting, value, link, after)) return false;
    if (desired.made.has(link) || isConfigured(link, desired)) return true;
    const { before = value } = entry;
    const isLeft = after.links.get(link)?.setup === 'unmanaged';
    return (
      isLeft && isOfLink(link, entry, { desired, observed: after }) && (isList(setting) || before !== value)
    );
  });
}

/** Whether the units of a link are on disk as they are desired: those of a conflict or of a failed write are not. */
function isWritten(name: string, { linksOf, units }: Desired, { units: seen }: Observed): boolean {
  const all = [...linksOf.values()].flat().filter(({ link }) => link === name);
  return all
    .flatMap(({ netdev, network }) => [netdev, network])
    .every((unit) => unit === undefined || seen.get(unit)?.hash === units.get(unit)?.hash);
}

/** Whether something is left of a resource on a link of which no document has a .network any more. */
export function isLeftOf(owner: ResourceKey, { settings = {} }: Inventory, desired: Desired): boolean {
  return Object.entries(settings).some(
    ([link, all]) =>
      Object.values(all).some((entry) => entry.owner === owner) &&
      !desired.made.has(link) &&
      !isConfigured(link, desired),
  );
}

/** Whether anything is on record that nobody asks for any more. */
export function hasUnasked({ settings = {} }: Inventory, desired: Desired): boolean {
  return Object.entries(settings).some(([link, all]) =>
    Object.entries(all).some(([setting, { values }]) => {
      const wanted = wantedValues(link, setting, desired);
      return values.some((value) => !wanted.includes(value));
    }),
  );
}

/** Whether a document has a .network for a link. */
function isConfigured(name: string, desired: Desired): boolean {
  const known = memos.get(desired) ?? new Set(configuredBy(desired));
  memos.set(desired, known);
  return known.has(name);
}

const memos = new WeakMap<Desired, ReadonlySet<string>>();

function configuredBy({ linksOf }: Desired): readonly string[] {
  return [...linksOf.values()].flat().flatMap(({ link, network }) => (network === undefined ? [] : link));
}
