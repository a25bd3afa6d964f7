import type { Unit } from '../crds/compiled.ts';
import type { ResourceKey } from '../crds/resource.ts';
import type { Desired } from './desired.ts';
import { isSpared } from './force.ts';
import { foreignConflicts, isOnRecord } from './foreign.ts';
import { formerOf, isThereAgain } from './former-units.ts';
import { reloadStep, restartStep, touchStep, udevStep } from './host-steps.ts';
import { goesBack, type Inventory, isReturning, type OwnedLink, type Plug } from './inventory.ts';
import { hostSwitchSteps, leftBehindSteps } from './left-behind.ts';
import { inDependencyOrder } from './order.ts';
import type { PlanInput } from './plan-input.ts';
import { blockedChanges, type Deferred, inUseMessages } from './recreation.ts';
import { repairsOf } from './repair.ts';
import { replugSteps } from './replug.ts';
import { isResolverDrift, resolverField, resolverSteps } from './resolver.ts';
import { unapplied } from './standing.ts';
import type { Step } from './step.ts';
import { restoreSteps, returnSteps } from './undo.ts';
import { type LeavingUnit, type LetGo, portsLetGo, unplugSteps } from './unplug.ts';

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
  /** Links that only new ones would put right and that stay for now: others use them, or it is not their turn. */
  readonly deferred: ReadonlyMap<ResourceKey, readonly Deferred[]>;
  /** Resources that were never applied, and what they wait for. Nothing of theirs is touched. */
  readonly unapplied: ReadonlyMap<ResourceKey, readonly ResourceKey[]>;
  /** Ports of others that this plan unplugs by a deletion, and that are to be put back. */
  readonly unplugged: Readonly<Record<string, Plug>>;
  /** Links of others that are to leave their bridge, because no document wants their units any more. */
  readonly letGo: LetGo;
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
  const taken = foreignConflicts(desired, observed, inventory);
  const blocked = blockedChanges(input, taken);
  const foreign = new Map([...taken, ...inUseMessages(desired, blocked)]);
  const waiting = unapplied(input);
  const isActive = (key: ResourceKey) =>
    !foreign.has(key) && !waiting.has(key) && !desired.suspended.has(key);
  const active = new Set(inDependencyOrder(desired).filter(isActive));

  const leaving = leavingUnits(input, active);
  const letGo = portsLetGo(leaving, input);
  const removals = unitRemovals(leaving, input);
  const writes = unitWrites(input, active);
  const deletions = linkDeletions(input, active);
  const written = new Set(writes.map((step) => step.unit.name));
  const repairs = repairsOf(input, active, written);
  const drift = isResolverDrift(input);
  const resolver = resolverSteps(input, active);

  const linkDeletes = [...deletions, ...repairs.deletions];
  const touches = repairs.touches.length > 0 ? [touchStep(repairs.touches)] : [];
  const units = [...removals, ...writes];
  const changesNetworkd = units.some((step) => !nameOf(step.unit).endsWith('.link'));
  const changesUdev = units.some((step) => nameOf(step.unit).endsWith('.link'));
  const remakes = inventory.transaction?.phase === 'reverting' && lostLinks(input).length > 0;
  const reloads =
    changesNetworkd || touches.length > 0 || repairs.reload || remakes || inventory.reloadPending;
  const restart = inventory.restartPending ? 'stale' : repairs.restart;
  return {
    steps: [
      ...removals,
      ...writes,
      ...linkDeletes,
      ...touches,
      ...(input.mayRestart && restart
        ? [restartStep(restart)]
        : reloads
          ? [reloadStep(units.length, repairs.reload)]
          : []),
      ...unplugSteps(input, letGo, active),
      ...repairs.settings,
      ...leftBehindSteps(input, (owner) => mayPrune(owner, input, active)),
      ...hostSwitchSteps(input),
      ...replugSteps(input, active),
      ...restoreSteps(input),
      ...returnSteps(input, (owner) => mayPrune(owner, input, active)),
      ...(changesUdev ? [udevStep()] : []),
      ...resolver,
    ],
    foreign,
    changed: new Set(
      [...units, ...deletions, ...(drift ? [] : resolver)].flatMap((step) => step.owner ?? []),
    ),
    repaired: repairedFields(writes, drift ? resolver : [], repairs.fields),
    deferred: new Map([...blocked, ...repairs.deferred]),
    unapplied: waiting,
    unplugged: repairs.unplugged,
    letGo,
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
    deferred: new Map(),
    unapplied: new Map(),
    unplugged: {},
    letGo: {},
  };
}

