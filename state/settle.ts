import { castDraft, type Draft, produce } from 'immer';
import { isStacked } from '../crds/networkd/stacked.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { askedAfter, putAsked } from './asked.ts';
import { type Carried, deletedIn, isTold } from './carried.ts';
import { departed, knowingRemoved } from './departed.ts';
import type { Desired } from './desired.ts';
import { keysOf } from './directory.ts';
import { isHeldStill, isSpared } from './force.ts';
import { givenBack, owed } from './former-units.ts';
import { goesBack, type Inventory, isReturning, type OwnedLink } from './inventory.ts';
import { identityOf, type Observed, unseenIdentity } from './observed.ts';
import { lastSeen, lastUnseen, madeAtStart, outlived } from './owned-links.ts';
import type { Plan } from './plan.ts';
import { stillUnplugged } from './replug.ts';
import { isUndone } from './resolver.ts';
import { differsFromScene } from './scene.ts';
import { isLeftOf, stillAsked } from './still-asked.ts';
import { notRestored } from './undo.ts';
import { type LetGo, stillLetGo } from './unplug.ts';

/** The inventory after a plan: trimmed of what is gone, and told what is now made. Same object when nothing changed. */
export function settledOf(inventory: Inventory, desired: Desired, plan: Plan, carried: Carried): Inventory {
  const { before, after, done } = carried;
  const returned = givenBack(inventory, desired, done, after);
  const known = knowingRemoved(inventory, carried);
  const told = isTold(done) ? { ...inventory, reloadPending: false } : inventory;
  const changed = [
    ...lastSeen(inventory, desired, known),
    ...lastUnseen(told, desired, after),
    ...madeAtStart(inventory, desired, carried),
    ...outlived(inventory, desired, carried),
  ];
  const unmade = Object.entries(inventory.links).filter(
    ([name, { owner }]) => desired.made.has(name) && !plan.foreign.has(owner) && isUnmade(name, carried),
  );
  return produce(inventory, (draft) => {
    for (const name of goneUnits(inventory, desired, plan, after, returned)) delete draft.units[name];
    noteUnwritten(draft, plan, carried);
    disown(draft, takenMeanwhile(plan, carried), before);
    for (const [name, link] of changed) draft.links[name] = castDraft(link);
    for (const name of departed(inventory, desired, carried)) delete draft.links[name];
    for (const [name] of unmade) remade(draft.links, name, desired, carried, inventory);
    for (const name of returnedLinks(inventory, desired, returned, carried)) delete draft.links[name];
    if (isTold(done) && inventory.reloadPending) draft.reloadPending = false;
    if (done.some(({ kind }) => kind === 'restart-networkd')) delete draft.restartPending;
    putAsked(draft, stillAsked(inventory, desired, plan, carried));
    const replug = stillUnplugged(inventory, desired.made, after);
    if (replug === undefined) delete draft.replug;
    else draft.replug = replug;
    putLetGo(draft, stillLetGo(inventory, desired, carried));
    if (isUndone(inventory, desired, after.resolver)) delete draft.resolver;
    if (draft.transaction?.phase === 'reverting') draft.transaction.isRestored = isRestored(plan, carried);
    forgetFormer(draft);
    forgetGone(draft, desired, after);
  });
}

function putLetGo(draft: Draft<Inventory>, left: LetGo): void {
  const names = Object.keys(left);
  if (names.length === 0) delete draft.unplug;
  else if (names.length !== Object.keys(draft.unplug ?? {}).length) draft.unplug = { ...left };
}

/** Forgets units of others that were given back. */
function forgetFormer(draft: Draft<Inventory>): void {
  const left = draft.formerUnits && owed(draft.formerUnits, draft);
  if (left) draft.formerUnits = left;
  else delete draft.formerUnits;
}

/** Whether nothing of what others had is still to be put back; without networkd nothing is. */
function isRestored({ steps }: Plan, { before, done }: Carried): true | undefined {
  return (before.networkd.state === 'running' && notRestored(steps, done).length === 0) || undefined;
}

