import { assemble } from '../crds/assemble.ts';
import { crossCheck } from '../crds/check.ts';
import { compileAll } from '../crds/compile.ts';
import type { LinkExpectation, ResolverIntent, Unit } from '../crds/compiled.ts';
import { dependenciesOf } from '../crds/depends-on.ts';
import { languageOf } from '../crds/language/document.ts';
import type { Reading } from '../crds/language/reading.ts';
import type { Capabilities } from '../crds/networkd/capabilities.ts';
import { at, type Problem } from '../crds/problem.ts';
import { type AnyResource, isAnnotated, type ResourceKey } from '../crds/resource.ts';
import { resourcesOf, type SourceFile } from './directory.ts';
import type { InForce } from './force.ts';
import { isRefused } from './inventory.ts';
import { lastGoodFiles } from './last-good.ts';
import type { Probe } from './probe.ts';

/** What the host should be: the units, and what must be true of the links. */
export interface Desired {
  readonly resources: ReadonlyMap<ResourceKey, AnyResource>;
  readonly units: ReadonlyMap<string, Unit>;
  readonly unitsOf: ReadonlyMap<ResourceKey, readonly Unit[]>;
  /** Made links by name. */
  readonly made: ReadonlyMap<string, OwnedExpectation>;
  readonly linksOf: ReadonlyMap<ResourceKey, readonly LinkExpectation[]>;
  readonly resolver?: { readonly owner: ResourceKey; readonly intent: ResolverIntent } | undefined;
  /** What the documents want to be asked before and after a change; suspended ones are not. */
  readonly probes: readonly Probe[];
  /** Documents that lost against another or cannot be had on this systemd, with the reasons. */
  readonly refused: ReadonlyMap<ResourceKey, Refused>;
  /** How systemd reads what is in networkd's or udev's own language, where there is something to say about it. */
  readonly readings: ReadonlyMap<ResourceKey, Reading>;
  readonly suspended: ReadonlySet<ResourceKey>;
  readonly inForce: InForce;
}

export type OwnedExpectation = LinkExpectation & { readonly owner: ResourceKey };

export interface Refused {
  readonly resource: AnyResource;
  readonly reason: 'Conflict' | 'DependencyNotReady' | 'UnsupportedBySystemd' | 'RolledBack';
  readonly problems: readonly Problem[];
}

/**
 * Documents in force → units and expectations. A document that is refused falls back to its last good version where
 * that one still fits beside the others, so that an edit which conflicts changes nothing.
 */
export function desire(force: InForce, capabilities: Capabilities): Desired {
  const refused = new Map<ResourceKey, Refused>();
  const first = settle(notRolledBack(force, refused), capabilities, refused);
  const fallback = first.length === force.resources.length ? [] : lastGoodOf(force, first);
  const later = new Map<ResourceKey, Refused>();
  const resources =
    fallback.length === 0 ? first : settle(withFallback(first, fallback), capabilities, later);
  // What its author sees of a document that is refused twice is what is wrong with its text of today.
  const all = new Map([...later, ...refused]);
  return build(resources, capabilities, all, force);
}

/**
 * The files to keep as last good ones: what a document falls back to, and a change goes back to.
 * @param waiting resources of today that this pass does not put on the host: of those what was there before is kept
 */
export function worthKeeping(
  { inForce: { good, previous }, resources }: Desired,
  waiting: Iterable<AnyResource> = [],
): ReadonlyMap<string, SourceFile> {
  const before = new Map(resourcesOf(previous.values()).map((resource) => [resource.key, resource]));
  const kept = new Map(resources);
  for (const { key } of waiting) {
    const earlier = before.get(key);
    if (earlier) kept.set(key, earlier);
    else kept.delete(key);
  }
  return lastGoodFiles(kept.values(), good, previous);
}

function differs(a: AnyResource, b: AnyResource): boolean {
  return a.specHash !== b.specHash || !sameDependencies(a, b);
}

/** Leaves out the specs that were tried and taken back; that they were is noted. */
function notRolledBack(
  { resources, rolledBack }: InForce,
  refused: Map<ResourceKey, Refused>,
): readonly AnyResource[] {
  if (rolledBack.size === 0) return resources;
  return resources.filter((resource) => {
    const { key, specHash, location } = resource;
    const known = rolledBack.get(key);
    if (!known || !isRefused(known) || known.specHash !== specHash) return true;
    const problem: Problem = {
      code: 'ROLLED_BACK',
      message: `taken back: ${known.message}`,
      hint: `change the document, or try it again with: osa-net resume ${key}`,
      location,
    };
    note(refused, { resource, reason: 'RolledBack', problems: [problem] });
    return false;
  });
}

/** Removes what is refused until the rest fits together; the refusals are noted. */
function settle(
  resources: readonly AnyResource[],
  capabilities: Capabilities,
  refused: Map<ResourceKey, Refused>,
): readonly AnyResource[] {
  const compiled = compileAll(resources, capabilities);
  const supported = resources.filter((resource, i) => {
    const problems = compiled[i]?.problems ?? [];
    if (problems.length > 0) note(refused, { resource, reason: reasonOf(problems), problems });
    return problems.length === 0;
  });
  const checked = crossCheck(supported, compileAll(supported, capabilities));
  for (const { resource, problems } of checked.refused)
    note(refused, { resource, reason: 'Conflict', problems });
  return withoutUnitConflicts(checked.accepted, capabilities, refused);
}

