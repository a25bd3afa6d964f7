import type { Compiled } from '../compiled.ts';
import type { AnyResource } from '../resource.ts';
import { type Conflict, type Holder, nameOf } from './claim.ts';

interface Edge extends Holder {
  readonly from: string;
  readonly to: string;
}

/**
 * Which link hands its frames to which: a port to its bridge, a link to the macvlan or VLAN on top of it, a bridge to
 * the macvlan of an integration. Where that goes in a circle, frames do too.
 */
export class Topology {
  readonly #out = new Map<string, Edge[]>();
  readonly #targets = new Set<string>();

  /** The circle that a resource would close, if it would. */
  conflicts(resource: AnyResource, compiled: Compiled): Conflict[] {
    const edges = edgesOf(resource, compiled);
    for (const edge of edges) {
      // Only a link that gets frames from another one can be on a circle.
      if (!this.#targets.has(edge.from) && !edges.some(({ to }) => to === edge.from)) continue;
      const path = this.#path(edge.to, edge.from, edges);
      const first = path?.find((step) => step.resource !== resource);
      if (!path || !first) continue;
      const round = [edge.from, edge.to, ...path.map(({ to }) => to)].join(' > ');
      const message = `frames would go in a circle, ${round}, with ${nameOf(first)}`;
      const hint = 'remove one of the links from its bridge';
      return [{ field: edge.field, first, fault: { code: 'BRIDGE_CYCLE', message, hint } }];
    }
    return [];
  }

  /** Takes down the links of an accepted resource. */
  add(resource: AnyResource, compiled: Compiled): void {
    for (const edge of edgesOf(resource, compiled)) {
      const edges = this.#out.get(edge.from);
      if (edges) edges.push(edge);
      else this.#out.set(edge.from, [edge]);
      this.#targets.add(edge.to);
    }
  }

  /** The edges from one link to another; undefined when there is no way. */
  #path(start: string, goal: string, own: readonly Edge[]): Edge[] | undefined {
    const cameBy = new Map<string, Edge | undefined>([[start, undefined]]);
    const queue = [start];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      if (at === goal) return trace(cameBy, goal);
      for (const edge of [...(this.#out.get(at) ?? []), ...own.filter(({ from }) => from === at)]) {
        if (cameBy.has(edge.to)) continue;
        cameBy.set(edge.to, edge);
        queue.push(edge.to);
      }
    }
    return undefined;
  }
}

function trace(cameBy: ReadonlyMap<string, Edge | undefined>, goal: string): Edge[] {
  const path: Edge[] = [];
  for (let edge = cameBy.get(goal); edge; edge = cameBy.get(edge.from)) path.unshift(edge);
  return path;
}

/** compileAll() gives the same object for what has not changed. */
const memo = new WeakMap<Compiled, readonly Edge[]>();

function edgesOf(resource: AnyResource, compiled: Compiled): readonly Edge[] {
  const known = memo.get(compiled) ?? readEdges(resource, compiled);
  memo.set(compiled, known);
  return known;
}

function readEdges(resource: AnyResource, { links }: Compiled): Edge[] {
  const edges: Edge[] = [];
  for (const { link, kind, parent, master, field } of links) {
    if (master) edges.push({ resource, field, from: link, to: master.name });
    // The parent of a veth is its peer: neither stands on the other.
    if (parent !== undefined && kind !== 'veth' && kind !== 'vxcan') {
      edges.push({ resource, field, from: parent, to: link });
    }
  }
  if (resource.kind !== 'MacvlanIntegration') return edges;
  const macvlan = links.find(({ kind }) => kind === 'macvlan');
  if (macvlan) edges.push({ resource, field: 'spec.bridge', from: resource.spec.bridge, to: macvlan.link });
  return edges;
}
