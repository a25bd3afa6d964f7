import { castDraft, type Draft, produce } from 'immer';
import { isAnnotated, type ResourceKey } from '../crds/resource.ts';
import type { Desired } from './desired.ts';
import { isSpared } from './force.ts';
import { isOnRecord } from './foreign.ts';
import type { Inventory, OwnedLink, OwnedUnit, ResourceRecord } from './inventory.ts';
import { identityOf, type Observed, type ObservedLink, unseenIdentity } from './observed.ts';
import { pendingAfter } from './pending.ts';
import type { Plan } from './plan.ts';
import { stillUnplugged } from './replug.ts';
import { isUndone, resolvConfOf } from './resolver.ts';
import type { Step } from './step.ts';

/**
 * The inventory to write before a plan is carried out: it names everything that is ours and everything that is about
 * to be. Returns the same object when nothing is to be written.
 * @param transaction that this plan opens or extends
 */
export function intentOf(
  inventory: Inventory,
  desired: Desired,
  plan: Plan,
  observed: Observed,
  now: string,
  transaction: Inventory['transaction'] = inventory.transaction,
): Inventory {
  const isOurs = (owner: ResourceKey) =>
    !plan.foreign.has(owner) && !plan.unapplied.has(owner) && !desired.suspended.has(owner);
  const isApplied = (owner: ResourceKey) => observed.networkd.state === 'running' && isOurs(owner);
  return produce(inventory, (draft) => {
    for (const [key, record] of recordsOf(inventory, desired, now, isApplied)) draft.resources[key] = record;
    if (transaction) draft.transaction = castDraft(transaction);
    forgetChanged(draft, desired);
    const { held } = desired.inForce.prune;
    if (held.length === 0) delete draft.held;
    else if (held.join() !== inventory.held?.join()) draft.held = [...held];
    // Without networkd nothing is made, and whose the links are that exist by then was not asked.
    if (observed.networkd.state !== 'running') return;
    for (const [name, unit] of unitIntents(inventory, desired, isOurs)) draft.units[name] = unit;
    for (const [name, link] of linkIntents(inventory, desired, observed, isOurs)) draft.links[name] = link;
    for (const [name, link] of lastSeen(inventory, desired, observed)) draft.links[name] = link;
    Object.assign(draft, pendingAfter(inventory, plan));
    const resolver = resolverIntent(inventory, desired, observed, isOurs);
    if (resolver) draft.resolver = resolver;
  });
}

/** Records of resources that are new, or whose spec, prune annotation or file changed. */
function recordsOf(
  inventory: Inventory,
  desired: Desired,
  now: string,
  isApplied: (key: ResourceKey) => boolean,
): readonly (readonly [ResourceKey, ResourceRecord])[] {
  return [...desired.resources.values()].flatMap((resource) => {
    const { key, specHash, location } = resource;
    const before = inventory.resources[key];
    const { file } = location;
    const keep = isAnnotated(resource, 'prune') || undefined;
    const applied = isApplied(key) ? specHash : before ? (before.applied ?? before.specHash) : '';
    const same = before?.specHash === specHash && (before.applied ?? before.specHash) === applied;
    if (same && before.keep === keep && before.file === file) return [];
    const generation = (before?.generation ?? 0) + Number(before?.specHash !== specHash);
    const createdAt = before?.createdAt ?? now;
    return [[key, { specHash, applied, generation, createdAt, file, keep }] as const];
  });
}

/** What was taken back is forgotten once its document changed. */
function forgetChanged(draft: Draft<Inventory>, { inForce }: Desired): void {
  if (inForce.isStandIn) return;
  const known = Object.keys(draft.rolledBack ?? {}) as ResourceKey[];
  const still = known.filter((key) => inForce.rolledBack.has(key));
  if (still.length === known.length) return;
  const rest = still.flatMap((key) => {
    const entry = inForce.rolledBack.get(key);
    return entry ? [[key, entry] as const] : [];
  });
  if (rest.length === 0) delete draft.rolledBack;
  else draft.rolledBack = Object.fromEntries(rest);
}

function unitIntents(
  inventory: Inventory,
  desired: Desired,
  isOurs: (owner: ResourceKey) => boolean,
): readonly (readonly [string, OwnedUnit])[] {
  return [...desired.units.values()].flatMap(({ name, owner, hash }) => {
    const before = inventory.units[name];
    const same = before?.owner === owner && before.hash === hash;
    return same || !isOurs(owner) ? [] : [[name, { owner, hash }] as const];
  });
}

function linkIntents(
  inventory: Inventory,
  desired: Desired,
  observed: Observed,
  isOurs: (owner: ResourceKey) => boolean,
): readonly (readonly [string, OwnedLink])[] {
  const intents: [string, OwnedLink][] = [];
  for (const { link, owner, kind, netdev } of desired.made.values()) {
    if (!isOurs(owner) || kind === undefined || netdev === undefined) continue;
    const before = inventory.links[link];
    const seen = observed.links.get(link);
    // While an older text of its .netdev is there networkd makes it from that, whenever it does.
    const isOlder = seen !== undefined || observed.units.get(netdev)?.hash !== hashOf(netdev, desired);
    const entry = {
      owner,
      // What an existing link was made from stays on record until it is made anew.
      ...(isOlder && before ? kindsOf(before, seen, kind) : { kind }),
      netdev,
      madeFrom:
        isOlder && before
          ? before.madeFrom
          : seen
            ? sourceOf(netdev, desired, observed)
            : hashOf(netdev, desired),
      identity: seen ? identityOf(seen, observed) : unseenIdentity(observed),
    };
    if (!before || !sameLink(before, entry)) intents.push([link, entry]);
  }
  return intents;
}

