import * as z from 'zod';
import { dependsOnFault } from './depends-on.ts';
import { checkWhole, type Report, text } from './kinds/fields.ts';
import { kinds } from './kinds/index.ts';
import type { Fault } from './problem.ts';
import { annotation, apiVersion, isResourceName, type Kind } from './resource.ts';
import { didYouMean, suggest } from './suggest.ts';

/** The one value that each annotation of ours may have; removing the annotation switches it off. */
const annotationValues: Readonly<Record<string, string>> = {
  [annotation.prune]: 'disabled',
  [annotation.reconcile]: 'suspended',
  [annotation.adopt]: 'true',
  [annotation.recreate]: 'allowed',
  [annotation.rollback]: 'disabled',
  [annotation.unread]: 'allowed',
};

/** Annotations of ours that say more than one word, with what they look like. */
const annotationForms: Readonly<Record<string, string>> = { [annotation.dependsOn]: 'Kind/name,Kind/name' };

const prefix = apiVersion.slice(0, apiVersion.indexOf('/') + 1);

/** Names of all kinds. */
export const kindNames = Object.keys(kinds) as readonly Kind[];

export function isKind(value: unknown): value is Kind {
  return typeof value === 'string' && Object.hasOwn(kinds, value);
}

const apiVersionField = text((value) => {
  if (value === apiVersion) return value;
  return {
    code: 'UNKNOWN_API_VERSION',
    message: `${JSON.stringify(value)} is not an API version of osa-net`,
    hint: `write apiVersion: ${apiVersion}`,
  };
}).describe(`Always ${apiVersion}`);

const kindField = text((value) => {
  if (isKind(value)) return value;
  const message = `${JSON.stringify(value)} is not a kind of osa-net`;
  return { code: 'UNKNOWN_KIND', message, hint: didYouMean(value, kindNames) };
}).describe('What the document describes');

const nameField = text((value) => {
  if (isResourceName(value)) return value;
  const pathLike = value.includes('/') || value.startsWith('.');
  const why = pathLike
    ? 'a name is no path'
    : 'a name is 1 to 63 of a-z, 0-9 and "-", and "-" neither first nor last';
  const message = `${JSON.stringify(value)} cannot be the name of a resource: ${why}`;
  return { code: 'BAD_NAME', message, hint: 'choose a name such as mgmt or container-1' };
}).describe('Name of the resource, a DNS label, unique per kind');

/** Metadata of every resource. */
export const metadataSchema = z
  .strictObject({
    name: nameField,
    labels: z
      .record(z.string(), z.string())
      .default({})
      .describe('Words to tell resources apart by; osa-net ignores them'),
    annotations: z
      .record(z.string(), z.string())
      .default({})
      .check(checkWhole(checkAnnotations))
      .describe(
        `Switches: ${Object.entries({ ...annotationValues, ...annotationForms })
          .map(([key, value]) => `${key}: "${value}"`)
          .join(', ')}; others are ignored`,
      ),
  })
  .describe('Who the resource is');

function checkAnnotations(annotations: Readonly<Record<string, unknown>>, report: Report): void {
  for (const [key, value] of Object.entries(annotations)) {
    const fault = typeof value === 'string' ? annotationFault(key, value) : undefined;
    if (fault) report([key], fault);
  }
}

/** A misspelt switch would do nothing, and nobody would know until it mattered. */
function annotationFault(key: string, value: string): Fault | undefined {
  const known = Object.keys({ ...annotationValues, ...annotationForms });
  if (!known.includes(key)) {
    if (!/^osa[-_.]?net/i.test(key) && suggest(key, known) === undefined) return undefined;
    const message = `${JSON.stringify(key)} is not an annotation of osa-net`;
    const meant = prefix + key.slice(key.indexOf('/') + 1);
    return { code: 'UNKNOWN_FIELD', message, hint: didYouMean(meant, known) };
  }
  if (key === annotation.dependsOn) return dependsOnFault(value);
  const wanted = annotationValues[key] ?? '';
  if (value === wanted) return undefined;
  return {
    code: 'BAD_VALUE',
    message: `${JSON.stringify(value)} is not a value of ${key}`,
    hint: `write "${wanted}", or remove the annotation`,
  };
}

/** The schema of a whole document; with an unknown kind its spec is not looked at. */
function envelope(spec: z.ZodType) {
  return z.strictObject({ apiVersion: apiVersionField, kind: kindField, metadata: metadataSchema, spec });
}

const unknownEnvelope = envelope(z.any());
const envelopes = new Map(kindNames.map((kind) => [kind, envelope(kinds[kind].schema)]));

export type Envelope = z.output<typeof unknownEnvelope>;

/** The schema of a document whose kind is as given, or could not be read. */
export function envelopeOf(kind: Kind | undefined): z.ZodType<Envelope> {
  return (kind === undefined ? undefined : envelopes.get(kind)) ?? unknownEnvelope;
}
