import type { Compiled } from '../compiled.ts';
import { dependenciesOf, dependsOnField } from '../depends-on.ts';
import type { AnyResource, ResourceKey } from '../resource.ts';
import { type Conflict, type Holder, nameOf } from './claim.ts';

/** A resource, or the maker of a link, whoever that is. */
type Node = ResourceKey | `link ${string}`;

interface Edge extends Holder {
  readonly from: Node;
  readonly to: Node;
}

/**
 * Which resource is applied only after which: by its annotation, because it is plugged into a link of the other, or
 * because it stands on one. In a circle everybody would wait for ever.
 */
export class Dependencies {
  readonly #out = new Map<Node, Edge[]>();
  /** Without any annotation a circle is one of links, of which others tell. */
  #annotated = false;

  /** The circle that a resource would close, if it would. */
  conflicts(resource: AnyResource, compiled: Compiled): Conflict[] {
    const edges = edgesOf(resource, compiled);
    if (!this.#annotated && !isAnnotated(edges)) return [];
    for (const start of edges.filter(({ from }) => from === resource.key)) {
      const path = this.#path(start.to, resource.key, edges);
      const round = path && [start, ...path];
      const first = path?.find((step) => step.resource !== resource);
      if (!first || !round || !isAnnotated(round)) continue;
      const names = [resource.key, ...round.map(({ to }) => to).filter((to) => !to.startsWith('link '))];
      const message = `each would wait for the other, ${names.join(' > ')}, with ${nameOf(first)}`;
      const hint = 'remove one of them from osa-net.dev/depends-on';
      return [{ field: start.field, first, fault: { code: 'DEPENDENCY_CYCLE', message, hint } }];
    }
    return [];
  }

  /** Takes down what an accepted resource waits for. */
  add(resource: AnyResource, compiled: Compiled): void {
    const edges = edgesOf(resource, compiled);
    this.#annotated ||= isAnnotated(edges);
    for (const edge of edges) {
      this.#out.set(edge.from, [...(this.#out.get(edge.from) ?? []), edge]);
    }
  }

  /** The edges from one node to another; undefined when there is no way. */
  #path(at: Node, goal: Node, own: readonly Edge[], seen = new Set<Node>()): Edge[] | undefined {
    if (at === goal) return [];
    if (seen.has(at)) return undefined;
    seen.add(at);
    for (const edge of [...(this.#out.get(at) ?? []), ...own.filter(({ from }) => from === at)]) {
      const rest = this.#path(edge.to, goal, own, seen);
      if (rest) return [edge, ...rest];
    }
    return undefined;
  }
}

function isAnnotated(edges: readonly Edge[]): boolean {
  return edges.some(({ field }) => field === dependsOnField);
}

/** compileAll() gives the same object for what has not changed. */
const memo = new WeakMap<Compiled, readonly Edge[]>();

function edgesOf(resource: AnyResource, compiled: Compiled): readonly Edge[] {
  const known = memo.get(compiled);
  if (known && known[0]?.resource === resource) return known;
  const edges = readEdges(resource, compiled);
  memo.set(compiled, edges);
  return edges;
}

function readEdges(resource: AnyResource, { links }: Compiled): readonly Edge[] {
  const { key } = resource;
  const made = new Set(links.flatMap((link) => (link.made ? link.link : [])));
  const edges: Edge[] = dependenciesOf(resource).map((to) => {
    return { resource, field: dependsOnField, from: key, to };
  });
  for (const { link, kind, parent, master, field } of links) {
    const isPeer = kind === 'veth' || kind === 'vxcan';
    for (const below of [master?.name, isPeer ? undefined : parent]) {
      if (below !== undefined && !made.has(below))
        edges.push({ resource, field, from: key, to: `link ${below}` });
    }
    if (made.has(link)) edges.push({ resource, field, from: `link ${link}`, to: key });
  }
  return edges;
}
