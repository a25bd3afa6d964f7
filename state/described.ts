import type { LinkExpectation } from '../crds/compiled.ts';
import type { Desired } from './desired.ts';

type Linked = Pick<Desired, 'linksOf' | 'units'>;

/** What is said of one link. */
interface Described {
  readonly all: readonly LinkExpectation[];
  /** That of the resource whose .network it is. */
  readonly configuring?: LinkExpectation | undefined;
}

const memos = new WeakMap<Desired['linksOf'], ReadonlyMap<string, Described>>();

/** What all documents say, by link; worked out once for each desired state. */
function describedIn({ linksOf, units }: Linked): ReadonlyMap<string, Described> {
  const known = memos.get(linksOf);
  if (known) return known;
  const described = new Map<string, { all: LinkExpectation[]; configuring?: LinkExpectation | undefined }>();
  for (const [owner, links] of linksOf) {
    for (const expected of links) {
      const entry = described.get(expected.link) ?? { all: [] };
      described.set(expected.link, entry);
      entry.all.push(expected);
      const { network } = expected;
      const isOwn = network !== undefined && units.get(network)?.owner === owner;
      if (network !== undefined && (isOwn || !entry.configuring)) entry.configuring = expected;
    }
  }
  memos.set(linksOf, described);
  return described;
}

/** All that documents say of a link. */
export function expectationsOf(link: string, desired: Linked): readonly LinkExpectation[] {
  return describedIn(desired).get(link)?.all ?? [];
}

/** The expectation that answers for what a .network says of a link; of several that name one, its owner's. */
export function configuring(link: string, desired: Linked): LinkExpectation | undefined {
  return describedIn(desired).get(link)?.configuring;
}

/** What a .link calls the settings that it has as well. */
const keysOfLinkFiles: Readonly<Record<string, string>> = { mtu: 'MTUBytes', mac: 'MACAddress' };

/** Whether a document asks for a setting of a link in a way that is not compared; of a .link nobody knows which links it is for. */
export function isOtherwiseAsked(
  setting: string,
  link: string,
  desired: Pick<Desired, 'linksOf' | 'units' | 'made'>,
): boolean {
  const isAsked = expectationsOf(link, desired).some(({ alsoAsks }) =>
    alsoAsks?.some((one) => one === setting),
  );
  const key = keysOfLinkFiles[setting];
  return isAsked || (key !== undefined && !desired.made.has(link) && keysOfLinks(desired).has(key));
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
