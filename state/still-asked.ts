import type { ResourceKey } from '../crds/resource.ts';
import { networkUnit } from '../crds/unit-names.ts';
import { askedAfter } from './asked.ts';
import { entriesOf, isAllWanted, isHostSwitch, isThere, type Settings } from './asking.ts';
import { type Carried, isTold } from './carried.ts';
import { configuring, expectationsOf } from './described.ts';
import type { Desired } from './desired.ts';
import { isOnRecord } from './foreign.ts';
import type { Inventory } from './inventory.ts';
import { isOfLink, isToBeSwitchedBack } from './left-behind.ts';
import { followsOthers, leftoversIn } from './leftover.ts';
import type { Observed } from './observed.ts';
import type { Plan } from './plan.ts';
import { isKernelStep, type Step } from './step.ts';

/** What was asked for and is to stay on record: by what is asked for now, and what is left or may yet come. */
export function stillAsked(
  inventory: Inventory,
  desired: Desired,
  { steps }: Pick<Plan, 'steps'>,
  { after, done, isQuiet }: Carried,
): Settings {
  const isOver = isQuiet && !isTold(done) && !inventory.reloadPending;
  const phase = inventory.transaction?.phase;
  return askedAfter(inventory, desired, (link, setting, value, entry) => {
    if (after.networkd.state !== 'running') return true;
    if (isHostSwitch(setting)) return isToBeSwitchedBack(setting, entry, inventory, after);
    // What we make goes with all that it has.
    if (entry.identity === undefined && !desired.made.has(link)) return inventory.links[link] !== undefined;
    if (phase !== 'reverting' && isRefused(link, setting, steps, done)) return false;
    // networkd may be about to do what it knows of the earlier text; a new link may have it from its parent.
    if (!isOver || !isWritten(link, desired, after) || isMissing(link, inventory, desired, after))
      return true;
    const left = leftoversIn(setting, entry, link, after, { inventory, desired });
    if (left.every((one) => one.value !== value)) return mayBecome(setting, value, link, desired, after);
    if (desired.made.has(link) || configuring(link, desired)) return true;
    // Where networkd goes by a unit of others, that says what it is to be.
    const isNobodys = ['unmanaged', '-'].includes(after.links.get(link)?.setup ?? '');
    return isNobodys && isOfLink(link, entry, { desired, observed: after });
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

/** Whether it was tried to give a link back what it had, and the kernel did not let it. */
function isRefused(link: string, setting: string, steps: readonly Step[], done: readonly Step[]): boolean {
  const i = steps.findIndex(
    (step) => step.kind === 'set-link' && step.mayFail && step.link === link && step.property === setting,
  );
  const tried = steps[i];
  if (!tried || done.includes(tried)) return false;
  // What comes after a step that failed, of the same owner or for all, is not tried, unless the kernel refused that.
  const concerns = ({ owner }: Step) => owner === undefined || owner === tried.owner;
  return steps.slice(0, i).every((step) => done.includes(step) || isKernelStep(step) || !concerns(step));
}

/** Whether the units of a link are on disk as they are desired, or gone: those of a conflict or of a failed step are not. */
function isWritten(link: string, desired: Desired, { units: seen }: Observed): boolean {
  return [
    networkUnit(link),
    ...expectationsOf(link, desired).flatMap(({ netdev, network }) => [netdev, network]),
  ].every((unit) => unit === undefined || seen.get(unit)?.hash === desired.units.get(unit)?.hash);
}

/** Whether something is left of a resource on a link of which no document has a .network any more. */
export function isLeftOf(
  owner: ResourceKey,
  inventory: Pick<Inventory, 'settings' | 'transaction'>,
  desired: Desired,
  observed: Observed,
): boolean {
  return entriesOf(inventory.settings).some(([link, setting, entry]) => {
    if (entry.owner !== owner || desired.made.has(link) || configuring(link, desired)) return false;
    return (
      isOfLink(link, entry, { desired, observed }) &&
      leftoversIn(setting, entry, link, observed, { inventory, desired }).length > 0
    );
  });
}

/** Whether anything is on record that nobody asks for any more. */
export function hasUnasked({ settings = {} }: Inventory, desired: Desired): boolean {
  return Object.entries(settings).some(([link, all]) => !isAllWanted(link, all, desired));
}
