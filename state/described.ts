import type { LinkExpectation } from '../crds/compiled.ts';
import type { Desired } from './desired.ts';

type Linked = Pick<Desired, 'linksOf' | 'units'>;

/** What is said of one link. */
interface Described {
  readonly all: readonly LinkExpectation[];
  /** That of the resource whose .network it is. */
  readonly configuring?: LinkExpectation | undefined;
  /** Bytes; the greatest MTU that is asked of what stands on it, 0 where none is. */
  readonly above: number;
}

const memos = new WeakMap<Desired['linksOf'], ReadonlyMap<string, Described>>();

/** What all documents say, by link; worked out once for each desired state. */
function describedIn({ linksOf, units }: Linked): ReadonlyMap<string, Described> {
  const known = memos.get(linksOf);
  if (known) return known;
  const described = new Map<string, Entry>();
  const entryOf = (link: string): Entry => {
    const entry = described.get(link) ?? { all: [], above: 0 };
    described.set(link, entry);
    return entry;
  };
  for (const [owner, links] of linksOf) {
    for (const expected of links) {
      const { link, network } = expected;
      const entry = entryOf(link);
      entry.all.push(expected);
      const isOwn = network !== undefined && units.get(network)?.owner === owner;
      if (network !== undefined && (isOwn || !entry.configuring)) entry.configuring = expected;
    }
  }
  for (const { all } of [...described.values()]) {
    // A pair of veth only names the other end; the MTU may be said in another document than the parent.
    const parent = all.find(({ kind }) => kind !== 'veth')?.parent;
    const below = parent === undefined ? undefined : entryOf(parent);
    if (below) below.above = Math.max(below.above, ...all.map(({ mtu = 0 }) => mtu));
  }
  memos.set(linksOf, described);
  return described;
}

type Entry = { -readonly [K in keyof Described]: Described[K] } & { readonly all: LinkExpectation[] };

/** All that documents say of a link. */
export function expectationsOf(link: string, desired: Linked): readonly LinkExpectation[] {
  return describedIn(desired).get(link)?.all ?? [];
}

/** The expectation that answers for what a .network says of a link; of several that name one, its owner's. */
export function configuring(link: string, desired: Linked): LinkExpectation | undefined {
  return describedIn(desired).get(link)?.configuring;
}

/** The greatest MTU that documents ask of what stands on a link, bytes; 0 where they ask none. */
export function mtuAbove(link: string, desired: Linked): number {
  return describedIn(desired).get(link)?.above ?? 0;
}

/** What a .link calls the settings that it has as well. */
const keysOfLinkFiles: Readonly<Record<string, string>> = { mtu: 'MTUBytes', mac: 'MACAddress' };

/**
 * Whether a document asks for a setting of a link in a way that is not compared. Of a .link nobody knows which links it is
 * for; networks are masqueraded for the whole host.
 */
export function isOtherwiseAsked(setting: string, link: string, desired: Linked): boolean {
  const all = setting === 'masquerade' ? [...desired.linksOf.values()].flat() : expectationsOf(link, desired);
  const key = keysOfLinkFiles[setting];
  return (
    all.some(({ alsoAsks }) => alsoAsks?.some((one) => one === setting)) ||
    (key !== undefined && keysOfLinks(desired).has(key))
  );
}

const linkKeys = new WeakMap<Desired['units'], ReadonlySet<string>>();

/** Those keys that stand in a .link of ours. */
function keysOfLinks({ units }: Pick<Desired, 'units'>): ReadonlySet<string> {
  const known = linkKeys.get(units);
  if (known) return known;
  const texts = [...units.values()].flatMap(({ name, text }) => (name.endsWith('.link') ? text : []));
  const found = Object.values(keysOfLinkFiles).filter((key) =>
    texts.some((text) => text.includes(`\n${key}=`)),
  );
  const keys = new Set(found);
  linkKeys.set(units, keys);
  return keys;
}