type RemoveUnit = Extract<Step, { kind: 'remove-unit' | 'restore-unit' }>;
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
  // What a change leaves behind that is taken back is no removal of a document.
  const isKept = inventory.resources[owner]?.keep === true && !goesBack(owner, inventory);
  return !isSpared(desired.inForce, owner) && !isKept;
}

/** Units on record that no document wants any more, whether they are there or not. */
function leavingUnits(input: PlanInput, active: ReadonlySet<ResourceKey>): readonly LeavingUnit[] {
  return Object.entries(input.inventory.units).flatMap(([unit, { owner }]) =>
    input.desired.units.has(unit) || !mayPrune(owner, input, active) ? [] : { unit, owner },
  );
}

/** They go, also one that somebody has deleted, as networkd knows it until it is told, or what was there comes back. */
function unitRemovals(leaving: readonly LeavingUnit[], input: PlanInput): readonly RemoveUnit[] {
  const { desired, observed, inventory } = input;
  // From these networkd makes once more what is gone of links that others are to have back.
  const needed = new Set(lostLinks(input).map(({ netdev }) => netdev));
  return leaving.flatMap(({ unit, owner }): readonly RemoveUnit[] => {
    const common = { unit, owner, disruption: 'none' } as const;
    const former = formerOf(unit, owner, inventory);
    if (former) {
      if (isThereAgain(unit, former, observed)) return [];
      return [
        { kind: 'restore-unit', former, reason: 'the change that took it over is taken back', ...common },
      ];
    }
    if (needed.has(unit)) return [];
    return [{ kind: 'remove-unit', reason: goneReason(owner, desired), ...common }];
  });
}

/** Links that others are to have back and that are not there: a systemd that cannot take one over makes it anew. */
function lostLinks({ desired, observed, inventory }: PlanInput): readonly OwnedLink[] {
  return Object.entries(inventory.links).flatMap(([name, owned]) =>
    isReturning(name, inventory, desired.made) && !observed.links.has(name) ? owned : [],
  );
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
    const isNew = seen === undefined && inventory.units[name] === undefined;
    const common = { owner, reason, disruption: flaps ? 'link flap' : 'none' } as const;
    return { kind: 'write-unit', unit, ...common, ...(isNew && { isNew }) };
  });
}

const deletedByHand = 'the file was deleted by hand';
const editedByHand = 'the file was edited by hand';

function isDrift(reason: string): boolean {
  return reason === deletedByHand || reason === editedByHand;
}

/** Units, files of the resolver and links that are put right: what fights are counted by. */
function repairedFields(
  writes: readonly WriteUnit[],
  resolver: readonly Step[],
  links: ReadonlyMap<ResourceKey, readonly string[]>,
): ReadonlyMap<ResourceKey, readonly string[]> {
  const fields = new Map(links);
  const add = (owner: ResourceKey, field: string) => {
    fields.set(owner, [...new Set([...(fields.get(owner) ?? []), field])]);
  };
  for (const { unit, reason } of writes) if (isDrift(reason)) add(unit.owner, unit.name);
  for (const step of resolver) if (step.owner !== undefined) add(step.owner, resolverField(step));
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
      if (seen === undefined || isReturning(name, inventory, desired.made)) return false;
      return isOnRecord(seen, observed, inventory);
    })
    .map(([link, { owner }]) => ({
      kind: 'delete-link',
      link,
      owner,
      reason: goneReason(owner, desired),
      disruption: 'none',
    }));
}