/** What a link of ours is, and what its .netdev makes of it by now or once it is written. */
function kindsOf(
  { kind, becomes }: OwnedLink,
  seen: ObservedLink | undefined,
  wanted: string,
): Pick<OwnedLink, 'kind' | 'becomes'> {
  const now = seen?.kind !== undefined && seen.kind === becomes ? seen.kind : kind;
  if (now !== wanted) return { kind: now, becomes: wanted };
  return seen || becomes === undefined ? { kind: now } : { kind: now, becomes };
}

/** Links that no document wants, as they are now: once their .netdev is deleted, only that tells whose they are. */
function lastSeen(
  inventory: Inventory,
  desired: Desired,
  observed: Observed,
): readonly (readonly [string, OwnedLink])[] {
  return Object.entries(inventory.links).flatMap(([name, owned]) => {
    const seen = observed.links.get(name);
    if (!seen || desired.made.has(name) || !isOnRecord(seen, observed, inventory)) return [];
    const identity = identityOf(seen, observed);
    return identity === owned.identity ? [] : [[name, { ...owned, identity }] as const];
  });
}

function hashOf(netdev: string, desired: Desired): string {
  return desired.units.get(netdev)?.hash ?? '';
}

/**
 * What a link that is not on record was made from: the .netdev of ours that is there (the inventory was lost), or no
 * .netdev at all (it is taken over), which only matters to a systemd that cannot adopt it.
 */
function sourceOf(netdev: string, desired: Desired, { units, networkd }: Observed): string {
  const seen = units.get(netdev);
  if (seen?.intactOwner !== undefined) return seen.hash;
  return networkd.capabilities.adoptsExistingDevice ? hashOf(netdev, desired) : '';
}

function sameLink(a: OwnedLink, b: OwnedLink): boolean {
  const fields = ['owner', 'kind', 'becomes', 'netdev', 'madeFrom', 'identity'] as const;
  return fields.every((field) => a[field] === b[field]);
}

function resolverIntent(
  inventory: Inventory,
  { resolver }: Desired,
  observed: Observed,
  isOurs: (owner: ResourceKey) => boolean,
): Inventory['resolver'] {
  if (!resolver || !isOurs(resolver.owner)) return undefined;
  const before = inventory.resolver;
  const dropIn = resolver.intent.dropIn !== undefined || (before?.dropIn ?? false);
  const replaces = resolvConfOf(resolver.intent) !== undefined;
  const previous = before?.previous ?? (replaces ? observed.resolver.resolvConf : undefined);
  const same = before?.owner === resolver.owner && before.dropIn === dropIn && before.previous === previous;
  return same ? undefined : { owner: resolver.owner, dropIn, previous };
}

/** What carrying out a plan came to. */
export interface Carried {
  readonly done: readonly Step[];
  readonly before: Observed;
  readonly after: Observed;
}

/** The inventory after a plan: trimmed of what is gone, and told what is now made. Same object when nothing changed. */
export function settledOf(inventory: Inventory, desired: Desired, plan: Plan, carried: Carried): Inventory {
  const { before, after, done } = carried;
  const reloaded = done.some(({ kind }) => kind === 'reload' || kind === 'restart-networkd');
  const goneUnits = Object.keys(inventory.units).filter((u) => !desired.units.has(u) && !after.units.has(u));
  const ownedLinks = Object.entries(inventory.links);
  // networkd may have made it between the look and the removal of its .netdev.
  const beforeRemoval = { ...after, units: before.units };
  const isThere = (link: ObservedLink | undefined) => link && isOnRecord(link, beforeRemoval, inventory);
  // While the text of its .netdev is there that made it, networkd may make the link at any time.
  const mayCome = ({ netdev }: OwnedLink) =>
    inventory.units[netdev] !== undefined &&
    after.units.has(netdev) &&
    after.units.get(netdev)?.hash !== desired.units.get(netdev)?.hash;
  const goneLinks = ownedLinks.filter(
    ([name, owned]) => !desired.made.has(name) && !isThere(after.links.get(name)) && !mayCome(owned),
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
    for (const [name] of unmade) remade(draft.links, name, desired, after);
    if (reloaded && inventory.reloadPending) draft.reloadPending = false;
    if (done.some(({ kind }) => kind === 'restart-networkd')) delete draft.restartPending;
    const replug = stillUnplugged(inventory, desired.made, after);
    if (replug === undefined) delete draft.replug;
    else draft.replug = replug;
    if (isUndone(inventory, desired, after.resolver)) delete draft.resolver;
    forgetGone(draft, desired);
  });
}

/** A link that is not there will be made from today's .netdev. */
function remade(links: Record<string, OwnedLink>, name: string, desired: Desired, { units }: Observed): void {
  const expected = desired.made.get(name);
  const before = links[name];
  const hash = expected?.netdev && desired.units.get(expected.netdev)?.hash;
  if (!before || !expected?.kind || !hash || units.get(expected.netdev ?? '')?.hash !== hash) return;
  const { becomes: _, ...rest } = before;
  links[name] = { ...rest, kind: expected.kind, madeFrom: hash };
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
