import type { Compiled } from './compiled.ts';
import { type Conflict, nameOf } from './cross/claim.ts';
import { Dependencies } from './cross/dependencies.ts';
import { LinkClaims } from './cross/links.ts';
import { Topology } from './cross/loops.ts';
import { Subnets } from './cross/subnets.ts';
import type { Problem } from './problem.ts';
import { type AnyResource, locate, type ResourceKey } from './resource.ts';

/** A resource that cannot stand beside an earlier one. */
export interface Refusal {
  readonly resource: AnyResource;
  /** At the fields of this resource, naming the earlier one; at least one. */
  readonly problems: readonly Problem[];
  /** The earlier one, which stays. */
  readonly first: ResourceKey;
}

/** What becomes of documents that are valid one by one. */
export interface CrossChecked {
  readonly accepted: readonly AnyResource[];
  readonly refused: readonly Refusal[];
}

/**
 * Checks resources against each other: names, interfaces, units, ports, circles and subnets. In the order given, which
 * is the same on every host, the first stays and the later is refused; a refused one is in nobody's way.
 * @param compiled `compiled[i]` is what `resources[i]` means
 */
export function crossCheck(resources: readonly AnyResource[], compiled: readonly Compiled[]): CrossChecked {
  const byKey = new Map<ResourceKey, AnyResource>();
  const links = new LinkClaims();
  const topology = new Topology();
  const subnets = new Subnets();
  const dependencies = new Dependencies();
  const accepted: AnyResource[] = [];
  const refused: Refusal[] = [];
  resources.forEach((resource, index) => {
    const meaning = compiled[index];
    if (!meaning) throw new TypeError(`expected what ${resource.key} compiles to, got nothing`);
    const conflicts = sameName(resource, byKey) ?? [
      ...secondResolver(resource, accepted),
      ...withoutRepeats(topology.conflicts(resource, meaning), links.conflicts(resource, meaning)),
      ...subnets.conflicts(resource),
      ...dependencies.conflicts(resource, meaning),
    ];
    const [first] = conflicts;
    if (first) {
      refused.push({ resource, problems: problemsOf(resource, conflicts), first: first.first.resource.key });
      return;
    }
    byKey.set(resource.key, resource);
    links.add(resource, meaning);
    topology.add(resource, meaning);
    subnets.add(resource);
    dependencies.add(resource, meaning);
    accepted.push(resource);
  });
  return { accepted, refused };
}

/** With one name they are one resource twice: whatever else they share says nothing more. */
function sameName(
  resource: AnyResource,
  byKey: ReadonlyMap<ResourceKey, AnyResource>,
): Conflict[] | undefined {
  const earlier = byKey.get(resource.key);
  if (!earlier) return undefined;
  const field = 'metadata.name';
  const first = { resource: earlier, field };
  const message = `there is a ${nameOf(first)} already`;
  const hint = 'give it another metadata.name, or remove one of the two documents';
  return [{ field, first, fault: { code: 'DUPLICATE_NAME', message, hint } }];
}

/** /etc/resolv.conf and the service are there once. */
function secondResolver(resource: AnyResource, accepted: readonly AnyResource[]): Conflict[] {
  if (resource.kind !== 'Resolver') return [];
  const earlier = accepted.find(({ kind }) => kind === 'Resolver');
  if (!earlier) return [];
  const first = { resource: earlier, field: 'metadata.name' };
  const message = `a host has one resolver, and ${nameOf(first)} describes it already`;
  const hint = 'put everything into one of the two documents, and remove the other';
  return [{ field: 'metadata.name', first, fault: { code: 'DUPLICATE_UNIT', message, hint } }];
}

/** Bridges that are ports of each other are a circle: that says it all. */
function withoutRepeats(circles: readonly Conflict[], others: readonly Conflict[]): Conflict[] {
  if (circles.length === 0) return [...others];
  return [...circles, ...others.filter(({ fault }) => fault.code !== 'BRIDGE_CYCLE')];
}

function problemsOf(resource: AnyResource, conflicts: readonly Conflict[]): readonly Problem[] {
  return conflicts.map(({ field, fault }) => ({ ...fault, location: locate(resource, field) }));
}
