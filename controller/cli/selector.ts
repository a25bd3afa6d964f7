import { isResourceName, type ResourceKey, resourceKey } from '../../crds/resource.ts';
import type { StatusItem } from '../../state/status.ts';
import { usageError } from './errors.ts';
import { didYouMean } from './suggest.ts';

type ItemKind = StatusItem['kind'];

/** Kinds with their short names. */
const shortNames: Readonly<Record<ItemKind, string>> = {
  ContainerBridge: 'cb',
  MacvlanIntegration: 'mi',
  LinkPolicy: 'lp',
  Resolver: 'res',
  ConnectivityProbe: 'cp',
  Interface: 'if',
  Bond: 'bo',
  Bridge: 'br',
  Vlan: 'vl',
  Vxlan: 'vx',
  Macvlan: 'mv',
  Dummy: 'du',
  Veth: 've',
  Vrf: 'vr',
  WireGuard: 'wg',
  Tunnel: 'tu',
  NetDev: 'nd',
  Network: 'net',
  Link: 'lk',
  File: 'f',
};

const kinds = Object.keys(shortNames) as readonly ItemKind[];

/** What `status` is asked about: everything, one kind, or one resource. */
export interface Selector {
  readonly kind?: ItemKind;
  readonly name?: string;
}

/**
 * Reads `KIND` or `KIND/NAME`. Kinds are taken in any case, in the plural and by their short names.
 * @throws CliError (usage) when there is no such kind
 */
export function parseSelector(text: string | undefined): Selector {
  if (text === undefined) return {};
  const slash = text.indexOf('/');
  const word = slash < 0 ? text : text.slice(0, slash);
  const kind = kindOf(word);
  if (kind === undefined) {
    const hint = didYouMean(word, kinds) || `; kinds are ${kinds.join(', ')}`;
    throw usageError(`unknown kind '${word}'${hint}`);
  }
  if (slash < 0) return { kind };
  const name = text.slice(slash + 1);
  if (name === '') throw usageError(`'${text}' has no name after the slash`);
  return { kind, name };
}

/**
 * Reads `KIND/NAME` of a resource that a document can have.
 * @throws CliError (usage) when there is no such kind, or no name
 */
export function parseResource(text: string): ResourceKey {
  const { kind, name } = parseSelector(text);
  if (kind !== undefined && kind !== 'File' && name !== undefined && isResourceName(name))
    return resourceKey(kind, name);
  throw usageError(`'${text}' is no resource: it takes KIND/NAME`);
}

/** The items that a selector means. */
export function select(items: readonly StatusItem[], { kind, name }: Selector): readonly StatusItem[] {
  return items.filter(
    (item) =>
      (kind === undefined || item.kind === kind) && (name === undefined || item.metadata.name === name),
  );
}

/** `ContainerBridge/contaner not found; did you mean ContainerBridge/container?` */
export function notFound(items: readonly StatusItem[], selector: Selector): string {
  const known = items.map((item) => `${item.kind}/${item.metadata.name}`);
  return unknownResource(known, selector);
}

/** The same, of resources by their keys. */
export function unknownResource(known: readonly string[], { kind, name }: Selector): string {
  const wanted = `${kind}/${name}`;
  return `${wanted} not found${didYouMean(wanted, sameKindFirst(known, `${kind}/`))}`;
}

function sameKindFirst(known: readonly string[], prefix: string): readonly string[] {
  const same = known.filter((key) => key.startsWith(prefix));
  return same.length > 0 ? same : known;
}

function kindOf(word: string): ItemKind | undefined {
  const lower = word.toLowerCase().replaceAll('-', '');
  return kinds.find((kind) => {
    const name = kind.toLowerCase();
    const plural = name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`;
    return lower === name || lower === plural || lower === shortNames[kind];
  });
}
