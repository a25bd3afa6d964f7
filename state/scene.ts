import type { ResourceKey } from '../crds/resource.ts';
import type { Desired } from './desired.ts';
import { isForeignLink } from './foreign.ts';
import type { Inventory } from './inventory.ts';
import { identityOf, type Observed, type ObservedLink } from './observed.ts';

/**
 * Settings of links that exist by other means, as they were before a change of ours touched them. What units describe
 * comes back with the units; these only the kernel knew.
 */
export type Scene = Readonly<Record<string, LinkScene>>;

export interface LinkScene extends AddressScene {
  /** Which link it was: one that came later has settings of its own. */
  readonly identity: string;
  /** Whose change touches it. Absent: in records of earlier versions. */
  readonly owner?: ResourceKey | undefined;
  readonly master?: string | undefined;
  readonly mtu: number;
  readonly mac?: string | undefined;
}

/** What somebody gave a link by hand; what a DHCP client or the kernel itself gave it comes back by itself. */
export interface AddressScene {
  /** CIDR strings. */
  readonly addresses: readonly string[];
  /** The other ends of point-to-point addresses as CIDR strings, by address. Absent: none is one. */
  readonly peers?: Readonly<Record<string, string>> | undefined;
  readonly routes: readonly SceneRoute[];
}

/** A route of the main table, in the words of ip-route(8). */
export interface SceneRoute {
  readonly family: 4 | 6;
  /** `default` or a prefix. */
  readonly destination: string;
  readonly gateway?: string | undefined;
  /** The gateway counts as reachable through the link, whatever the addresses say. */
  readonly onlink?: true | undefined;
  readonly protocol?: string | undefined;
  readonly scope?: string | undefined;
  readonly metric?: number | undefined;
  readonly source?: string | undefined;
}

/** Links of resources that are there: what no unit says of them stays as a change made it. */
export function linksOf(keys: Iterable<ResourceKey>, desired: Desired): ReadonlySet<string> {
  return new Set([...keys].flatMap((key) => (desired.linksOf.get(key) ?? []).map(({ link }) => link)));
}

/** Borrowed links that no unit of ours describes yet: what they are now is nowhere written down. */
export function newlyBorrowed(desired: Desired, observed: Observed, { units }: Inventory): readonly string[] {
  const expectations = [...desired.linksOf.values()].flat();
  const names = expectations.flatMap(({ made, link, network }) => {
    const isKnown = network !== undefined && units[network] !== undefined;
    return made || isKnown || !observed.links.has(link) ? [] : [link];
  });
  return [...new Set(names)].sort();
}

/** Links of others that these resources take over (`osa-net.dev/adopt`), as far as they have not done so. */
export function newlyTakenOver(
  keys: Iterable<ResourceKey>,
  desired: Desired,
  observed: Observed,
  inventory: Inventory,
): readonly string[] {
  const expectations = [...keys].flatMap((key) => desired.linksOf.get(key) ?? []);
  const taken = expectations.filter((expected) => {
    const seen = observed.links.get(expected.link);
    return seen !== undefined && isForeignLink(expected, seen, observed, inventory);
  });
  return taken.map(({ link }) => link);
}

const nothingGiven: AddressScene = { addresses: [], routes: [] };

/** The settings of links as they are now; `given` is what the kernel tells of some beyond what a pass observes. */
export function sceneOf(
  names: Iterable<string>,
  desired: Desired,
  observed: Observed,
  given: ReadonlyMap<string, AddressScene>,
): Scene {
  const owners = new Map(
    [...desired.linksOf].flatMap(([owner, all]) => all.map(({ link }) => [link, owner] as const)),
  );
  const entries = [...new Set(names)].sort().flatMap((name) => {
    const link = observed.links.get(name);
    if (!link) return [];
    const { master, mtu, mac } = link;
    const known = { identity: identityOf(link, observed), owner: owners.get(name), master, mtu, mac };
    return [[name, { ...known, ...(given.get(name) ?? nothingGiven) }] as const];
  });
  return Object.fromEntries(entries);
}

/** What was first seen of each link, for as long as it is the same one and not taken over only now: `anew`. */
export function mergedScene(first: Scene, later: Scene, anew: readonly string[]): Scene {
  const known = Object.entries(first).filter(
    ([name, { identity }]) => !anew.includes(name) && (later[name]?.identity ?? identity) === identity,
  );
  return { ...later, ...Object.fromEntries(known) };
}

/** Whether a link is no longer as it was, apart from its routes: those of links that nobody described are not watched. */
export function differsFromScene(scene: LinkScene, link: ObservedLink): boolean {
  const lost = scene.addresses.some((address) => !link.addresses.includes(address));
  return lost || link.master !== scene.master || link.mtu !== scene.mtu || link.mac !== scene.mac;
}
