import * as z from 'zod';
import { type LinkKind, shapes } from '../../crds/compile/links/shapes.ts';
import { kinds } from '../../crds/kinds/index.ts';
import { documentOf } from '../crds/marked.ts';

/** A document of a kind of link that sets one field to its example. */
export interface Case {
  readonly kind: LinkKind;
  /** `spec.routes.metric`; `spec` for the least that the kind takes. */
  readonly field: string;
  readonly name: string;
  /** With the documents that it cannot be without, one after the other. */
  readonly text: string;
}

type Spec = Readonly<Record<string, unknown>>;

const publicKey = 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=';

/** The least that a kind takes; `N` stands for the number of the case. */
const least: { readonly [K in LinkKind]: Spec } = {
  Interface: {},
  Bond: { mode: 'active-backup' },
  Bridge: {},
  Vlan: { parent: 'pN', id: 10 },
  Vxlan: { vni: 7 },
  Macvlan: { parent: 'pN' },
  Dummy: {},
  Veth: { peer: 'peN' },
  Vrf: { table: 100 },
  WireGuard: { privateKeyFile: '/etc/wireguard/private.key' },
  Tunnel: { mode: 'gre', local: '10.0.4.2', remote: '10.0.4.3' },
};

/** What an item of a list has besides. */
const items: Readonly<Record<string, Spec>> = {
  routes: { destination: '10.77.0.0/16' },
  rules: { from: '10.0.3.0/24', table: 100 },
  peers: { publicKey },
};

const addressed = { addresses: ['10.0.3.2/24'] };

/** What a field is not taken without. */
const beside: Readonly<Record<string, Spec>> = {
  gateways: addressed,
  routes: addressed,
  primary: { interfaces: ['eno1', 'eno2'] },
  arpTargets: { arpInterval: '1s' },
  upDelay: { miiMonitor: '100ms' },
  downDelay: { miiMonitor: '100ms' },
  lacpRate: { mode: '802.3ad' },
  adSelect: { mode: '802.3ad' },
  group: { parent: 'pN' },
  bridge: { interface: 'cN' },
};

/** Documents that make what a field names. */
const makers: Readonly<Record<string, (name: string) => string>> = {
  bond: (name) => documentOf('Bond', name, 'mode: active-backup'),
  vrf: (name) => documentOf('Vrf', name, 'table: 107'),
  parent: (name) => documentOf('Interface', name, '{}'),
};

/** For each kind one document that says no more than it must, and one for each of its fields. */
export function linkCases(): readonly Case[] {
  const all = (Object.keys(shapes) as LinkKind[]).flatMap((kind) => [
    { kind, field: 'spec', spec: least[kind] },
    ...fieldsOf(kinds[kind].schema)
      .filter(([path]) => !Object.hasOwn(least[kind], path))
      .map(([path, example]) => ({
        kind,
        field: `spec.${path}`,
        spec: specWith(kind, path, example),
      })),
  ]);
  return all.map(({ kind, field, spec }, i) => {
    const name = `c${i}`;
    const numbered = JSON.parse(JSON.stringify(spec).replaceAll(/"(p|pe|c)N"/g, `"$1${i}"`)) as Spec;
    const others = Object.entries(makers).flatMap(([key, make]) =>
      typeof numbered[key] === 'string' ? [make(numbered[key])] : [],
    );
    const text = [...others, documentOf(kind, name, JSON.stringify(numbered))].join('---\n');
    return { kind, field, name, text };
  });
}

function specWith(kind: LinkKind, path: string, example: unknown): Spec {
  const [field = '', ...below] = path.split('.');
  const base = { ...least[kind], ...beside[field] };
  const [inner] = below;
  if (inner === undefined) return { ...base, [field]: unique(field, example) };
  if (items[field]) return { ...base, [field]: [itemWith(items[field], inner, example)] };
  return { ...base, [field]: below.reduceRight<unknown>((value, key) => ({ [key]: value }), example) };
}

function itemWith(item: Spec, field: string, example: unknown): Spec {
  return { ...item, ...(field === 'onLink' && { gateway: '192.0.2.1' }), [field]: example };
}

/** Names of links are those of one case alone. */
function unique(field: string, example: unknown): unknown {
  const names: Readonly<Record<string, string>> = { interface: 'cN', parent: 'pN', peer: 'peN' };
  return names[field] ?? example;
}

/** Every field below a spec, lists of maps included, with its example. */
function fieldsOf(schema: z.ZodType, path = ''): readonly (readonly [path: string, example: unknown])[] {
  const bare = unwrapped(schema);
  const map = bare instanceof z.ZodArray ? unwrapped(bare.element as z.ZodType) : bare;
  if (!(map instanceof z.ZodObject)) return [];
  return Object.entries(map.shape as Record<string, z.ZodType>).flatMap(([name, field]) => {
    const own = path === '' ? name : `${path}.${name}`;
    const meta = field.meta() ?? unwrapped(field).meta() ?? {};
    return [[own, (meta['examples'] as readonly unknown[])[0]] as const, ...fieldsOf(field, own)];
  });
}

function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? unwrapped(schema.unwrap() as z.ZodType)
    : schema;
}
