import type { ResourceKey } from '../crds/resource.ts';
import { entriesOf, isHostSwitch, wantedValues } from './asking.ts';
import { configuring } from './described.ts';
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
  return entriesOf(input.inventory.settings).flatMap(([name, setting, entry]) =>
    isLeftBehind(name, input) ? leftBehindOf(setting, entry, name, input, mayGo) : [],
  );
}

/**
 * Switches the host back where a change that is taken back had switched it. In any other case others may have come to
 * rely on it, and it stays.
 */
export function hostSwitchSteps({ inventory, desired, observed }: PlanInput): readonly Step[] {
  if (inventory.transaction?.phase !== 'reverting') return [];
  return entriesOf(inventory.settings).flatMap(([link, key, entry]): readonly Step[] => {
    const { owner, before: value = '' } = entry;
    if (!isHostSwitch(key) || !isToBeSwitchedBack(key, entry, inventory, observed)) return [];
    if (wantedValues(link, key, desired).size > 0) return [];
    const reason = `it was ${value} before the change that is taken back`;
    return [{ kind: 'set-sysctl', key, value, owner, reason, disruption: 'none' }];
  });
}

/** Whether a change has switched the host that is taken back, or may yet be. */
export function isToBeSwitchedBack(
  key: string,
  { before, values }: AskedSetting,
  { transaction }: Inventory,
  { sysctls }: Observed,
): boolean {
  const seen = sysctls?.get(key);
  const isOurs = seen !== undefined && seen !== before && values.includes(seen);
  return transaction !== undefined && before !== undefined && isOurs;
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
  if (inventory.links[name] && !desired.made.has(name)) return false;
  return !configuring(name, desired);
}

/** Whether it is the link of which it was asked: one that came later has settings of its own. */
export function isOfLink(
  name: string,
  { identity }: AskedSetting,
  { desired, observed }: Pick<PlanInput, 'desired' | 'observed'>,
): boolean {
  const link = observed.links.get(name);
  return link !== undefined && (desired.made.has(name) || identity === identityOf(link, observed));
}
