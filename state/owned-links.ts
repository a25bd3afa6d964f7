import type { LinkExpectation } from '../crds/compiled.ts';
import { isStacked } from '../crds/networkd/stacked.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { type Carried, isTold } from './carried.ts';
import type { Desired } from './desired.ts';
import { isForeignLink, isOnRecord } from './foreign.ts';
import type { Inventory, OwnedLink } from './inventory.ts';
import { identityOf, type Observed, type ObservedLink, unseenIdentity } from './observed.ts';
import type { Scene } from './scene.ts';

/**
 * What is to be recorded of links before their .netdev is written, where that is news.
 * @param scene how those were that a change takes over
 */
export function linkIntents(
  inventory: Inventory,
  desired: Desired,
  observed: Observed,
  isOurs: (owner: ResourceKey) => boolean,
  scene: Scene,
): readonly (readonly [string, OwnedLink])[] {
  const intents: [string, OwnedLink][] = [];
  for (const expected of desired.made.values()) {
    const { link, owner, kind, netdev } = expected;
    if (!isOurs(owner) || kind === undefined || netdev === undefined) continue;
    const before = inventory.links[link];
    const seen = observed.links.get(link);
    // While an older text of its .netdev is there networkd makes it from that, whenever it does.
    const hash = hashOf(netdev, desired);
    const isWritten = observed.units.get(netdev)?.hash === hash;
    const isOlder = seen !== undefined || !isWritten;
    // What an existing link was made from stays on record until it is made anew.
    const kinds = kindsOf(before ?? madeBy(netdev, link, observed), seen, kind, isWritten ? hash : undefined);
    const source = seen ? sourceOf(netdev, desired, observed) : hash;
    // One that is of the kind by now that was to come was made since, from the text that is there.
    const isMade = seen?.kind !== undefined && seen.kind === before?.becomes;
    const madeFrom = isOlder && before && !isMade ? before.madeFrom : source;
    const identity = seen ? identityOf(seen, observed) : unseen(netdev, before, inventory, observed);
    const former = formerly(expected, inventory, observed, scene);
    const entry = { owner, ...kinds, netdev, madeFrom, identity, ...(former && { former }) };
    if (!before || !sameLink(before, entry)) intents.push([link, entry]);
  }
  return intents;
}

/** How a link was before it is, or was, taken over from others. */
function formerly(
  expected: LinkExpectation,
  inventory: Inventory,
  observed: Observed,
  scene: Scene,
): OwnedLink['former'] {
  const seen = observed.links.get(expected.link);
  if (!seen || !isForeignLink(expected, seen, observed, inventory)) {
    return inventory.links[expected.link]?.former;
  }
  // One that is taken over on the way back to documents that had it is theirs already.
  const known = scene[expected.link];
  return known?.identity === identityOf(seen, observed) ? known : undefined;
}

/** While our .netdev is there networkd makes the link whenever it starts or is told to: what comes in this boot is ours. */
function unseen(
  netdev: string,
  before: OwnedLink | undefined,
  { units }: Inventory,
  observed: Observed,
): string | undefined {
  const mayCome = units[netdev] !== undefined && observed.units.has(netdev);
  return mayCome ? unseenIdentity(observed) : before?.identity;
}

/** What a link is that our .netdev makes, where it is not on record: the inventory may be lost. */
function madeBy(netdev: string, link: string, { units }: Observed): Pick<OwnedLink, 'kind'> | undefined {
  const there = units.get(netdev);
  const kind = there?.intactOwner === undefined ? undefined : there.makes?.[link];
  return kind === undefined ? undefined : { kind };
}

/**
 * What a link is, by the record or the kernel, and what its .netdev makes of it by now or once it is written.
 * @param written hash of the .netdev where its text is there as it is to be
 */
function kindsOf(
  before: Pick<OwnedLink, 'kind' | 'becomes' | 'outlived'> | undefined,
  seen: ObservedLink | undefined,
  wanted: string,
  written: string | undefined,
): Pick<OwnedLink, 'kind' | 'becomes' | 'outlived'> {
  const { kind = seen?.kind, becomes, outlived } = before ?? {};
  if (kind === undefined) return { kind: wanted };
  const now = seen?.kind !== undefined && seen.kind === becomes ? seen.kind : kind;
  if (now !== wanted) {
    const isOutlived = written !== undefined && outlived === written;
    if (isOutlived && !seen) return { kind: wanted };
    return { kind: now, becomes: wanted, ...(isOutlived && { outlived }) };
  }
  // Until its .netdev says so again, a boot makes of it what that still says.
  return (seen && written !== undefined) || becomes === undefined ? { kind: now } : { kind: now, becomes };
}

