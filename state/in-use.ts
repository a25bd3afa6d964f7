import type { LinkExpectation } from '../crds/compiled.ts';
import { isAnnotated, type ResourceKey } from '../crds/resource.ts';
import type { Desired } from './desired.ts';
import type { Observed, ObservedLink } from './observed.ts';
import type { PlanInput } from './plan-input.ts';

/** Who loses what when a link is made anew, as the user reads it. */
export interface Users {
  /** Ports that are unplugged, by name. */
  readonly ports: readonly string[];
  /** Links that are deleted with it, and what of them is known where they live in another network namespace. */
  readonly stacked: readonly string[];
}

type Known = Pick<PlanInput, 'desired' | 'observed'>;

/**
 * Users of a link, and of the links that go with it, that would not come back by themselves: everything but what
 * documents in force make or plug in.
 *
 * Of links in other network namespaces the kernel shows this one little: the other end of a veth pair by its
 * `link-netnsid`, and a macvlan that is up by the unicast address that its parent receives for it
 * (`Observed.usersElsewhere`). A macvlan that is down, an ipvlan, and a VLAN with its parent's address are not seen.
 */
export function usersOf(link: string, known: Known): Users {
  const { links } = known.observed;
  const doomed = doomedWith(link, links);
  const ports = [...links.values()].filter(
    ({ name, master }) => master !== undefined && doomed.has(master) && !isPluggedByUs(name, master, known),
  );
  // The other end of a pair is half of the link itself, whatever its name is by now.
  const own = isPair(links.get(link)) ? [link, links.get(link)?.parent] : [link];
  const stacked = [...doomed].filter((name) => !own.includes(name) && !isMadeByUs(name, known));
  const elsewhere = [...doomed].flatMap((name) => usersElsewhere(name, known.observed));
  return {
    ports: ports.map(({ name }) => name).sort(),
    stacked: [...new Set([...stacked.sort(), ...elsewhere.sort()])],
  };
}

/** Whether anybody would lose anything. */
export function isInUse({ ports, stacked }: Users): boolean {
  return ports.length > 0 || stacked.length > 0;
}

/** The users as one text: `unplugs vb-a and vb-b and deletes mv-guest`. */
export function lossOf({ ports, stacked }: Users): string {
  const parts = [
    ...(ports.length > 0 ? [`unplugs ${ports.join(', ')}`] : []),
    ...(stacked.length > 0 ? [`deletes ${stacked.join(', ')}`] : []),
  ];
  return parts.join(' and ');
}

/** Whether the links of a resource may be made anew although others use them. */
export function hasLeave({ desired, inventory, allowRecreate }: PlanInput, owner: ResourceKey): boolean {
  const resource = desired.resources.get(owner);
  const { transaction } = inventory;
  const isUndone = transaction?.phase === 'reverting' && transaction.changes[owner]?.mayRecreate === true;
  return allowRecreate || isUndone || (resource !== undefined && isAnnotated(resource, 'recreate'));
}

/** A link and everything that the kernel deletes with it: its peer, and what stands on them. */
function doomedWith(link: string, links: Observed['links']): ReadonlySet<string> {
  const doomed = new Set([link]);
  const peer = links.get(link);
  if (peer && isPair(peer) && peer.parent !== undefined && !peer.parentElsewhere) doomed.add(peer.parent);
  for (const name of doomed) {
    for (const other of links.values()) {
      if (other.parent === name && !other.parentElsewhere && !isPair(other)) doomed.add(other.name);
    }
  }
  return doomed;
}

function isPair(link: ObservedLink | undefined): boolean {
  return link?.kind === 'veth' || link?.kind === 'vxcan';
}

function usersElsewhere(name: string, { links, usersElsewhere: held }: Observed): readonly string[] {
  const peer = links.get(name);
  const end = isPair(peer) && peer?.parentElsewhere ? [`the other end of ${name} in another namespace`] : [];
  const known = new Set([...links.values()].flatMap(({ mac }) => mac ?? []));
  const unknown = (held?.get(name) ?? []).filter((mac) => !known.has(mac));
  return [...end, ...unknown.map((mac) => `a link on ${name} in another namespace (${mac})`)];
}

function isMadeByUs(name: string, { desired }: Known): boolean {
  const made = desired.made.get(name);
  return made !== undefined && !desired.suspended.has(made.owner);
}

function isPluggedByUs(name: string, master: string, { desired }: Known): boolean {
  return expectationsOf(name, desired).some((expected) => expected.master?.name === master);
}

const indexes = new WeakMap<Desired, ReadonlyMap<string, readonly LinkExpectation[]>>();

/** What resources that are not suspended promise of a link. */
function expectationsOf(name: string, desired: Desired): readonly LinkExpectation[] {
  const known = indexes.get(desired) ?? indexOf(desired);
  indexes.set(desired, known);
  return known.get(name) ?? [];
}

function indexOf({ linksOf, suspended }: Desired): ReadonlyMap<string, readonly LinkExpectation[]> {
  const index = new Map<string, LinkExpectation[]>();
  for (const [key, links] of linksOf) {
    if (suspended.has(key)) continue;
    for (const expected of links) index.set(expected.link, [...(index.get(expected.link) ?? []), expected]);
  }
  return index;
}
