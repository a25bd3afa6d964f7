import fc from 'fast-check';
import * as z from 'zod';
import { parseCidr, parseIp } from '../../crds/ip.ts';
import { kinds } from '../../crds/kinds/index.ts';
import type { Kind } from '../../crds/resource.ts';
import { timeSpanSeconds } from '../../crds/time-span.ts';

/** A node of the JSON Schema of a kind. */
interface Node {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly examples?: readonly unknown[];
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
}

/** How a spec may be wrong: not at all, or in each place now and then. */
export type Care = 'careful' | 'careless';

/** Specs of a kind as its schema has them. */
export function specsOf(kind: Kind, care: Care): fc.Arbitrary<unknown> {
  const options = { target: 'draft-7', io: 'input', unrepresentable: 'any' } as const;
  return anyOf(z.toJSONSchema(kinds[kind].schema, options) as Node, undefined, care);
}

function anyOf(node: Node, example: unknown, care: Care): fc.Arbitrary<unknown> {
  const sound = soundOf(node, node.examples?.[0] ?? example, care);
  if (care === 'careful') return sound;
  return fc.oneof({ arbitrary: sound, weight: 30 }, { arbitrary: nonsense, weight: 1 });
}

const nonsense = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(null, true, -1, 0, 1e21, [], {}, [[]], '', '\n', '__proto__', { __proto__: null }),
  fc.string({ maxLength: 30 }),
);

function soundOf(node: Node, example: unknown, care: Care): fc.Arbitrary<unknown> {
  if (node.enum) return fc.constantFrom(...node.enum);
  switch (node.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return integerOf(node);
    case 'array':
      return listOf(node, example, care);
    case 'object':
      return node.properties ? mapOf(node, care) : fc.constant(example ?? {});
    default:
      return textLike(String(example ?? 'x'));
  }
}

function integerOf({ minimum = 0, maximum = 2 ** 31 }: Node): fc.Arbitrary<number> {
  const ends = fc.constantFrom(minimum, maximum);
  return fc.oneof(ends, fc.integer({ min: minimum, max: Math.min(maximum, minimum + 2 ** 31) }));
}

function listOf({ items = {}, minItems = 0, maxItems = 3 }: Node, example: unknown, care: Care) {
  const one = Array.isArray(example) ? example[0] : undefined;
  const bounds = { minLength: minItems, maxLength: Math.min(maxItems, 3) };
  return fc.array(anyOf(items, one, care), bounds);
}

function mapOf({ properties = {}, required = [] }: Node, care: Care): fc.Arbitrary<unknown> {
  const names = Object.keys(properties);
  const fields = Object.fromEntries(
    names.map((name) => [name, anyOf(properties[name] ?? {}, undefined, care)] as const),
  );
  // A document says a few things: with every field at once hardly any would fit together.
  const some = fc.subarray(names, { maxLength: Math.min(7, names.length) });
  return some.chain((chosen) => {
    const wanted = [...new Set([...required, ...chosen])];
    return fc.record(Object.fromEntries(wanted.map((name) => [name, fields[name] ?? fc.constant(null)])));
  });
}

/** Texts of the kind that the example is of. */
function textLike(example: string): fc.Arbitrary<string> {
  const byte = fc.integer({ min: 0, max: 255 });
  const v4 = fc.tuple(fc.integer({ min: 1, max: 223 }), byte, byte, byte).map((parts) => parts.join('.'));
  const v6 = fc.integer({ min: 1, max: 65_535 }).map((n) => `fd00:3::${n.toString(16)}`);
  if (parseIp(example)) return fc.oneof(v4, v6);
  const cidr = parseCidr(example);
  if (!('code' in cidr)) {
    // 10.0.3.0/24 is a network, 10.0.3.2/24 an address.
    const isNetwork = cidr.value === cidr.first;
    const network = fc.tuple(byte, byte).map(([a, b]) => `10.${a}.${b}.0/24`);
    const host = fc.tuple(byte, fc.integer({ min: 1, max: 254 })).map(([a, b]) => `10.0.${a}.${b}/24`);
    return isNetwork
      ? network
      : fc.oneof(
          host,
          v6.map((address) => `${address}/64`),
        );
  }
  if (/^[\da-f]{2}(:[\da-f]{2}){5}$/.test(example))
    return fc.tuple(byte, byte).map(([a, b]) => `02:00:00:00:${hex(a)}:${hex(b)}`);
  if (timeSpanSeconds(example) !== undefined)
    return fc.integer({ min: 1, max: 500 }).chain((n) => fc.constantFrom(`${n}s`, `${n}ms`, `${n}min`));
  if (/^[a-z]+[-\d]*[a-z]*\d*$/.test(example))
    return fc.oneof(
      fc.constant(example),
      fc.integer({ min: 0, max: 99 }).map((n) => `${example.slice(0, 8)}${n}`),
    );
  return fc.constant(example);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}
