import * as z from 'zod';
import { keysKeyword } from '../kinds/said.ts';

/** A node of a JSON Schema. */
export interface SchemaNode {
  readonly [keyword: string]: unknown;
}

/**
 * The schema of a field as Kubernetes takes it in a CustomResourceDefinition: OpenAPI 3.0 and *structural*, i.e. each
 * node has one type, nothing refers elsewhere, and unknown fields are not spoken of (the API server prunes them).
 * @throws TypeError where the schema has no structural form: a union, a reference, a node without type
 */
export function structuralSchema(schema: z.ZodType): SchemaNode {
  const openApi = z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'any' });
  return structural({ ...openApi }, 'spec');
}

const unions = ['$ref', 'oneOf', 'anyOf', 'allOf', 'not', 'if', 'patternProperties', 'definitions', '$defs'];

function structural(node: SchemaNode, path: string): SchemaNode {
  const union = unions.find((keyword) => Object.hasOwn(node, keyword));
  if (union !== undefined) throw new TypeError(`expected ${path} to have one plain type, got ${union}`);
  if (typeof node['type'] !== 'string') throw new TypeError(`expected ${path} to have a type, got none`);
  const { additionalProperties, properties, items, examples, [keysKeyword]: _, ...rest } = node;
  return {
    ...rest,
    // OpenAPI 3.0 has one.
    ...(Array.isArray(examples) && { example: examples[0] }),
    ...(node['type'] === 'integer' && { format: 'int64' }),
    ...(isNode(properties) && { properties: mapNodes(properties, path) }),
    // A map of texts, as opposed to an object whose unknown fields are not allowed (false) or not looked at ({}).
    ...(isNode(additionalProperties) &&
      !isNode(properties) &&
      Object.keys(additionalProperties).length > 0 && {
        additionalProperties: structural(additionalProperties, `${path}.*`),
      }),
    ...(isNode(items) && { items: structural(items, `${path}[]`) }),
  };
}

function mapNodes(properties: SchemaNode, path: string): SchemaNode {
  return Object.fromEntries(
    Object.entries(properties).map(([name, node]) => [
      name,
      structural(isNode(node) ? node : {}, `${path}.${name}`),
    ]),
  );
}

export function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
