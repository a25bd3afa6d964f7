import * as z from 'zod';
import { type KeyId, keysKeyword } from '../../kinds/said.ts';
import type { Scalar } from '../../kinds/sections.ts';
import type { UnitType } from '../../networkd/vocabulary-types.ts';
import type { DraftSection, Line } from './draft.ts';

/** A node of the JSON Schema of a kind. */
interface Node {
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly [keysKeyword]?: readonly KeyId[];
}

/** A field that becomes one key of a unit as it is written. */
interface Field {
  readonly name: string;
  readonly key?: { readonly type: UnitType; readonly section: string; readonly key: string };
  /** Of a list of maps, each of which becomes a section of its own. */
  readonly items?: readonly Field[];
}

const known = new WeakMap<z.ZodType, readonly Field[]>();

/**
 * The lines that the fields of a spec become, where the schema names one key for a field and nothing else is said of it:
 * a list of maps becomes a section for each, anything else a line.
 * @param except names of fields that become units in another way
 */
export function linesOf(
  schema: z.ZodType,
  spec: Readonly<Record<string, unknown>>,
  except: ReadonlySet<string>,
): Readonly<Record<'netdev' | 'network', readonly DraftSection[]>> {
  const netdev: DraftSection[] = [];
  const network: DraftSection[] = [];
  for (const field of fieldsOf(schema)) {
    if (except.has(field.name)) continue;
    const value = spec[field.name];
    for (const { type, ...section } of sectionsFrom(field, value)) {
      if (type === 'netdev') netdev.push(section);
      else network.push(section);
    }
  }
  return { netdev, network };
}

interface TypedSection extends DraftSection {
  readonly type: UnitType;
}

function sectionsFrom(field: Field, value: unknown): readonly TypedSection[] {
  const path = `spec.${field.name}`;
  if (field.items && Array.isArray(value)) {
    const { items } = field;
    return value.flatMap((one: Readonly<Record<string, unknown>>, i) =>
      repeatedFrom(items, one, `${path}.${i}`),
    );
  }
  if (!field.key || value === undefined) return [];
  const { type, section, key } = field.key;
  return [{ type, name: section, lines: [{ key, value: value as Line['value'], field: path }] }];
}

function repeatedFrom(
  fields: readonly Field[],
  one: Readonly<Record<string, unknown>>,
  path: string,
): readonly TypedSection[] {
  const keys = fields.flatMap(({ name, key }) => (key && one[name] !== undefined ? [{ ...key, name }] : []));
  const [first] = keys;
  if (!first) return [];
  const lines = keys.map(({ key, name }) => ({
    key,
    value: one[name] as Scalar | readonly Scalar[],
    field: `${path}.${name}`,
  }));
  return [{ type: first.type, name: first.section, lines, repeated: true }];
}

function fieldsOf(schema: z.ZodType): readonly Field[] {
  const before = known.get(schema);
  if (before) return before;
  const options = { target: 'draft-7', io: 'input', unrepresentable: 'any' } as const;
  const fields = read(z.toJSONSchema(schema, options) as Node);
  known.set(schema, fields);
  return fields;
}

function read({ properties = {} }: Node): readonly Field[] {
  return Object.entries(properties).map(([name, node]) => {
    const [id, ...others] = node[keysKeyword] ?? [];
    if (node.items?.properties) return { name, items: read(node.items) };
    if (id === undefined || others.length > 0) return { name };
    const [type, section, key] = id.split(/[ .]/) as [UnitType, string, string];
    return { name, key: { type, section, key } };
  });
}