/**
 * Links that no document wants and that nobody sees: networkd may make one before it is told that their .netdev is
 * deleted, and osa-net may go down before it has seen that. After that what takes the name is somebody else's, but for
 * what stands on another link and is made again with that.
 */
export function lastUnseen(
  inventory: Inventory,
  desired: Desired,
  observed: Observed,
): readonly (readonly [string, OwnedLink])[] {
  return Object.entries(inventory.links).flatMap(([name, owned]) => {
    if (observed.links.has(name) || desired.made.has(name)) return [];
    const claimed = unseen(owned.netdev, owned, inventory, observed);
    const isOver = !observed.units.has(owned.netdev) && !inventory.reloadPending && !isStacked(owned.kind);
    const identity = isOver && claimed === unseenIdentity(observed) ? undefined : claimed;
    return identity === owned.identity ? [] : [[name, { ...owned, identity }] as const];
  });
}

/** Links that no document wants, as they are now: once their .netdev is deleted, only that tells whose they are. */
export function lastSeen(inventory: Inventory, desired: Desired, observed: Observed): Identified {
  return identified(inventory, observed, ({ name }) => !desired.made.has(name));
}

/**
 * Links on record as they are now: from then on nothing hangs on their .netdevs, also where no document wants them, their
 * resources are left alone, or networkd is away.
 */
export function nowSeen(inventory: Inventory, observed: Observed): Identified {
  return identified(inventory, observed, () => true);
}

/**
 * Links that a networkd made which started after the look of a pass, from the texts of then: today's make another kind of
 * them, so that nothing else tells whose they are.
 */
export function madeAtStart(inventory: Inventory, desired: Desired, carried: Carried): Identified {
  if (!carried.isStartedAnew) return [];
  const then = { ...carried.after, units: carried.before.units };
  const isAsBefore = ({ name, kind }: ObservedLink, owned: OwnedLink) =>
    desired.made.has(name) && owned.becomes !== undefined && kind === owned.kind;
  return identified(inventory, then, isAsBefore);
}

/**
 * Links that are still there although networkd, which was told, knows only the text of another kind for their names by now.
 * What stands on another link it may make once more from what it knew before (v250 to v256).
 */
export function outlived(
  inventory: Inventory,
  desired: Desired,
  { after, done, isStartedAnew }: Carried,
): Identified {
  const knows = after.networkd.state === 'running' && (isTold(done) || !inventory.reloadPending);
  if (!knows || isStartedAnew) return [];
  return Object.entries(inventory.links).flatMap(([name, owned]) => {
    const seen = after.links.get(name);
    const hash = hashOf(owned.netdev, desired);
    const isNews = after.units.get(owned.netdev)?.hash === hash && owned.outlived !== hash;
    if (seen?.kind !== owned.kind || owned.becomes === undefined || !isNews || isStacked(owned.kind))
      return [];
    return isOnRecord(seen, after, inventory) ? [[name, { ...owned, outlived: hash }] as const] : [];
  });
}

type Identified = readonly (readonly [string, OwnedLink])[];

/** Links on record of which it is news which they are. */
function identified(
  inventory: Inventory,
  observed: Observed,
  isMeant: (seen: ObservedLink, owned: OwnedLink) => boolean,
): Identified {
  return Object.entries(inventory.links).flatMap(([name, owned]) => {
    const seen = observed.links.get(name);
    if (!seen || !isMeant(seen, owned)) return [];
    const identity = identityOf(seen, observed);
    const isNews = identity !== owned.identity && isOnRecord(seen, observed, inventory);
    return isNews ? [[name, { ...owned, identity }] as const] : [];
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
  const fields = [
    'owner',
    'kind',
    'becomes',
    'netdev',
    'madeFrom',
    'identity',
    'former',
    'outlived',
  ] as const;
  return fields.every((field) => a[field] === b[field]);
}
