import type { LinkExpectation, Unit } from '../crds/compiled.ts';
import { at } from '../crds/problem.ts';
import { type AnyResource, annotation, isAnnotated, locate, type ResourceKey } from '../crds/resource.ts';
import { identityDifferences } from './compare.ts';
import { optionDifferences } from './compare-options.ts';
import { needsNewLink } from './dependents.ts';
import type { Desired } from './desired.ts';
import { isForeignLink } from './foreign.ts';
import { hasLeave, isInUse, lossOf, type Users, usersOf } from './in-use.ts';
import { isRefused } from './inventory.ts';
import type { PlanInput } from './plan-input.ts';

/** A link that only a new one would put right, and that is not made anew by this plan. */
export interface Deferred {
  readonly link: string;
  /** Path of the field in the document that the link comes from. */
  readonly field: string;
  /** Why a new link is needed. */
  readonly reason: string;
  /** Who would lose something; nobody, where it only waits for its turn. */
  readonly users: Users;
  /** Nothing else helps; false for the last rung of the ladder, beside which the others go on. */
  readonly isOnlyWay: boolean;
}

/** A re-creation that is asked for, and whether it must not be: others use the link and nobody gave leave. */
export function deferredBy(
  input: PlanInput,
  owner: ResourceKey,
  { link, field }: LinkExpectation,
  reason: string,
  isOnlyWay: boolean,
): Deferred | undefined {
  if (hasLeave(input, owner)) return undefined;
  const users = usersOf(link, input);
  return isInUse(users) ? { link, field, reason, users, isOnlyWay } : undefined;
}

/**
 * Changes that need a new link, where others use the one that is there. Their resources are left alone altogether: a
 * .netdev beside a link that is not made from it would be half of a change, which looks good until leave is given or
 * the host boots, when nobody watches any more.
 * @param taken resources that are left alone already, because their names are somebody else's
 */
export function blockedChanges(
  input: PlanInput,
  taken: ReadonlyMap<ResourceKey, string>,
): ReadonlyMap<ResourceKey, readonly Deferred[]> {
  const blocked = new Map<ResourceKey, readonly Deferred[]>();
  const { resources, linksOf, suspended } = input.desired;
  for (const resource of resources.values()) {
    const { key } = resource;
    if (taken.has(key) || suspended.has(key)) continue;
    const isNew = isNewText(key, input);
    const deferred = (linksOf.get(key) ?? []).flatMap((expected) => {
      const reason = isAdoption(resource, expected, input)
        ? 'this systemd cannot take over a link'
        : isNew && (needsNewLink(input, key, expected)?.reason ?? newIdentity(expected, input));
      return (reason && deferredBy(input, key, expected, reason, true)) || [];
    });
    if (deferred.length > 0) blocked.set(key, deferred);
  }
  return blocked;
}

/** Whether units of a resource were never written as its document has them now. What goes back goes as far as it can. */
function isNewText(key: ResourceKey, { desired, inventory }: PlanInput): boolean {
  const isUndone =
    inventory.transaction?.phase === 'reverting' || isRefused(desired.inForce.rolledBack.get(key));
  const isWritten = ({ name, hash }: Unit) => inventory.units[name]?.hash === hash;
  return !isUndone && !(desired.unitsOf.get(key) ?? []).every(isWritten);
}

/** Why a link of ours has to be another one by its new text. */
function newIdentity(expected: LinkExpectation, { observed, inventory }: PlanInput): string | undefined {
  const seen = observed.links.get(expected.link);
  if (!seen || inventory.links[expected.link]?.kind !== seen.kind) return undefined;
  const options = optionDifferences(expected, seen).filter(([aspect]) => aspect === 'kind');
  return [...identityDifferences(expected, seen), ...options][0]?.[1];
}

function isAdoption(
  resource: AnyResource,
  expected: LinkExpectation,
  { observed, inventory }: PlanInput,
): boolean {
  if (observed.networkd.capabilities.adoptsExistingDevice || !isAnnotated(resource, 'adopt')) return false;
  const seen = observed.links.get(expected.link);
  return seen !== undefined && isForeignLink(expected, seen, observed, inventory);
}

/** By link: the resources whose re-creations it blocks. When it changes, that is news to them. */
export function blockers({
  deferred,
}: {
  readonly deferred: ReadonlyMap<ResourceKey, readonly Deferred[]>;
}): ReadonlyMap<string, readonly ResourceKey[]> {
  const found = new Map<string, ResourceKey[]>();
  for (const [key, all] of deferred) {
    for (const name of all.flatMap(({ users }) => [...users.ports, ...users.stacked])) {
      found.set(name, [...(found.get(name) ?? []), key]);
    }
  }
  return found;
}

/** What is to be told of a re-creation that waits for leave: who loses what, and how to give it. */
function inUseMessage(resource: AnyResource, { link, field, reason, users }: Deferred): string {
  const place = at(locate(resource, field));
  const leave = `annotate ${resource.key} with ${annotation.recreate}: allowed, or run the operator with --allow-recreate`;
  return `${place}: ${link} must be made anew (${reason}), which ${lossOf(users)}; detach them, or give leave: ${leave}`;
}

/** What is to be told of each resource, where re-creations of its links wait for leave. */
export function inUseMessages(
  { resources }: Pick<Desired, 'resources'>,
  deferred: ReadonlyMap<ResourceKey, readonly Deferred[]>,
): ReadonlyMap<ResourceKey, string> {
  const messages = new Map<ResourceKey, string>();
  for (const [key, all] of deferred) {
    const resource = resources.get(key);
    const used = all.filter(({ users }) => isInUse(users));
    if (!resource || used.length === 0) continue;
    messages.set(key, used.map((one) => inUseMessage(resource, one)).join('; '));
  }
  return messages;
}

/** What is to be told of a re-creation that only waits for its turn. */
export function recreationMessage({ link, reason }: Deferred): string {
  return `${link} is made anew at the next try: ${reason}`;
}
