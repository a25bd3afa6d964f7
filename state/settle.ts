import { produce } from 'immer';
import { isStacked } from '../crds/networkd/stacked.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { askedAfter, putAsked } from './asked.ts';
import type { Desired } from './desired.ts';
import { isSpared } from './force.ts';
import { isOnRecord } from './foreign.ts';
import { givenBack } from './former-units.ts';
import type { Inventory, OwnedLink } from './inventory.ts';
import { type Observed, type ObservedLink, unseenIdentity } from './observed.ts';
import { lastSeen } from './owned-links.ts';
import type { Plan } from './plan.ts';
import { stillUnplugged } from './replug.ts';
import { isUndone } from './resolver.ts';
import type { Step } from './step.ts';

/** What carrying out a plan came to. */
export interface Carried {
  readonly done: readonly Step[];
  readonly before: Observed;
  readonly after: Observed;
  /** networkd was last told of units so long ago that it has carried out what they said. */
  readonly isQuiet: boolean;
}

/** The inventory after a plan: trimmed of what is gone, and told what is now made. Same object when nothing changed. */
export function settledOf(inventory: Inventory, desired: Desired, plan: Plan, carried: Carried): Inventory {
  const { before, after, done } = carried;
  const reloaded = done.some(({ kind }) => kind === 'reload' || kind === 'restart-networkd');
  const returned = givenBack(inventory, desired, done, after);
  const goneUnits = Object.keys(inventory.units).filter(
    (u) => !desired.units.has(u) && (!after.units.has(u) || returned.has(u)),
  );
  const ownedLinks = Object.entries(inventory.links);
  const beforeRemoval = { ...after, ...seenBeforeRemoval(inventory, before, after) };
  const isThere = (link: ObservedLink | undefined) => link && isOnRecord(link, beforeRemoval, inventory);
  // While the text of its .netdev is there that made it, networkd may make the link at any time.
  const mayCome = ({ netdev }: OwnedLink) =>
    inventory.units[netdev] !== undefined &&
    after.units.has(netdev) &&
    after.units.get(netdev)?.hash !== desired.units.get(netdev)?.hash;
  // Nor is it sure at once that a link which was not there will not come: networkd may just be making it.
  const deleted = new Set(done.flatMap((step) => (step.kind === 'delete-link' ? step.link : [])));
  const mayComeAgain = (name: string) => {
    const { kind, parent } = before.links.get(name) ?? {};
    return isStacked(kind) && parent !== undefined && after.links.has(parent);
  };
  const isOver = (name: string, { owner }: OwnedLink) =>
    (deleted.has(name) && !mayComeAgain(name)) ||
    (carried.isQuiet && !reloaded && !inventory.reloadPending && !isUndecided(owner, desired));
  const goneLinks = ownedLinks.filter(
    ([name, owned]) =>
      !desired.made.has(name) &&
      !isThere(beforeRemoval.links.get(name)) &&
      !mayCome(owned) &&
      isOver(name, owned),
  );
  // What has the name of a link that is gone is made by the .netdev of others that is there again.
  const returnedLinks = ownedLinks.flatMap(([name, { netdev }]) =>
    returned.has(netdev) && (deleted.has(name) || !before.links.has(name)) ? name : [],
  );
  // A new link may be there again before anybody looks; only its index tells it from the old one.
  const unmade = ownedLinks.filter(
    ([name, { owner }]) =>
      desired.made.has(name) &&
      !plan.foreign.has(owner) &&
      (!after.links.has(name) || after.links.get(name)?.ifindex !== before.links.get(name)?.ifindex),
  );
  return produce(inventory, (draft) => {
    for (const name of goneUnits) delete draft.units[name];
    for (const [name] of goneLinks) delete draft.links[name];
    for (const [name, link] of lastSeen(inventory, desired, beforeRemoval)) draft.links[name] = link;
    for (const [name] of unmade) {
      const isSure = deleted.has(name) || carried.isQuiet;
      remade(draft.links, name, desired, after, { isTold: reloaded, isSure });
    }
    for (const name of returnedLinks) delete draft.links[name];
    if (reloaded && inventory.reloadPending) draft.reloadPending = false;
    if (done.some(({ kind }) => kind === 'restart-networkd')) delete draft.restartPending;
    putAsked(draft, askedAfter(inventory, desired, after));
    const replug = stillUnplugged(inventory, desired.made, after);
    if (replug === undefined) delete draft.replug;
    else draft.replug = replug;
    if (isUndone(inventory, desired, after.resolver)) delete draft.resolver;
    forgetGone(draft, desired);
  });
}

