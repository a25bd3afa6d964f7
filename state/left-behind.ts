import type { ResourceKey } from '../crds/resource.ts';
import { askedAfter, isHostSwitch, isThere, type Settings, wantedValues } from './asked.ts';
import { type Carried, isTold } from './carried.ts';
import { configuring, expectationsOf } from './described.ts';
import type { Desired } from './desired.ts';
import { isOnRecord } from './foreign.ts';
import type { AskedSetting, Inventory } from './inventory.ts';
import { describeLeftover, followsOthers, isOption, leftoversIn, undoing } from './leftover.ts';
import { identityOf, type Observed } from './observed.ts';
import type { Plan } from './plan.ts';
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

/**
 * Switches the host back where a change that is taken back had switched it. In any other case others may have come to
 * rely on it, and it stays.
 */
export function hostSwitchSteps({ inventory, desired, observed }: PlanInput): readonly Step[] {
  return Object.entries(inventory.settings ?? {}).flatMap(([link, all]) =>
    Object.entries(all).flatMap(([key, entry]): readonly Step[] => {
      const { owner, before: value = '' } = entry;
      if (!isHostSwitch(key) || !isToBeSwitchedBack(key, entry, inventory, observed)) return [];
      if (wantedValues(link, key, desired).size > 0) return [];
      const reason = `it was ${value} before the change that is taken back`;
      return [{ kind: 'set-sysctl', key, value, owner, reason, disruption: 'none' }];
    }),
  );
}

function isToBeSwitchedBack(
  key: string,
  { before, values }: AskedSetting,
  { transaction }: Inventory,
  { sysctls }: Observed,
): boolean {
  const seen = sysctls?.get(key);
  const isOurs = seen !== undefined && seen !== before && values.includes(seen);
  return transaction?.phase === 'reverting' && before !== undefined && isOurs;
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
  return !configuring(name, desired);
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
  { steps }: Pick<Plan, 'steps'>,
  { after, done, isQuiet }: Carried,
): Settings {
  const isOver = isQuiet && !isTold(done) && !inventory.reloadPending;
  return askedAfter(inventory, desired, (link, setting, value, entry) => {
    if (isHostSwitch(setting)) return isToBeSwitchedBack(setting, entry, inventory, after);
    if (entry.identity === undefined && !desired.made.has(link)) return false;
    // networkd may be about to do what it knows of the earlier text; a new link may have it from its parent.
    if (!isOver || !isWritten(link, desired, after) || isMissing(link, inventory, desired, after))
      return true;
    const left = leftoversIn(setting, entry, link, after, { inventory, desired });
    if (left.every((one) => one.value !== value)) return mayBecome(setting, value, link, desired, after);
    if (desired.made.has(link) || configuring(link, desired)) return true;
    const isUnmanaged = after.links.get(link)?.setup === 'unmanaged';
    const isLeft = isUnmanaged && isOfLink(link, entry, { desired, observed: after });
    return isLeft && !isRefused(link, setting, steps, done);
  });
}

/** Whether a link that we make is not there, or has its name taken. */
function isMissing(name: string, inventory: Inventory, { made }: Desired, observed: Observed): boolean {
  const seen = observed.links.get(name);
  return made.has(name) && !(seen && isOnRecord(seen, observed, inventory));
}

/** Whether what a link has is right only as long as the links are so that it follows. */
function mayBecome(
  setting: string,
  value: string,
  name: string,
  { made }: Desired,
  observed: Observed,
): boolean {
  const seen = observed.links.get(name);
  const isFollowing = setting === 'mtu' && made.has(name) && seen !== undefined && followsOthers(seen);
  return isFollowing && isThere(setting, value, name, observed);
}

/** Whether a link did not take back what it had: what the kernel refuses once it refuses again. */
function isRefused(link: string, setting: string, steps: readonly Step[], done: readonly Step[]): boolean {
  return steps.some(
    (step) =>
      step.kind === 'set-link' && step.link === link && step.property === setting && !done.includes(step),
  );
}

/** Whether the units of a link are on disk as they are desired: those of a conflict or of a failed write are not. */
function isWritten(link: string, desired: Desired, { units: seen }: Observed): boolean {
  return expectationsOf(link, desired)
    .flatMap(({ netdev, network }) => [netdev, network])
    .every((unit) => unit === undefined || seen.get(unit)?.hash === desired.units.get(unit)?.hash);
}

/** Whether something is left of a resource on a link of which no document has a .network any more. */
export function isLeftOf(owner: ResourceKey, { settings = {} }: Inventory, desired: Desired): boolean {
  return Object.entries(settings).some(
    ([link, all]) =>
      Object.values(all).some((entry) => entry.owner === owner) &&
      !desired.made.has(link) &&
      !configuring(link, desired),
  );
}

/** Whether anything is on record that nobody asks for any more. */
export function hasUnasked({ settings = {} }: Inventory, desired: Desired): boolean {
  return Object.entries(settings).some(([link, all]) =>
    Object.entries(all).some(([setting, { values }]) => {
      const wanted = wantedValues(link, setting, desired);
      return values.some((value) => !wanted.has(value));
    }),
  );
}
