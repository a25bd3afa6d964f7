import type { ResourceKey } from '../../../crds/resource.ts';
import type { Random } from '../model/random.ts';

/** One document, as the schedule has it. */
export interface Doc {
  readonly kind: 'ContainerBridge' | 'MacvlanIntegration' | 'NetDev';
  readonly name: string;
  readonly spec: object;
}

export type Damage = 'syntax' | 'schema';

/** A file of the directory. */
interface Page {
  docs: readonly Doc[];
  damage: Damage | undefined;
}

function keyOf({ kind, name }: Pick<Doc, 'kind' | 'name'>): ResourceKey {
  return `${kind}/${name}`;
}

const kinds = { a: 'ContainerBridge', b: 'ContainerBridge', c: 'ContainerBridge' } as const;
const others = {
  m: 'MacvlanIntegration',
  n: 'MacvlanIntegration',
  x: 'NetDev',
  y: 'NetDev',
  z: 'NetDev',
} as const;
/** Documents by name; the names of `c` and `y` others have. */
const known = { ...kinds, ...others };
export const docNames = Object.keys(known) as readonly (keyof typeof known)[];
/** A bridge that others have, and that its document takes over (`osa-net.dev/adopt`). */
export const adopting = { name: 'd', key: 'ContainerBridge/d', link: 'br-d' } as const;
/** Links of others that documents plug in, by the document's name. */
export const ports: Readonly<Record<string, string>> = { a: 'nic-a', b: 'nic-b' };
export type DocName = keyof typeof known | typeof adopting.name;
export const allNames: readonly DocName[] = [...docNames, adopting.name];

/** Files are few, so that documents share them. */
export const fileNames = ['10-net.yaml', '20-more.yaml', '30-rest.yml'] as const;

/** Those that bridges and integrations ask for. */
export const documentMtus: readonly number[] = [1400, 1450];

/** A document of a name with some spec. */
export function someDoc(name: DocName, random: Random): Doc {
  const kind = kindOf(name);
  return { kind, name, spec: specOf(kind, name, random) };
}

export function keyOfName(name: DocName): ResourceKey {
  return keyOf({ kind: kindOf(name), name });
}

function kindOf(name: DocName): Doc['kind'] {
  return name === adopting.name ? 'ContainerBridge' : known[name];
}

function specOf(kind: Doc['kind'], name: DocName, random: Random): object {
  const mtu = random.chance(0.3) ? { mtu: random.pick(documentMtus) } : {};
  switch (kind) {
    case 'ContainerBridge': {
      const host = random.whole(0, 2);
      const addresses = host === 0 ? [] : [`10.0.${name.charCodeAt(0)}.${host}/24`];
      const interfaces = random.chance(0.4) && ports[name] ? [ports[name]] : [];
      return { addresses, dummies: random.chance(0.6) ? [`d-${name}`] : [], interfaces, ...mtu };
    }
    case 'MacvlanIntegration':
      return {
        bridge: random.pick(['br-a', 'br-a', 'br-b', 'br-f', 'br-none']),
        mode: random.pick(['bridge', 'vepa', 'private', 'passthru']),
        ...mtu,
      };
    case 'NetDev': {
      const own = { Name: name, Kind: random.pick(['dummy', 'veth']), MTUBytes: random.pick([1400, 1500]) };
      return { NetDev: own, ...(own.Kind === 'veth' && { Peer: { Name: `${name}-p` } }) };
    }
  }
}

/** What the user wants: the truth about the directory. */
export class Directory {
  readonly pages = new Map<string, Page>();

  page(file: string): Page {
    const known = this.pages.get(file);
    if (known) return known;
    const page: Page = { docs: [], damage: undefined };
    this.pages.set(file, page);
    return page;
  }

  /** @returns the file that a document stands in */
  fileOf(key: ResourceKey): string | undefined {
    for (const [file, { docs }] of this.pages) if (docs.some((doc) => keyOf(doc) === key)) return file;
    return undefined;
  }

  /** Puts a document into a file and takes it out of another. @returns files that changed */
  put(file: string, doc: Doc): readonly string[] {
    const before = this.fileOf(keyOf(doc));
    if (before === file) {
      const page = this.page(file);
      page.docs = page.docs.map((other) => (keyOf(other) === keyOf(doc) ? doc : other));
      return [file];
    }
    const page = this.page(file);
    page.docs = [...page.docs, doc];
    // In the order of somebody who does not want to lose it: first it stands in both.
    return before === undefined ? [file] : [file, ...this.#without(before, keyOf(doc))];
  }

  remove(key: ResourceKey): readonly string[] {
    const file = this.fileOf(key);
    return file === undefined ? [] : this.#without(file, key);
  }

  /** Keys of documents that stand in files that are as they should be. */
  whole(): ReadonlySet<ResourceKey> {
    const pages = [...this.pages.values()].filter(({ damage }) => damage === undefined);
    return new Set(pages.flatMap(({ docs }) => docs.map(keyOf)));
  }

  /** Text of a file; undefined: there is none. */
  text(file: string): string | undefined {
    const page = this.pages.get(file);
    if (!page || (page.docs.length === 0 && !page.damage)) return undefined;
    const docs = page.docs.map((doc, i) => textOf(doc, i === 0 && page.damage === 'schema'));
    return [...docs, ...(page.damage === 'syntax' ? ['kind: [broken'] : [])].join('\n---\n');
  }

  #without(file: string, key: ResourceKey): readonly string[] {
    const page = this.page(file);
    page.docs = page.docs.filter((doc) => keyOf(doc) !== key);
    return [file];
  }
}

function textOf({ kind, name, spec }: Doc, isBroken: boolean): string {
  const wrong = isBroken ? { adresses: [] } : {};
  const annotations = { 'osa-net.dev/adopt': 'true' };
  const document = {
    apiVersion: 'osa-net.dev/v1alpha1',
    kind,
    metadata: { name, ...(name === adopting.name && { annotations }) },
    spec: { ...spec, ...wrong },
  };
  return JSON.stringify(document);
}
