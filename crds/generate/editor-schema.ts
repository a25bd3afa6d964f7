import * as z from 'zod';
import { kindNames, metadataSchema } from '../envelope.ts';
import { kinds } from '../kinds/index.ts';
import { apiVersion, type Kind } from '../resource.ts';
import { isNode, type SchemaNode } from './structural.ts';

const draft = 'http://json-schema.org/draft-07/schema#';

/** One JSON Schema of all kinds for editors (draft-07, which yaml-language-server knows best), as JSON text. */
export function editorSchemaJson(): string {
  return `${JSON.stringify(editorSchema(), undefined, 2)}\n`;
}

/** One JSON Schema of all kinds; the kind decides on the spec. */
export function editorSchema(): SchemaNode {
  return {
    $schema: draft,
    title: 'osa-net resource',
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    additionalProperties: false,
    properties: {
      apiVersion: { type: 'string', enum: [apiVersion] },
      kind: { type: 'string', enum: kindNames },
      metadata: plain(metadataSchema),
      spec: { type: 'object' },
    },
    allOf: kindNames.map((kind) => ({
      if: { properties: { kind: { const: kind } }, required: ['kind'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { spec: specSchema(kind) } },
    })),
  };
}

function specSchema(kind: Kind): SchemaNode {
  const { schema, verbatim } = kinds[kind];
  const spec = plain(schema);
  if (!verbatim) return spec;
  const section = {
    type: 'object',
    additionalProperties: { oneOf: [scalar, { type: 'array', items: scalar }] },
  };
  return {
    ...spec,
    additionalProperties: false,
    patternProperties: { '^[A-Z0-9][A-Za-z0-9-]*$': { oneOf: [section, { type: 'array', items: section }] } },
  };
}

const scalar = { type: ['string', 'number', 'boolean'] };

function plain(schema: z.ZodType): SchemaNode {
  return withoutExtensions(
    z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any' }),
  );
}

/** Drops what only Kubernetes or the head of a schema has. */
function withoutExtensions(node: SchemaNode): SchemaNode {
  const kept = Object.entries(node).filter(([keyword]) => keyword !== '$schema' && !keyword.startsWith('x-'));
  return Object.fromEntries(
    kept.map(([keyword, value]) => [keyword, isNode(value) ? withoutExtensions(value) : value]),
  );
}
