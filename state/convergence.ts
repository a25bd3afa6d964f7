import type { LinkExpectation } from '../crds/compiled.ts';
import { dependsOnField } from '../crds/depends-on.ts';
import { at } from '../crds/problem.ts';
import { type AnyResource, locate, type ResourceKey } from '../crds/resource.ts';
import { lacksCarrier } from './climbable.ts';
import type { Difference } from './compare.ts';
import { isInUse } from './in-use.ts';
import type { Evidence } from './judge.ts';
import { foughtFields } from './progress.ts';
import { type Deferred, inUseMessages, recreationMessage } from './recreation.ts';
import { portsToPutBack } from './replug.ts';
import { resolverDifferences } from './resolver.ts';
import { dropInsMessage, rivalsMessage } from './rivals.ts';
import { type Standing, unmetDependencies } from './standing.ts';
import type { Reason } from './status.ts';
import { portsToUnplug } from './unplug.ts';

/** Why a resource is not ready; undefined when it is. */
export interface Trouble {
  readonly reason: Reason;
  readonly message: string;
  /** The spec is on the host as far as osa-net can put it there; only the network does not follow yet. */
  readonly synced: boolean;
  readonly status?: 'Unknown';
  /** Trying again would change nothing. */
  readonly waits?: boolean;
  /** Only something outside gets it any further; it is looked at again, but says nothing against what goes wrong besides. */
  readonly isStuck?: boolean;
}

/** What a resource is judged by. */
export interface Case {
  readonly resource: AnyResource;
  readonly evidence: Evidence;
  readonly expectations: readonly LinkExpectation[];
  readonly differences: readonly Difference[];
  /** How the others stand now. */
  readonly standingOf: (key: ResourceKey) => Standing;
}

/** Why units and links are not as the document says; undefined where they are. */
export function convergenceTrouble(given: Case): Trouble | undefined {
  const { resource, evidence, expectations, differences } = given;
  const { desired, observed, inventory, plan } = evidence;
  if (plan.unapplied.has(resource.key)) return firstWait(given);
  const units = desired.unitsOf.get(resource.key) ?? [];
  const outdated = units.some(({ name, hash }) => observed.units.get(name)?.hash !== hash);
  const resolver =
    desired.resolver?.owner === resource.key
      ? resolverDifferences(desired.resolver.intent, observed.resolver)
      : [];
  const deferred = recreationTrouble(given, outdated || resolver.length > 0);
  if (deferred) return deferred;
  if (differences.length === 0 && resolver.length === 0) {
    const progressing = (message: string): Trouble => ({ reason: 'Progressing', message, synced: false });
    if (outdated) return progressing('its units are not written yet');
    const unplugged = portsToPutBack(inventory, resource.key);
    if (unplugged.length > 0) return progressing(`${unplugged.join(', ')} must be plugged in again`);
    const plugged = portsToUnplug(inventory, resource.key, desired, observed);
    if (plugged.length > 0)
      return progressing(`${plugged.join(', ')} must be unplugged: no document names it any more`);
    // Whose units networkd has not read is not known: a reload that fails fails for all.
    return inventory.reloadPending && units.length > 0
      ? progressing('systemd-networkd has not read its units yet')
      : undefined;
  }
  const synced =
    !outdated &&
    resolver.length === 0 &&
    differences.every(({ aspect }) => ['setup', 'state'].includes(aspect));
  const missing = dependencyMessage(resource, expectations, evidence);
  if (missing !== undefined) {
    const isStuck = !outdated && resolver.length === 0 && differences.every((one) => isOutside(one, given));
    return { reason: 'DependencyNotReady', message: missing, synced, isStuck };
  }
  const found = [...resolver, ...differences.map((d) => `${d.link}: ${d.message}`)].join('; ');
  const unmet = unmetMessage(given);
  if (unmet !== undefined)
    return { reason: 'DependencyNotReady', message: `${unmet}; meanwhile ${found}`, synced };
  return { ...reasonOf(resource.key, evidence, differences, resolver, found), synced };
}

/** Whether only what is missing can mend a difference: a link that nobody makes, the bridge of a port, or carrier. */
function isOutside({ link, aspect }: Difference, { expectations, evidence: { observed } }: Case): boolean {
  const expected = expectations.find((one) => one.link === link);
  if (aspect === 'missing') return expected?.made === false;
  if (aspect === 'state' && lacksCarrier(observed.links.get(link))) return true;
  const hasNoMaster = expected?.master !== undefined && !observed.links.has(expected.master.name);
  return hasNoMaster && ['master', 'setup', 'state'].includes(aspect);
}