/** Of a unit that could not be written what is there counts as written: to try it again is to repair nothing. */
function noteUnwritten(draft: Draft<Inventory>, { steps }: Plan, { done, after }: Carried): void {
  for (const step of steps) {
    if (step.kind !== 'write-unit' || done.includes(step)) continue;
    const owned = draft.units[step.unit.name];
    const there = after.units.get(step.unit.name);
    if (owned && (!there || there.intactOwner !== undefined)) owned.hash = there?.hash ?? '';
  }
}

/** Units whose names somebody else has taken just before they were written. */
function takenMeanwhile({ steps }: Plan, { done, after }: Carried): readonly string[] {
  return steps.flatMap((step) => {
    if (step.kind !== 'write-unit' || !step.isNew || done.includes(step)) return [];
    const there = after.units.get(step.unit.name);
    return there && there.intactOwner === undefined ? step.unit.name : [];
  });
}

/** Forgets units, and links that they were to make and that were not there. */
function disown(draft: Draft<Inventory>, units: readonly string[], before: Observed): void {
  for (const name of units) delete draft.units[name];
  for (const [name, { netdev }] of Object.entries(draft.links))
    if (units.includes(netdev) && !before.links.has(name)) delete draft.links[name];
}

function goneUnits(
  { units }: Inventory,
  { units: wanted, suspended }: Desired,
  { foreign, unapplied }: Plan,
  after: Observed,
  returned: ReadonlySet<string>,
): readonly string[] {
  const isGone = (name: string) => !after.units.has(name) || returned.has(name);
  // That its port is to leave a bridge is carried out once it is the turn of its owner, and networkd runs.
  const isIdle = (owner: ResourceKey) =>
    after.networkd.state !== 'running' || foreign.has(owner) || unapplied.has(owner) || suspended.has(owner);
  return Object.entries(units).flatMap(([name, { owner }]) =>
    wanted.has(name) || !isGone(name) || isIdle(owner) ? [] : name,
  );
}

/** Links that are those of others again. */
function returnedLinks(
  inventory: Inventory,
  desired: Desired,
  returned: ReadonlySet<string>,
  carried: Carried,
): readonly string[] {
  const deleted = deletedIn(carried.done);
  return Object.entries(inventory.links).flatMap(([name, { netdev }]) => {
    // What has the name of a link that is gone is made by the .netdev of others that is there again.
    const isMadeAnew = returned.has(netdev) && (deleted.has(name) || !carried.before.links.has(name));
    const isOurs = carried.after.units.has(netdev) && !returned.has(netdev);
    return isMadeAnew || (!isOurs && isHandedBack(name, inventory, desired, carried)) ? name : [];
  });
}

/** Whether a link that others are to have back is as it was when it was taken over, and networkd knows our units no more. */
function isHandedBack(
  name: string,
  inventory: Inventory,
  desired: Desired,
  { after, done, isQuiet }: Carried,
): boolean {
  const former = inventory.links[name]?.former;
  const link = after.links.get(name);
  if (!former || !link || !isReturning(name, inventory, desired.made)) return false;
  // It may take addresses away for a while after it was told.
  const hasRead = isQuiet && !isTold(done) && !inventory.reloadPending;
  const unplugged = Object.values(stillUnplugged(inventory, desired.made, after) ?? {});
  return hasRead && !differsFromScene(former, link) && unplugged.every(({ master }) => master !== name);
}

/** A new link may be there again before anybody looks; only its index tells it from the old one. */
function isUnmade(name: string, { before, after }: Carried): boolean {
  const link = after.links.get(name);
  return link === undefined || link.ifindex !== before.links.get(name)?.ifindex;
}

/**
 * A link that is not there will be made from today's .netdev. Once networkd was told, what comes in this boot is that,
 * unless networkd made it from the text of before just then: nobody has seen that yet.
 */
