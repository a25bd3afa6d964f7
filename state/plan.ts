import type { Unit } from '../crds/compiled.ts';
import type { ResourceKey } from '../crds/resource.ts';
import type { Desired } from './desired.ts';
import { isSpared } from './force.ts';
import { foreignConflicts, isOnRecord } from './foreign.ts';
import type { Inventory } from './inventory.ts';
import type { PlanInput } from './plan-input.ts';
import { repairsOf } from './repair.ts';
import { resolverSteps } from './resolver.ts';
import type { Step } from './step.ts';
import { restoreSteps, unplugSteps } from './undo.ts';

/** What a pass will do, and why it leaves some resources alone. */
export interface Plan {
  /** In the order in which they are done. */
  readonly steps: readonly Step[];
  /** Resources whose names others have taken, with the message for their condition. */
  readonly foreign: ReadonlyMap<ResourceKey, string>;
  /** Resources whose files or links this plan changes because their documents changed. */
  readonly changed: ReadonlySet<ResourceKey>;
  /** Fields that this plan repairs, by resource. */
  readonly repaired: ReadonlyMap<ResourceKey, readonly string[]>;
}

/**
 * Desired × observed × inventory → steps. Pure, and empty when nothing is left to do: plan(x, x) = [].
 *
 * The order is the one that works on v247 … v262: remove files, write files, delete links and wait until they are
 * gone, touch dependents, one reload, then the single links.
 */
export function plan(input: PlanInput): Plan {
  const { desired, observed, inventory } = input;
  if (observed.networkd.state !== 'running') return withoutNetworkd(input);
  const foreign = foreignConflicts(desired, observed, inventory);
  const active = new Set(
    [...desired.resources.keys()].filter((k) => !foreign.has(k) && !desired.suspended.has(k)),
  );

  const removals = unitRemovals(input, active);
  const writes = unitWrites(input, active);
  const deletions = linkDeletions(input, active);
  const written = new Set(writes.map((step) => step.unit.name));
  const repairs = repairsOf(input, active, written);
  const resolver = resolverSteps(desired, observed, inventory, active);

  const linkDeletes = [...deletions, ...repairs.deletions];
  const touches = repairs.touches.length > 0 ? [touchStep(repairs.touches)] : [];
  const units = [...removals, ...writes];
  const changesNetworkd = units.some((step) => !nameOf(step.unit).endsWith('.link'));
  const changesUdev = units.some((step) => nameOf(step.unit).endsWith('.link'));
  const reloads = changesNetworkd || touches.length > 0 || repairs.reload || inventory.reloadPending;
  return {
    steps: [
      ...unplugSteps(removals, input),
      ...removals,
      ...writes,
      ...linkDeletes,
      ...touches,
      ...(repairs.restart ? [restartStep()] : reloads ? [reloadStep(units.length, repairs.reload)] : []),
      ...repairs.settings,
      ...restoreSteps(input),
      ...(changesUdev ? [udevStep()] : []),
      ...resolver,
    ],
    foreign,
    changed: new Set([...units, ...deletions, ...resolver].flatMap((step) => step.owner ?? [])),
    repaired: repairedFields(writes, repairs.fields),
  };
}

function withoutNetworkd({ enableNetworkd }: PlanInput): Plan {
  const enable: Step = {
    kind: 'enable-service',
    service: 'systemd-networkd.service',
    reason: 'systemd-networkd is not running',
    disruption: 'none',
  };
  return {
    steps: enableNetworkd ? [enable] : [],
    foreign: new Map(),
    changed: new Set(),
    repaired: new Map(),
  };
}

type RemoveUnit = Extract<Step, { kind: 'remove-unit' }>;
type WriteUnit = Extract<Step, { kind: 'write-unit' }>;
type DeleteLink = Extract<Step, { kind: 'delete-link' }>;

function nameOf(unit: string | Unit): string {
  return typeof unit === 'string' ? unit : unit.name;
}

/** Whether the things of an owner may go once no document wants them: its document is gone, or no longer has them. */
function mayPrune(
  owner: ResourceKey,
  { desired, inventory }: PlanInput,
  active: ReadonlySet<ResourceKey>,
): boolean {
  if (desired.resources.has(owner)) return active.has(owner);
  return !isSpared(desired.inForce, owner) && inventory.resources[owner]?.keep !== true;
}

