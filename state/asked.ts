import { castDraft, type Draft, original } from 'immer';
import type { LinkExpectation } from '../crds/compiled.ts';
import type { ResourceKey } from '../crds/resource.ts';
import type { Desired } from './desired.ts';
import { equal } from './equal.ts';
import type { Inventory } from './inventory.ts';
import type { Observed, ObservedLink } from './observed.ts';

/** Addresses by link, as `Inventory.asked` has them. */
type Asked = NonNullable<Inventory['asked']>;

/**
 * Addresses that units of ours ask for, before those are written: with them, what earlier texts asked for and nobody
 * saw go. A networkd that starts between two texts knows nothing of the first, and up to v256 keeps its addresses for
 * somebody else's. Returns the same object when nothing is new.
 * @param isOurs whether the units of a resource are written at all
 */
export function askedBefore(
  { asked = {} }: Inventory,
  { linksOf }: Desired,
  isOurs: (owner: ResourceKey) => boolean,
): Asked {
  const wanted = [...linksOf].flatMap(([owner, links]) => (isOurs(owner) ? links : []));
  return withEntries(
    asked,
    wanted.map(({ link, addresses = [] }) => [link, union(asked[link] ?? [], addresses)] as const),
  );
}

/** What of it is still asked for, or still there. Returns the same object when nothing went. */
export function askedAfter(
  { asked = {} }: Inventory,
  { linksOf }: Desired,
  { links }: Pick<Observed, 'links'>,
): Asked {
  const wanted = new Map<string, readonly string[]>();
  for (const { link, addresses = [] } of [...linksOf.values()].flat()) {
    wanted.set(link, union(wanted.get(link) ?? [], addresses));
  }
  const isKept = (link: string, address: string) =>
    wanted.get(link)?.includes(address) || links.get(link)?.addresses.includes(address);
  return withEntries(
    asked,
    Object.entries(asked).map(
      ([link, all]) => [link, all.filter((address) => isKept(link, address))] as const,
    ),
  );
}

/** Puts them on record; none leave no trace. */
export function putAsked(draft: Draft<Inventory>, asked: Asked): void {
  if (Object.keys(asked).length === 0) delete draft.asked;
  else if (asked !== original(draft)?.asked) draft.asked = castDraft(asked);
}

/** Addresses of a link that only an earlier text of ours asked for; a lease of the same address is none. */
export function leftoversOf(
  { link, network, addresses = [] }: LinkExpectation,
  seen: ObservedLink,
  { asked }: Pick<Inventory, 'asked'>,
  { linksOf }: Pick<Desired, 'linksOf'>,
): readonly string[] {
  // The addresses of a link may be those of another resource than made it.
  if (network === undefined) return [];
  const more = (asked?.[link] ?? []).filter(
    (address) => !addresses.includes(address) && seen.addresses.includes(address),
  );
  if (more.length === 0) return [];
  const others = [...linksOf.values()].flat().filter((other) => other.link === link);
  const wanted = others.flatMap((other) => other.addresses ?? []);
  return more.filter((address) => !wanted.includes(address) && !seen.leased?.includes(address));
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])];
}

function withEntries(asked: Asked, entries: readonly (readonly [string, readonly string[]])[]): Asked {
  const changed = entries.filter(([link, all]) => !equal(asked[link] ?? [], all));
  if (changed.length === 0) return asked;
  const all = Object.entries({ ...asked, ...Object.fromEntries(changed) });
  return Object.fromEntries(all.filter(([, addresses]) => addresses.length > 0));
}
