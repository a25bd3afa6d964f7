import { connect, type Socket } from 'node:net';
import * as z from 'zod';
import type { ResourceKey } from '../crds/resource.ts';

const resources = z.array(z.string().regex(/^[A-Za-z]+\/[a-z0-9-]+$/)) as unknown as z.ZodType<ResourceKey[]>;

const requestSchema = z.discriminatedUnion('verb', [
  /** Without documents: those of the directory. */
  z.strictObject({
    verb: z.literal('try'),
    documents: z.array(z.strictObject({ name: z.string().regex(/^[^./][^/]*\.ya?ml$/u), text: z.string() })),
    timeoutMs: z.int().positive(),
  }),
  z.strictObject({ verb: z.literal('confirm') }),
  z.strictObject({ verb: z.literal('cancel') }),
  /** Without a generation: the one before the current. */
  z.strictObject({ verb: z.literal('rollback'), generation: z.int().positive().optional() }),
  /** Without resources: everything. */
  z.strictObject({ verb: z.literal('suspend'), resources }),
  z.strictObject({ verb: z.literal('resume'), resources }),
]);

/** What the command line asks of a running operator: one line of JSON on its socket. */
export type ControlRequest = z.output<typeof requestSchema>;

/** How a request ended. */
export type ControlOutcome =
  | 'done'
  | 'unchanged'
  | 'refused'
  | 'confirmed'
  | 'cancelled'
  | 'timed-out'
  | 'probe-failed'
  | 'revert-failed';

export interface ControlResult {
  readonly outcome: ControlOutcome;
  readonly message: string;
}

/** Answers a request; `tell` says something meanwhile. Never rejects. */
export type ControlHandler = (
  request: ControlRequest,
  tell: (message: string) => void,
) => Promise<ControlResult>;

/** A line of an answer: any number of messages, then one result. */
type Answer = { readonly tell: string } | ControlResult;

/** Longest request, in characters: documents of some hundred resources. */
const longestRequest = 8 * 1024 * 1024;
/** A client that has said nothing for so long has nothing to say, ms. */
const patience = 10_000;

/** Serves one connection. Whatever comes, or does not, the operator goes on. */
export function serve(socket: Socket, handler: () => ControlHandler | undefined): void {
  let text = '';
  socket.setEncoding('utf8');
  socket.setTimeout(patience, () => socket.destroy());
  // A client that went away is no trouble of ours.
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk: string) => {
    text += chunk;
    const end = text.indexOf('\n');
    if (end < 0 && text.length <= longestRequest) return;
    socket.removeAllListeners('data');
    socket.setTimeout(0);
    const answer = (line: Answer) => socket.writable && socket.write(`${JSON.stringify(line)}\n`);
    void respond(end < 0 ? '' : text.slice(0, end), handler(), (message) => answer({ tell: message })).then(
      (result) => {
        answer(result);
        socket.end();
      },
    );
  });
}

async function respond(
  line: string,
  handler: ControlHandler | undefined,
  tell: (message: string) => void,
): Promise<ControlResult> {
  const request = requestOf(line);
  if (typeof request === 'string')
    return { outcome: 'refused', message: `cannot read the request: ${request}` };
  if (!handler)
    return { outcome: 'refused', message: 'the operator is only starting; try again in a moment' };
  return handler(request, tell);
}

function requestOf(line: string): ControlRequest | string {
  try {
    const { data, error } = requestSchema.safeParse(JSON.parse(line));
    return data ?? z.prettifyError(error);
  } catch (cause) {
    return (cause as Error).message;
  }
}

/** Nobody listens on the socket. */
export class OperatorAbsent extends Error {
  override readonly name = 'OperatorAbsent';
}

/**
 * Asks the operator that holds a runtime directory, and passes on what it says meanwhile.
 * @throws OperatorAbsent when none runs, Error when it ends in the middle
 */
export function askOperator(
  path: string,
  request: ControlRequest,
  onMessage: (message: string) => void,
): Promise<ControlResult> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let rest = '';
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.write(`${JSON.stringify(request)}\n`));
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const answer = JSON.parse(line) as Answer;
        if ('tell' in answer) onMessage(answer.tell);
        else resolve(answer);
      }
    });
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      const isAbsent = cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED';
      const message = isAbsent ? 'the operator is not running' : `cannot ask the operator: ${cause.message}`;
      reject(isAbsent ? new OperatorAbsent(message, { cause }) : new Error(message, { cause }));
    });
    socket.once('close', () => reject(new Error('the operator ended before it answered')));
  });
}
