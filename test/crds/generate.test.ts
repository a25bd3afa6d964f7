import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import * as z from 'zod';
import { kindNames } from '../../crds/envelope.ts';
import { customResourceDefinition } from '../../crds/generate/crd.ts';
import { editorSchema } from '../../crds/generate/editor-schema.ts';
import { generatedFiles } from '../../crds/generate/files.ts';
import { isNode, type SchemaNode, structuralSchema } from '../../crds/generate/structural.ts';

const directory = join('crds', 'generated');

/** Every node of a schema with its path; keys of `properties` are no keywords. */
function* nodes(node: SchemaNode, path: string): Generator<readonly [string, SchemaNode]> {
  yield [path, node];
  for (const [keyword, value] of Object.entries(node)) {
    if (keyword === 'properties' && isNode(value)) {
      for (const [name, child] of Object.entries(value))
        if (isNode(child)) yield* nodes(child, `${path}.${name}`);
    } else if ((keyword === 'items' || keyword === 'additionalProperties') && isNode(value)) {
      yield* nodes(value, `${path}[]`);
    }
  }
}

function at(node: unknown, ...keys: (string | number)[]): SchemaNode {
  let found = node;
  for (const key of keys) found = (found as Record<string | number, unknown>)[key];
  if (!isNode(found)) throw new Error(`nothing at ${keys.join('.')}`);
  return found;
}

const schemaPath = ['spec', 'versions', 0, 'schema', 'openAPIV3Schema'] as const;

describe('generated files', () => {
  it('are those that are committed (else run: npm run generate)', () => {
    const made = generatedFiles();
    expect(readdirSync(directory).sort()).to.deep.equal([...made.keys()].sort());
    for (const [name, text] of made) expect(readFileSync(join(directory, name), 'utf8'), name).to.equal(text);
  });

  it('say the same to a reader of YAML 1.1, as kubectl is', () => {
    for (const [name, text] of generatedFiles()) {
      if (!name.endsWith('.yaml')) continue;
      expect(parse(text, { version: '1.1' }), name).to.deep.equal(parse(text));
    }
  });
});

for (const kind of kindNames) {
  describe(`the CustomResourceDefinition of ${kind}`, () => {
    const crd = customResourceDefinition(kind);
    const schema = at(crd, ...schemaPath);

    it('is named as Kubernetes wants it', () => {
      const names = at(crd, 'spec', 'names');
      expect(at(crd, 'metadata')['name']).to.equal(`${names['plural']}.osa-net.dev`);
      expect(names).to.include({ kind, singular: kind.toLowerCase(), listKind: `${kind}List` });
      expect(at(crd, 'spec')).to.include({ group: 'osa-net.dev', scope: 'Cluster' });
      expect(at(crd, 'spec', 'versions', 0)).to.deep.include({
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
      });
    });

    it('is structural', () => {
      const keywords = [
        'type',
        'description',
        'properties',
        'required',
        'items',
        'enum',
        'default',
        'format',
        'example',
      ];
      const bounds = ['minimum', 'maximum', 'minItems', 'maxItems', 'additionalProperties'];
      for (const [path, node] of nodes(schema, kind)) {
        expect(node['type'], path).to.be.oneOf(['object', 'array', 'string', 'integer', 'boolean']);
        const odd = Object.keys(node).filter((key) => !key.startsWith('x-kubernetes-'));
        expect([...keywords, ...bounds], path).to.include.members(odd);
        expect(node['additionalProperties'], path).not.to.equal(false);
        expect('properties' in node && 'additionalProperties' in node, path).to.equal(false);
        if (node['type'] === 'array') expect(node['items'], path).to.be.an('object');
        if (node['type'] === 'integer') expect(node, path).to.include.keys('minimum', 'format');
      }
    });

    it('describes every field of the spec', () => {
      for (const [path, node] of nodes(at(schema, 'properties', 'spec'), 'spec')) {
        if (!path.endsWith('[]')) expect(node['description'], path).to.be.a('string');
      }
    });

    it('has conditions that merge by type', () => {
      const conditions = at(schema, 'properties', 'status', 'properties', 'conditions');
      expect(conditions).to.deep.include({
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['type'],
      });
    });
  });
}

describe('kinds in words of others', () => {
  for (const kind of ['NetDev', 'Network', 'Link'] as const) {
    it(`${kind} keeps every field`, () => {
      const spec = at(customResourceDefinition(kind), ...schemaPath, 'properties', 'spec');
      expect(spec['x-kubernetes-preserve-unknown-fields']).to.equal(true);
    });
  }
});

describe('a schema without structural form', () => {
  const schemas: readonly (readonly [reason: string, schema: z.ZodType])[] = [
    ['a union', z.strictObject({ a: z.union([z.string(), z.number()]) })],
    ['a field of any type', z.strictObject({ a: z.any() })],
    ['a union in a list', z.strictObject({ a: z.array(z.union([z.string(), z.boolean()])) })],
  ];
  for (const [reason, schema] of schemas) {
    it(`is refused: ${reason}`, () => {
      expect(() => structuralSchema(schema)).to.throw(TypeError, 'spec.a');
    });
  }

  it('unlike a map of texts', () => {
    const schema = z.strictObject({ a: z.record(z.string(), z.string()) });
    expect(at(structuralSchema(schema), 'properties', 'a')).to.deep.equal({
      type: 'object',
      additionalProperties: { type: 'string' },
    });
  });
});

describe('the schema for editors', () => {
  const schema = editorSchema();

  it('refuses unknown fields, whatever the kind', () => {
    const cases = schema['allOf'];
    if (!Array.isArray(cases)) throw new Error('no cases');
    const specs = cases.map((one) => at(one, 'then', 'properties', 'spec'));
    expect(specs).to.have.length(kindNames.length);
    for (const spec of specs) expect(spec['additionalProperties']).to.equal(false);
    expect(schema['additionalProperties']).to.equal(false);
  });

  it('has nothing of Kubernetes in it', () => {
    expect(JSON.stringify(schema)).not.to.contain('x-kubernetes');
  });
});
