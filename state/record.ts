import { castDraft, type Draft, produce } from 'immer';
import { isAnnotated, type ResourceKey } from '../crds/resource.ts';
import { askedBefore, followed, putAsked } from './asked.ts';
import type { Desired } from './desired.ts';
import { equal } from './equal.ts';
import type { Inventory, OwnedUnit, PreviousResolvConf, ResourceRecord } from './inventory.ts';
import type { Observed } from './observed.ts';
import { lastUnseen, linkIntents, nowSeen } from './owned-links.ts';
import { pendingAfter } from './pending.ts';
import type { Plan } from './plan.ts';
import { resolvConfOf, sameResolvConf } from './resolver.ts';

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
    noteReading(draft, desired);
    for (const [name, link] of nowSeen(inventory, observed)) draft.links[name] = castDraft(link);
    // Without networkd nothing is made, and whose the links are that exist by then was not asked.
    if (observed.networkd.state !== 'running') return;
    for (const [name, unit] of unitIntents(inventory, desired, isOurs)) draft.units[name] = unit;
    for (const [name, link] of linkIntents(inventory, desired, observed, isOurs, transaction?.scene ?? {}))
      draft.links[name] = castDraft(link);
    for (const [name, link] of lastUnseen(inventory, desired, observed)) draft.links[name] = castDraft(link);
    const asked = askedBefore(inventory, desired, observed, isOurs);
    const isReverting = transaction?.phase === 'reverting';
    putAsked(draft, isReverting ? asked : followed(asked, plan.steps, observed));
    Object.assign(draft, pendingAfter(inventory, plan));
    const resolver = resolverIntent(inventory, desired, observed, isOurs);
    if (resolver) draft.resolver = castDraft(resolver);
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

/** What the directory held and what of it is held back; what stands in for it says nothing of either. */
function noteReading(draft: Draft<Inventory>, { inForce }: Desired): void {
  const { prune, present, isStandIn, isCovered } = inForce;
  if (isStandIn) return;
  if (prune.held.length === 0) delete draft.held;
  else if (prune.held.join() !== draft.held?.join()) draft.held = [...prune.held];
  const documents = [...present].sort();
  if (prune.everything || isCovered || documents.join() === (draft.documents ?? []).join()) return;
  draft.documents = documents;
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

function resolverIntent(
  inventory: Inventory,
  { resolver }: Desired,
  observed: Observed,
  isOurs: (owner: ResourceKey) => boolean,
): Inventory['resolver'] {
  if (!resolver || !isOurs(resolver.owner)) return undefined;
  const before = inventory.resolver;
  const dropIn = resolver.intent.dropIn !== undefined || (before?.dropIn ?? false);
  const content = resolvConfOf(resolver.intent);
  const written = content
    ? writtenBy(content, before?.written, observed.resolver.resolvConf)
    : before?.written;
  const previous = before?.previous ?? (content === undefined ? undefined : observed.resolver.resolvConf);
  const isSame =
    before?.owner === resolver.owner &&
    before.dropIn === dropIn &&
    equal(before.previous, previous) &&
    equal(before.written, written);
  return isSame ? undefined : { owner: resolver.owner, dropIn, previous, ...(written && { written }) };
}

/** What is to be written, and what we wrote before as long as it is there: it may not come to be replaced. */
function writtenBy(
  content: PreviousResolvConf,
  before: readonly PreviousResolvConf[] = [],
  seen: PreviousResolvConf,
): readonly PreviousResolvConf[] {
  const isLeft = (one: PreviousResolvConf) => sameResolvConf(one, seen) && !sameResolvConf(one, content);
  return [...before.filter(isLeft), content];
}