/**
 * What tells our links after a plan that removed their .netdevs: networkd may have made one between the look and the
 * removal. Where the look saw one and another has its name now, somebody else took the name: networkd makes nothing anew
 * before it is told to reload, but what stands on another link.
 */
function seenBeforeRemoval(
  { links }: Inventory,
  before: Observed,
  after: Observed,
): Pick<Observed, 'links' | 'units'> {
  const isTaken = ({ name, ifindex, kind, parent }: ObservedLink) => {
    const seen = before.links.get(name);
    if (!seen || seen.ifindex === ifindex || after.units.has(links[name]?.netdev ?? '')) return false;
    return !isStacked(kind) || kind !== seen.kind || parent !== seen.parent;
  };
  return {
    links: new Map([...after.links].filter(([, link]) => !isTaken(link))),
    units: before.units,
  };
}

/** Whether links are on record that no document wants and that are not there: `settledOf` forgets them in time. */
export function hasDeparting({ links }: Inventory, desired: Desired, seen: Observed): boolean {
  return Object.entries(links).some(
    ([name, { owner }]) => !desired.made.has(name) && !seen.links.has(name) && !isUndecided(owner, desired),
  );
}

/** Its document is there, but nobody knows what it says: what it made stays as it is. */
function isUndecided(owner: ResourceKey, { resources, inForce }: Desired): boolean {
  return !resources.has(owner) && isSpared(inForce, owner);
}

/**
 * A link that is not there will be made from today's .netdev. Once networkd was told, what comes in this boot is that,
 * unless networkd made it from the text of before just then: nobody has seen that yet.
 */
function remade(
  links: Record<string, OwnedLink>,
  name: string,
  desired: Desired,
  after: Observed,
  { isTold, isSure }: { readonly isTold: boolean; readonly isSure: boolean },
): void {
  const expected = desired.made.get(name);
  const before = links[name];
  const hash = expected?.netdev && desired.units.get(expected.netdev)?.hash;
  if (!before || !expected?.kind || !hash || after.units.get(expected.netdev ?? '')?.hash !== hash) return;
  const made = after.links.get(name);
  const isChanged = before.kind !== expected.kind;
  if (isChanged && made?.kind === before.kind) return;
  const { becomes: _, ...rest } = before;
  const kinds =
    isChanged && !made && !isSure ? { kind: before.kind, becomes: expected.kind } : { kind: expected.kind };
  const identity = isTold && !made ? { identity: unseenIdentity(after) } : {};
  links[name] = { ...rest, ...kinds, madeFrom: hash, ...identity };
}

/** Forgets resources whose documents are gone and which own nothing any more, and kept ones whose documents went. */
function forgetGone(draft: { -readonly [K in keyof Inventory]: Inventory[K] }, desired: Desired): void {
  for (const key of Object.keys(draft.resources) as ResourceKey[]) {
    if (desired.resources.has(key) || isSpared(desired.inForce, key)) continue;
    if (draft.resources[key]?.keep) abandon(draft, key);
    if (!ownsAnything(draft, key)) {
      draft.resources = omit(draft.resources, key);
    }
  }
}

function abandon(draft: { -readonly [K in keyof Inventory]: Inventory[K] }, key: ResourceKey): void {
  const isOthers = ([, entry]: readonly [string, { owner: ResourceKey }]) => entry.owner !== key;
  draft.units = Object.fromEntries(Object.entries(draft.units).filter(isOthers));
  draft.links = Object.fromEntries(Object.entries(draft.links).filter(isOthers));
  if (draft.resolver?.owner === key) delete draft.resolver;
}

function ownsAnything(inventory: Inventory, key: ResourceKey): boolean {
  const owners = [...Object.values(inventory.units), ...Object.values(inventory.links)].map(
    ({ owner }) => owner,
  );
  return owners.includes(key) || inventory.resolver?.owner === key;
}

function omit<T extends object>(record: T, key: keyof T): T {
  const { [key]: _gone, ...rest } = record;
  return rest as T;
}
