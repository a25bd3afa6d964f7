import { connect } from 'node:net';
import { join } from 'node:path';
import type { ResourceKey } from '../crds/resource.ts';

/**
 * What may be asked of a running operator. Over the socket it is one line of JSON, one request a connection; the
 * operator answers with lines `{"message": …}` while it is at work, and last with its `ControlResult`.
 */
export type ControlRequest =
  | {
      readonly verb: 'try';
      /** Files as they would stand in the directory, by their bare names; none: those of the directory. */
      readonly documents: readonly { readonly name: string; readonly text: string }[];
      /** How long the change waits for `confirm` before it is taken back. */
      readonly timeoutMs: number;
    }
  | { readonly verb: 'confirm' }
  | { readonly verb: 'cancel' }
  /** Without a generation: the one before the current. */
  | { readonly verb: 'rollback'; readonly generation?: number }
  /** Without resources: everything. */
  | { readonly verb: 'suspend' | 'resume'; readonly resources: readonly ResourceKey[] };

/** How a request ended; the command line makes its exit code of it. */
export type ControlOutcome =
  /** It was done, and nothing had to be confirmed. */
  | 'done'
  /** There was nothing to do: nothing to try, nothing that waits for a word. */
  | 'unchanged'
  /** It cannot be done; nothing was changed. */
  | 'refused'
  /** `try`: kept. */
  | 'confirmed'
  /** `try`: taken back by `cancel`, or because the client went away. */
  | 'cancelled'
  | 'timed-out'
  /** Taken back: what passed before did not pass any more. */
  | 'probe-failed'
  /** It was to be taken back, and the host is not as it was. */
  | 'revert-failed';

/** The last answer to a request. */
export interface ControlResult {
  readonly outcome: ControlOutcome;
  /** One lower-case sentence for the user. */
  readonly message: string;
}

/**
 * Carries out one request. Several may be under way at once (`try` waits while `confirm` comes in).
 * @param tell says to the client what is going on; to nobody once it is gone
 * @param gone aborted when the client went away before its answer
 */
export type ControlHandler = (
  request: ControlRequest,
  tell: (message: string) => void,
  gone: AbortSignal,
) => Promise<ControlResult>;

/** Most bytes of a request with its line end: sixteen documents of the largest size. */
export const maxRequestBytes = 16 * 1024 * 1024;

/** The operator's socket in its runtime directory, for root alone. */
export function controlSocket(runtimeDir: string): string {
  return join(runtimeDir, 'operator.sock');
}

/** Nobody answers at the socket, or who did went away in the middle. */
export class OperatorNotRunning extends Error {
  override readonly name = 'OperatorNotRunning';
}

const wentAway =
  'the operator went away before it answered; what nobody confirmed it takes back when it starts again';

/**
 * Asks the running operator for something and waits for its last word. To go away early tells it that nobody waits:
 * it takes back what it tries.
 * @throws OperatorNotRunning; the signal's reason when it is aborted; Error when the operator cannot be reached or asked
 */
export function askOperator(
  runtimeDir: string,
  request: ControlRequest,
  onMessage: (message: string) => void,
  signal?: AbortSignal,
): Promise<ControlResult> {
  const line = `${JSON.stringify(request)}\n`;
  const path = controlSocket(runtimeDir);
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    if (Buffer.byteLength(line) > maxRequestBytes) {
      throw new Error(`cannot ask the operator: a request has at most ${maxRequestBytes} bytes`);
    }
    const socket = connect(path);
    const leave = () => socket.destroy();
    const settle = (end: () => void) => {
      signal?.removeEventListener('abort', leave);
      socket.destroy();
      end();
    };
    signal?.addEventListener('abort', leave, { once: true });
    let trouble: Error = new OperatorNotRunning(wentAway);
    socket.setEncoding('utf8').write(line);
    eachLine(socket, (text) => {
      const answer = answerOf(text);
      if (answer === undefined) settle(() => reject(new Error('cannot read what the operator answers')));
      else if ('outcome' in answer) settle(() => resolve(answer));
      else onMessage(answer.message);
    });
    socket.on('error', (cause: NodeJS.ErrnoException) => {
      trouble = troubleOf(path, cause);
    });
    socket.once('close', () => settle(() => reject(signal?.aborted === true ? signal.reason : trouble)));
  });
}

function eachLine(socket: ReturnType<typeof connect>, take: (line: string) => void): void {
  let rest = '';
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) take(line);
  });
}

function answerOf(line: string): ControlResult | { readonly message: string } | undefined {
  try {
    const value = JSON.parse(line) as { message?: unknown };
    return typeof value.message === 'string' ? (value as ControlResult) : undefined;
  } catch {
    return undefined;
  }
}

function troubleOf(path: string, cause: NodeJS.ErrnoException): Error {
  if (cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED') {
    const message = `the operator is not running (nobody answers at ${path}); start it with: systemctl start osa-net`;
    return new OperatorNotRunning(message, { cause });
  }
  if (cause.code === 'EPIPE' || cause.code === 'ECONNRESET') {
    return new OperatorNotRunning(wentAway, { cause });
  }
  const why = cause.code === 'EACCES' ? 'permission denied; it answers to root alone' : cause.message;
  return new Error(`cannot reach the operator at ${path}: ${why}`, { cause });
}