function remade(
  links: Record<string, OwnedLink>,
  name: string,
  desired: Desired,
  { after, done, isQuiet }: Carried,
  { restartPending }: Pick<Inventory, 'restartPending'>,
): void {
  const expected = desired.made.get(name);
  const before = links[name];
  const hash = expected?.netdev && desired.units.get(expected.netdev)?.hash;
  if (!before || !expected?.kind || !hash || after.units.get(expected.netdev ?? '')?.hash !== hash) return;
  const made = after.links.get(name);
  const isChanged = before.kind !== expected.kind;
  if (isChanged && made?.kind === before.kind) return;
  const { becomes: _, outlived: known, ...rest } = before;
  const isSure = made !== undefined || isQuiet || deletedIn(done).has(name) || known === hash;
  const kinds =
    isChanged && !isSure ? { kind: before.kind, becomes: expected.kind } : { kind: expected.kind };
  // What networkd has made by now, or makes yet: its .netdev may be gone when somebody looks again.
  const isMade = isTold(done) && (!made || made.kind === expected.kind);
  const identity = isMade && { identity: made ? identityOf(made, after) : unseenIdentity(after) };
  // A networkd that was to restart for it and could not makes it from the text of before (v250 to v256).
  const isStale =
    restartPending === true &&
    !done.some(({ kind }) => kind === 'restart-networkd') &&
    isStacked(expected.kind);
  links[name] = { ...rest, ...kinds, madeFrom: isStale ? before.madeFrom : hash, ...identity };
}

/**
 * Forgets resources whose documents are gone and which own nothing any more, and kept ones whose documents went. A document
 * that came back broken has nothing to lose once all of the earlier one is gone, and no text in force.
 */
function forgetGone(
  draft: { -readonly [K in keyof Inventory]: Inventory[K] },
  desired: Desired,
  after: Observed,
): void {
  const readable = keysOf(desired.inForce.good.values());
  for (const key of Object.keys(draft.resources) as ResourceKey[]) {
    if (desired.resources.has(key)) continue;
    if (isSpared(desired.inForce, key)) {
      const mayStay = isHeldStill(desired.inForce, key) || readable.has(key);
      if (!mayStay && !ownsAnything(draft, key, desired, after)) draft.resources = omit(draft.resources, key);
      continue;
    }
    if (draft.resources[key]?.keep && !goesBack(key, draft)) abandon(draft, key);
    const record = draft.resources[key];
    if (!ownsAnything(draft, key, desired, after)) draft.resources = omit(draft.resources, key);
    // One that comes back while it departs is new.
    else if (record && record.applied !== '')
      draft.resources = { ...draft.resources, [key]: { ...record, applied: '' } };
  }
}

function abandon(draft: { -readonly [K in keyof Inventory]: Inventory[K] }, key: ResourceKey): void {
  const isOthers = ([, entry]: readonly [string, { owner: ResourceKey }]) => entry.owner !== key;
  draft.units = Object.fromEntries(Object.entries(draft.units).filter(isOthers));
  draft.links = Object.fromEntries(Object.entries(draft.links).filter(isOthers));
  if (draft.resolver?.owner === key) delete draft.resolver;
  const settings = askedAfter(
    draft,
    { linksOf: new Map() },
    (_link, _setting, _value, { owner }) => owner !== key,
  );
  if (Object.keys(settings).length === 0) delete draft.settings;
  else draft.settings = settings;
}

function ownsAnything(inventory: Inventory, key: ResourceKey, desired: Desired, after: Observed): boolean {
  const owners = [...Object.values(inventory.units), ...Object.values(inventory.links)].map(
    ({ owner }) => owner,
  );
  if (owners.includes(key) || inventory.resolver?.owner === key) return true;
  return isLeftOf(key, inventory, desired, after);
}

function omit<T extends object>(record: T, key: keyof T): T {
  const { [key]: _gone, ...rest } = record;
  return rest as T;
}
