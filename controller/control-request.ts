import * as z from 'zod';
import { isKind } from '../crds/envelope.ts';
import { isResourceName, type ResourceKey } from '../crds/resource.ts';
import type { ControlRequest } from './control.ts';

/** Longest wait for a word that can be asked for, ms: a day. */
const longestWait = 86_400_000;

const fileName = z
  .string()
  .max(255)
  .regex(/^[^./\0][^/\0]*\.ya?ml$/, 'expected the bare name of a file, *.yaml or *.yml');

const resource = z.custom<ResourceKey>((value) => {
  const [kind, name, ...more] = typeof value === 'string' ? value.split('/') : [];
  return isKind(kind) && name !== undefined && isResourceName(name) && more.length === 0;
}, 'expected KIND/NAME');

const schema: z.ZodType<ControlRequest> = z.discriminatedUnion('verb', [
  z.strictObject({
    verb: z.literal('try'),
    documents: z
      .array(z.strictObject({ name: fileName, text: z.string() }))
      .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'a name is there twice'),
    timeoutMs: z.int().min(1).max(longestWait),
  }),
  z.strictObject({ verb: z.literal('confirm') }),
  z.strictObject({ verb: z.literal('cancel') }),
  z.strictObject({ verb: z.literal('rollback'), generation: z.int().min(1).exactOptional() }),
  z.strictObject({ verb: z.enum(['suspend', 'resume']), resources: z.array(resource) }),
]);

/**
 * Reads a request as it came over the socket.
 * @throws Error that says in one line what is wrong with it
 */
export function readRequest(line: string): ControlRequest {
  const result = schema.safeParse(parse(line));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw new Error(`cannot read the request: ${where}${issue?.message}`);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Error('cannot read the request: it is not JSON', { cause });
  }
}
