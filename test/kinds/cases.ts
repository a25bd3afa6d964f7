import fc from 'fast-check';
import * as z from 'zod';
import { type LinkKind, shapes } from '../../crds/compile/links/shapes.ts';
import { kinds } from '../../crds/kinds/index.ts';
import { loadFile } from '../../crds/load.ts';
import { documentOf } from '../crds/marked.ts';
import { specsOf } from './random.ts';

/** A document of a kind of link that sets one field to its example. */
export interface Case {
  readonly kind: LinkKind;
  /** `spec.routes.metric`; `spec` for the least that the kind takes. */
  readonly field: string;
  readonly spec: Spec;
  /** With the documents that it cannot be without, one after the other. */
  readonly text: string;
}

type Spec = Readonly<Record<string, unknown>>;

const linkKinds = Object.keys(shapes) as readonly LinkKind[];

const publicKey = 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=';

/** The least that a kind takes. */
const least: { readonly [K in LinkKind]: Spec } = {
  Interface: {},
  Bond: { mode: 'active-backup' },
  Bridge: {},
  Vlan: { parent: 'p', id: 10 },
  Vxlan: { vni: 7 },
  Macvlan: { parent: 'p' },
  Dummy: {},
  Veth: { peer: 'pe' },
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
  arpInterval: { arpTargets: ['10.0.3.1'] },
  'Tunnel.macAddress': { mode: 'gretap' },
  lacpRate: { mode: '802.3ad' },
  adSelect: { mode: '802.3ad' },
  group: { parent: 'p' },
};

/** Documents that make what a field names. */
const makers: Readonly<Record<string, (name: string) => string>> = {
  bond: (name) => documentOf('Bond', name, 'mode: active-backup'),
  vrf: (name) => documentOf('Vrf', name, 'table: 107'),
  parent: (name) => documentOf('Interface', name, '{}'),
};

/** For each kind one document that says no more than it must, and one for each of its fields. */
export function linkCases(): readonly Case[] {
  const all = linkKinds.flatMap((kind) => [
    { kind, field: 'spec', spec: least[kind] },
    ...fieldsOf(kinds[kind].schema)
      .filter(([path]) => !Object.hasOwn(least[kind], path))
      .map(([path, example]) => ({ kind, field: `spec.${path}`, spec: specWith(kind, path, example) })),
  ]);
  return all.map(({ kind, field, spec }, i) => caseOf(kind, field, spec, i));
}

/** Random documents of each kind that are good on their own. */
export function randomCases(count: number, seed: number): readonly Case[] {
  const each = Math.ceil(count / linkKinds.length);
  const all = linkKinds.flatMap((kind) =>
    // Some do not fit together, so that there are to be more of them.
    fc
      .sample(specsOf(kind, 'careful'), { numRuns: 20 * each, seed })
      .map((spec, i) => caseOf(kind, `random ${i}`, spec as Spec, i))
      .filter(({ text }) => loadFile('a.yaml', Buffer.from(text)).problems.length === 0)
      .slice(0, each)
      .map(({ spec, field }) => ({ kind, field, spec })),
  );
  return all.map(({ kind, field, spec }, i) => caseOf(kind, field, spec, i));
}

/** A case whose links have names that no other case has. */
function caseOf(kind: LinkKind, field: string, spec: Spec, i: number): Case {
  const own = { ...spec, ...namesFor(spec, i) };
  const others = Object.entries(makers).flatMap(([key, make]) => {
    const name = (own as Spec)[key];
    return typeof name === 'string' ? [make(name)] : [];
  });
  const text = [...others, documentOf(kind, `c${i}`, JSON.stringify(own))].join('---\n');
  return { kind, field, spec, text };
}

function namesFor(spec: Spec, i: number): Spec {
  const single = { interface: 'c', parent: 'p', peer: 'pe', bridge: 'br', bond: 'bo', vrf: 'vr' };
  const names = Object.entries(single).flatMap(([key, prefix]) =>
    key in spec ? [[key, `${prefix}${i}`]] : [],
  );
  const members = spec['interfaces'];
  if (!Array.isArray(members)) return Object.fromEntries(names);
  const own = members.map((_, n) => `m${n}x${i}`);
  const primary = 'primary' in spec ? { primary: own[0] } : {};
  return { ...Object.fromEntries(names), interfaces: own, ...primary };
}

function specWith(kind: LinkKind, path: string, example: unknown): Spec {
  const [field = '', ...below] = path.split('.');
  const base = { ...least[kind], ...(beside[`${kind}.${field}`] ?? beside[field]) };
  const [inner] = below;
  if (inner === undefined) return { ...base, [field]: example };
  if (items[field]) return { ...base, [field]: [itemWith(items[field], inner, example)] };
  return { ...base, [field]: below.reduceRight<unknown>((value, key) => ({ [key]: value }), example) };
}

function itemWith(item: Spec, field: string, example: unknown): Spec {
  return { ...item, ...(field === 'onLink' && { gateway: '192.0.2.1' }), [field]: example };
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