function unitRemovals(input: PlanInput, active: ReadonlySet<ResourceKey>): readonly RemoveUnit[] {
  const { desired, observed, inventory } = input;
  return Object.entries(inventory.units)
    .filter(
      ([name, { owner }]) =>
        !desired.units.has(name) && observed.units.has(name) && mayPrune(owner, input, active),
    )
    .map(([unit, { owner }]) => ({
      kind: 'remove-unit',
      unit,
      owner,
      reason: goneReason(owner, desired),
      disruption: 'none',
    }));
}

function goneReason(owner: ResourceKey, desired: Desired): string {
  return desired.resources.has(owner) ? `${owner} no longer has it` : `${owner} is gone`;
}

function unitWrites(
  { desired, observed, inventory, mayRepair }: PlanInput,
  active: ReadonlySet<ResourceKey>,
): readonly WriteUnit[] {
  return [...desired.units.values()].flatMap((unit) => {
    const { name, owner } = unit;
    const seen = observed.units.get(name)?.hash;
    if (!active.has(owner) || seen === unit.hash) return [];
    const reason = writeReason(unit, seen, inventory);
    if (isDrift(reason) && !mayRepair(owner, name)) return [];
    const exists = desired.linksOf.get(owner)?.some(({ link }) => observed.links.has(link)) ?? false;
    // What a changed .netdev costs an existing link is told by the step that carries it out.
    const flaps = exists && name.endsWith('.network');
    return { kind: 'write-unit', unit, owner, reason, disruption: flaps ? 'link flap' : 'none' };
  });
}

const deletedByHand = 'the file was deleted by hand';
const editedByHand = 'the file was edited by hand';

function isDrift(reason: string): boolean {
  return reason === deletedByHand || reason === editedByHand;
}

/** Units that are put right and links that are: what fights are counted by. */
function repairedFields(
  writes: readonly WriteUnit[],
  links: ReadonlyMap<ResourceKey, readonly string[]>,
): ReadonlyMap<ResourceKey, readonly string[]> {
  const fields = new Map(links);
  for (const { unit, reason } of writes) {
    if (isDrift(reason)) fields.set(unit.owner, [...(fields.get(unit.owner) ?? []), unit.name]);
  }
  return fields;
}

function writeReason(unit: Unit, seen: string | undefined, inventory: Inventory): string {
  const owned = inventory.units[unit.name];
  if (seen === undefined) return owned?.hash === unit.hash ? deletedByHand : 'new';
  if (!owned) return 'taken over';
  return owned.hash === seen ? 'the document changed' : editedByHand;
}

function linkDeletions(input: PlanInput, active: ReadonlySet<ResourceKey>): readonly DeleteLink[] {
  const { desired, observed, inventory } = input;
  return Object.entries(inventory.links)
    .filter(([name, owned]) => {
      if (desired.made.has(name) || !mayPrune(owned.owner, input, active)) return false;
      const seen = observed.links.get(name);
      return seen !== undefined && isOnRecord(seen, observed, inventory);
    })
    .map(([link, { owner }]) => ({
      kind: 'delete-link',
      link,
      owner,
      reason: goneReason(owner, desired),
      disruption: 'none',
    }));
}

function touchStep(units: readonly string[]): Step {
  return {
    kind: 'touch-dependents',
    units,
    reason: 'they name links that are made anew',
    disruption: 'none',
  };
}

function reloadStep(units: number, repair: boolean): Step {
  const changed = `${units} unit${units === 1 ? '' : 's'} changed`;
  const idle = repair ? 'links must be made or looked at anew' : 'networkd has not read the units yet';
  const reason = units === 0 ? idle : changed;
  return { kind: 'reload', reason, disruption: 'none' };
}

function restartStep(): Step {
  const reason = 'this systemd keeps the old settings of a changed .netdev until it restarts (v250 to v256)';
  return { kind: 'restart-networkd', reason, disruption: 'service restart' };
}

function udevStep(): Step {
  return {
    kind: 'trigger-udev',
    reason: 'a .link changed; it applies to links that appear from now on',
    disruption: 'none',
  };
}