function reasonOf(problems: readonly Problem[]): Refused['reason'] {
  const isMissing = problems.every(({ code }) => code === 'MISSING_LINK');
  return isMissing ? 'DependencyNotReady' : 'UnsupportedBySystemd';
}

/** Documents of one name are one entry, with what is wrong with each of them. */
function note(refused: Map<ResourceKey, Refused>, refusal: Refused): void {
  const known = refused.get(refusal.resource.key) ?? { ...refusal, problems: [] };
  refused.set(refusal.resource.key, { ...known, problems: [...known.problems, ...refusal.problems] });
}

function withoutUnitConflicts(
  resources: readonly AnyResource[],
  capabilities: Capabilities,
  refused: Map<ResourceKey, Refused>,
): readonly AnyResource[] {
  const { conflicts } = assemble(compileAll(resources, capabilities));
  if (conflicts.length === 0) return resources;
  const losers = new Map(conflicts.map((conflict) => [conflict.key, conflict]));
  const byKey = new Map(resources.map((resource) => [resource.key, resource]));
  for (const resource of resources) {
    const conflict = losers.get(resource.key);
    const winner = conflict && byKey.get(conflict.first);
    if (!conflict || !winner) continue;
    const problem: Problem = {
      code: 'DUPLICATE_UNIT',
      message: `[${conflict.section}] ${conflict.entry} of ${conflict.unit} is already set by ${winner.key} (${at(winner.location)})`,
      hint: 'set it in one document only',
      location: resource.location,
    };
    note(refused, { resource, reason: 'Conflict', problems: [problem] });
  }
  return resources.filter(({ key }) => !losers.has(key));
}

/** Last good versions of the refused documents, where they differ from what was refused. */
function lastGoodOf(force: InForce, accepted: readonly AnyResource[]): readonly AnyResource[] {
  const settled = new Set(accepted.map(({ key }) => key));
  const refusedNow = new Map(force.resources.filter(({ key }) => !settled.has(key)).map((r) => [r.key, r]));
  return [...force.previous.values()]
    .flatMap((source) => source.loaded.resources)
    .filter((resource) => {
      const now = refusedNow.get(resource.key);
      return now !== undefined && differs(now, resource);
    });
}

/** What a resource depends on is no part of its spec, and may be what it was refused for. */
function sameDependencies(a: AnyResource, b: AnyResource): boolean {
  return dependenciesOf(a).join() === dependenciesOf(b).join();
}

/** Fallbacks come last: they never win against a document of today. */
function withFallback(
  accepted: readonly AnyResource[],
  fallback: readonly AnyResource[],
): readonly AnyResource[] {
  return [...accepted, ...fallback];
}

function build(
  resources: readonly AnyResource[],
  capabilities: Capabilities,
  refused: ReadonlyMap<ResourceKey, Refused>,
  force: InForce,
): Desired {
  const compiled = compileAll(resources, capabilities);
  const { units } = assemble(compiled);
  const made = new Map<string, OwnedExpectation>();
  for (const { key, links } of compiled) {
    for (const link of links) if (link.made) made.set(link.link, { ...link, owner: key });
  }
  const isHeldStill = (resource: AnyResource) => isSuspended(resource, force, refused.get(resource.key));
  const suspended = new Set(resources.filter(isHeldStill).map(({ key }) => key));
  const withResolver = compiled.find(({ resolver }) => resolver !== undefined);
  return {
    resources: new Map(resources.map((resource) => [resource.key, resource])),
    units: new Map(units.map((unit) => [unit.name, unit])),
    unitsOf: groupUnits(units),
    made,
    linksOf: new Map(compiled.map(({ key, links }) => [key, links])),
    resolver: withResolver?.resolver && { owner: withResolver.key, intent: withResolver.resolver },
    probes: compiled.flatMap(({ key, probe }) => (probe && !suspended.has(key) ? { id: key, ...probe } : [])),
    refused,
    readings: readingsOf(resources, capabilities.version),
    suspended,
    inForce: force,
  };
}

function readingsOf(resources: readonly AnyResource[], version: number): Desired['readings'] {
  const readings = resources.map((resource) => [resource.key, languageOf(resource, version)] as const);
  return new Map(readings.filter(([, { unread, warnings }]) => unread.length + warnings.length > 0));
}

/** Whoever lifts a suspension together with a change that is taken back has lifted it all the same. */
function isSuspended(
  resource: AnyResource,
  { suspended, undone }: InForce,
  refused: Refused | undefined,
): boolean {
  if (suspended === 'all' || suspended.has(resource.key)) return true;
  const speaking = refused?.reason === 'RolledBack' ? refused.resource : resource;
  return !undone.has(resource.key) && isAnnotated(speaking, 'reconcile');
}

function groupUnits(units: readonly Unit[]): ReadonlyMap<ResourceKey, readonly Unit[]> {
  const groups = new Map<ResourceKey, Unit[]>();
  for (const unit of units) {
    const group = groups.get(unit.owner);
    if (group) group.push(unit);
    else groups.set(unit.owner, [unit]);
  }
  return groups;
}
