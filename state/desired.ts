import { assemble } from '../crds/assemble.ts';
import { compileAll } from '../crds/compile.ts';
import type { LinkExpectation, ResolverIntent, Unit } from '../crds/compiled.ts';
import { dependenciesOf } from '../crds/depends-on.ts';
import { languageOf } from '../crds/language/document.ts';
import type { Reading } from '../crds/language/reading.ts';
import type { Capabilities } from '../crds/networkd/capabilities.ts';
import type { Problem } from '../crds/problem.ts';
import { type AnyResource, isAnnotated, type ResourceKey } from '../crds/resource.ts';
import { resourcesOf, type SourceFile } from './directory.ts';
import { fitting, note, type Refused } from './fitting.ts';
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

/**
 * Documents in force → units and expectations. A document that is refused falls back to its last good version where
 * that one still fits beside the others, so that an edit which conflicts changes nothing.
 */
export function desire(force: InForce, capabilities: Capabilities): Desired {
  const refused = new Map<ResourceKey, Refused>();
  const first = fitting(notRolledBack(force, refused), capabilities, refused);
  if (first.length === force.resources.length) return build(first, capabilities, refused, force);
  const needed = neededBy(refused, force, capabilities);
  const fallback = [...lastGoodOf(force, first), ...needed];
  const again = withoutReplaced(force, first, fallback).filter(
    ({ key }) => refused.get(key)?.missing?.length,
  );
  const later = new Map<ResourceKey, Refused>();
  const resources = fitting([...first, ...fallback, ...again], capabilities, later);
  // What its author sees of a document that is refused twice is what is wrong with its text of today.
  const all = new Map([...later, ...withoutMended(refused, resources, needed)]);
  return build(resources, capabilities, all, force);
}

/**
 * Documents that are gone although others stand on their links: they stay until nobody needs them. Whoever takes the
 * document of a card away does not mean to cut off the VLANs on it at the next boot.
 */
function neededBy(
  refused: ReadonlyMap<ResourceKey, Refused>,
  { resources, previous, isStandIn }: InForce,
  capabilities: Capabilities,
): readonly AnyResource[] {
  const missing = new Set([...refused.values()].flatMap((one) => one.missing ?? []));
  if (missing.size === 0 || isStandIn) return [];
  const today = new Set(resources.map(({ key }) => key));
  const before = resourcesOf(previous.values());
  return compileAll(before, capabilities).flatMap(({ key, links }, i) => {
    const isNeeded = !today.has(key) && links.some(({ link }) => missing.has(link));
    return isNeeded ? [before[i] as AnyResource] : [];
  });
}

/** The refused documents of today for which nothing earlier stands in. */
function withoutReplaced(
  { resources }: InForce,
  accepted: readonly AnyResource[],
  fallback: readonly AnyResource[],
): readonly AnyResource[] {
  const taken = new Set([...accepted, ...fallback].map(({ key }) => key));
  return resources.filter(({ key }) => !taken.has(key));
}

/** Without the refusals of documents that lacked a link of one that came back as it was; one that is gone is told of. */
function withoutMended(
  refused: ReadonlyMap<ResourceKey, Refused>,
  resources: readonly AnyResource[],
  needed: readonly AnyResource[],
): ReadonlyMap<ResourceKey, Refused> {
  const accepted = new Set(resources);
  const isMended = ({ resource, missing = [] }: Refused) =>
    missing.length > 0 && accepted.has(resource) && needed.length === 0;
  return new Map([...refused].filter(([, refusal]) => !isMended(refusal)));
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
