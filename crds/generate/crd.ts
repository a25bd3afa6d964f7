import { stringify } from 'yaml';
import { kinds } from '../kinds/index.ts';
import { apiVersion, type Kind } from '../resource.ts';
import { kindNamesOf } from './names.ts';
import { type SchemaNode, structuralSchema } from './structural.ts';

const [group = '', version = ''] = apiVersion.split('/');

/** The CustomResourceDefinition of a kind as YAML text (apiextensions.k8s.io/v1). */
export function crdYaml(kind: Kind): string {
  const heading = '# Made by `npm run generate` from crds/kinds/. Do not edit.\n';
  const definition = customResourceDefinition(kind);
  // kubectl reads YAML 1.1, where a bare `off` or `yes` is a boolean: version 1.1 puts those in quotes.
  return heading + stringify(definition, { version: '1.1', lineWidth: 110, aliasDuplicateObjects: false });
}

/** The CustomResourceDefinition of a kind. */
export function customResourceDefinition(kind: Kind): SchemaNode {
  const { plural, shortNames } = kindNamesOf[kind];
  const singular = kind.toLowerCase();
  const names = { kind, listKind: `${kind}List`, plural, singular, shortNames, categories: ['osa-net'] };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      // A document describes a host, not something inside a namespace.
      scope: 'Cluster',
      names,
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: resourceSchema(kind) },
          subresources: { status: {} },
          additionalPrinterColumns: printerColumns(kind),
        },
      ],
    },
  };
}

function resourceSchema(kind: Kind): SchemaNode {
  const spec = structuralSchema(kinds[kind].schema);
  return {
    type: 'object',
    description: spec['description'],
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec,
      status: statusSchema,
    },
  };
}

const text = { type: 'string' };
const count = { type: 'integer', format: 'int64', minimum: 0 };

/** What osa-net says about a resource (state/status.ts). */
const statusSchema: SchemaNode = {
  type: 'object',
  description: 'What osa-net sees of the resource',
  properties: {
    observedGeneration: { ...count, description: 'The generation of the spec that the conditions are about' },
    conditions: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
      items: {
        type: 'object',
        required: ['type', 'status', 'reason', 'message', 'lastTransitionTime'],
        properties: {
          type: { ...text, description: 'Ready, Reconciling, Stalled or Synced' },
          status: { ...text, enum: ['True', 'False', 'Unknown'] },
          reason: { ...text, description: 'One word for programs' },
          message: { ...text, description: 'One sentence for people' },
          lastTransitionTime: { ...text, format: 'date-time' },
          observedGeneration: count,
        },
      },
    },
    units: { type: 'array', items: text, description: 'Unit files of the resource' },
    links: {
      type: 'array',
      description: 'Links of the resource as the host shows them',
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: text },
        'x-kubernetes-preserve-unknown-fields': true,
      },
    },
    retry: {
      type: 'object',
      description: 'The next try, where something is not as it should be',
      'x-kubernetes-preserve-unknown-fields': true,
    },
  },
};

function printerColumns(kind: Kind): SchemaNode[] {
  const ready = (field: string): string => `.status.conditions[?(@.type=="Ready")].${field}`;
  const column = (name: string, jsonPath: string, type = 'string'): SchemaNode => ({ name, type, jsonPath });
  return [
    ...kindNamesOf[kind].columns.map(([title, field]) => column(title, `.spec.${field}`)),
    column('Ready', ready('status')),
    column('Reason', ready('reason')),
    column('Age', '.metadata.creationTimestamp', 'date'),
  ];
}