/** A resource that was never applied says what it waits for, or that its turn has come. */
function firstWait(given: Case): Trouble {
  const unmet = unmetMessage(given);
  return unmet === undefined
    ? { reason: 'Progressing', message: 'what it depends on is Ready; it is applied next', synced: false }
    : {
        reason: 'DependencyNotReady',
        message: `${unmet}, so nothing of it is applied yet`,
        synced: false,
        waits: true,
      };
}

/** `…/a.yaml:5:7: waits for ContainerBridge/x, which is not Ready`; undefined where everything stands. */
function unmetMessage({ resource, evidence: { desired }, standingOf }: Case): string | undefined {
  const unmet = unmetDependencies(resource, desired, standingOf);
  if (unmet.length === 0) return undefined;
  const known = (key: ResourceKey) => desired.resources.has(key) || desired.refused.has(key);
  const each = unmet.map((key) => `${key}, which ${known(key) ? 'is not Ready' : 'no document describes'}`);
  return `${at(locate(resource, dependsOnField))}: waits for ${each.sort().join(', and ')}`;
}

/** A new link is needed: it waits for leave, or for its turn. */
function recreationTrouble(
  { resource, evidence: { desired, plan }, differences }: Case,
  outdated: boolean,
): Trouble | undefined {
  const deferred = plan.deferred.get(resource.key) ?? [];
  const used = deferred.filter(({ users }) => isInUse(users));
  if (used.length > 0) {
    const others = differences.filter(({ link }) => !used.some((one) => one.link === link && one.isOnlyWay));
    const message = inUseMessages(desired, plan.deferred).get(resource.key) ?? '';
    return { reason: 'InUse', message, synced: false, waits: !outdated && others.length === 0 };
  }
  const due = deferred.filter(({ isOnlyWay }: Deferred) => isOnlyWay);
  if (due.length === 0) return undefined;
  return { reason: 'RecreateRequired', message: due.map(recreationMessage).join('; '), synced: false };
}

function reasonOf(
  key: ResourceKey,
  evidence: Evidence,
  differences: readonly Difference[],
  resolver: readonly string[],
  found: string,
): Pick<Trouble, 'reason' | 'message'> {
  const own = evidence.progress.get(key);
  const isGone = (link: string) => evidence.observed.links.get(link)?.isNetworkFileGone;
  if (differences.some(({ aspect, link }) => aspect === 'shadowed' && !isGone(link))) {
    const advice =
      "networkd takes the first file that matches: remove that one, or narrow its [Match] and run 'networkctl reload'";
    return { reason: 'ShadowedByOtherFile', message: `${found}; ${advice}` };
  }
  if (resolver.some((text) => text.includes('systemd does not answer') || text.includes('not installed'))) {
    return { reason: 'DependencyNotReady', message: found };
  }
  const fought = foughtFields(own, evidence.now);
  if (fought.length > 0) {
    return {
      reason: 'ConflictDetected',
      message: `${found}; ${rivalsMessage(key, fought, evidence, evidence.clues)}`,
    };
  }
  const message = `${found}${dropInsMessage(key, evidence.desired, evidence.clues)}`;
  return { reason: (own?.attempts ?? 0) === 0 ? 'Progressing' : 'ProgressingWithRetry', message };
}

/** Links that nobody is going to make as things are: osa-net does not, or the document that would is held back. */
function dependencyMessage(
  resource: AnyResource,
  expectations: readonly LinkExpectation[],
  { observed, desired, plan }: Evidence,
): string | undefined {
  const isHeld = (key: ResourceKey) =>
    plan.foreign.has(key) || plan.unapplied.has(key) || desired.suspended.has(key);
  const missing = expectations.flatMap((expected) => {
    const where = at(locate(resource, expected.field));
    if (!expected.made && !observed.links.has(expected.link) && !desired.made.has(expected.link)) {
      return `${where}: link ${expected.link} does not exist on this host; plug it in or take it out of the document`;
    }
    const below = [expected.link, expected.master?.name, expected.parent];
    const held = below.flatMap((name) => {
      const owner =
        name === undefined || observed.links.has(name) ? undefined : desired.made.get(name)?.owner;
      const waits = owner !== undefined && owner !== resource.key && isHeld(owner);
      return waits
        ? `${where}: ${name} is made by ${owner}, which is not applied: see its own condition`
        : [];
    });
    const { master } = expected;
    if (!master?.foreign || observed.links.has(master.name)) return held;
    const bridge = at(locate(resource, 'spec.bridge'));
    return [
      ...held,
      `${bridge}: bridge ${master.name} does not exist on this host; create it, or describe it in a document of its own`,
    ];
  });
  return missing.length === 0 ? undefined : [...new Set(missing)].join('; ');
}
