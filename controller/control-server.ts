import type { Socket } from 'node:net';
import { type ControlHandler, type ControlResult, maxRequestBytes } from './control.ts';
import { readRequest } from './control-request.ts';
import type { Logger } from './log.ts';

/** The operator's end of its control socket. */
export interface ControlServer {
  /** Serves one connection; it must be allowed to be half open. */
  accept(socket: Socket): void;
  /** Whom requests go to from now on; until then they are told that the operator is starting. */
  handle(handler: ControlHandler): void;
  /** Lets go of all clients; a request that is under way is told that its client is gone. */
  close(): void;
}

/** So long a client may take to send its request, or to read its answer, ms. */
const patience = 10_000;

/** Nothing that a client sends, holds back or leaves undone throws, and no client holds up another. */
export function createControlServer(log: Logger, patienceMs = patience): ControlServer {
  const sockets = new Set<Socket>();
  let handler: ControlHandler = async () => refused('the operator is starting; try again');
  let closed = false;
  return {
    accept(socket) {
      // a client that vanished has nothing more to be told
      socket.on('error', () => undefined);
      if (closed) return void socket.destroy();
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      void serve(socket, (...request) => handler(...request), log, patienceMs);
    },
    handle(next) {
      handler = next;
    },
    close() {
      closed = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Never rejects. */
async function serve(socket: Socket, handler: ControlHandler, log: Logger, patienceMs: number) {
  const gone = new AbortController();
  for (const event of ['end', 'close']) socket.once(event, () => gone.abort());
  const line = await requestLine(socket, patienceMs);
  const result = typeof line === 'string' ? await carryOut(line) : line;
  socket.setTimeout(patienceMs, () => socket.destroy());
  // a client that never closes its side must not keep ours
  socket.end(`${JSON.stringify(result)}\n`, () => socket.destroy());

  async function carryOut(text: string): Promise<ControlResult> {
    let verb = 'a request';
    try {
      const request = readRequest(text);
      verb = request.verb;
      return await handler(request, tell, gone.signal);
    } catch (cause) {
      const { message } = cause as Error;
      if (verb !== 'a request') log.error(`cannot carry out ${verb}: ${message}`);
      return refused(message);
    }
  }

  function tell(message: string): void {
    if (socket.writable) socket.write(`${JSON.stringify({ message })}\n`);
  }
}

/** The first line that a client sends, or what to answer when none comes. What follows it is thrown away. */
function requestLine(socket: Socket, patienceMs: number): Promise<string | ControlResult> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let settled = false;
    const settle = (outcome: string | ControlResult): void => {
      clearTimeout(timer);
      settled = true;
      chunks.length = 0;
      resolve(outcome);
    };
    const timer = setTimeout(() => settle(refused('no request came in time')), patienceMs);
    socket.on('data', (chunk: Buffer) => {
      if (settled) return;
      const end = chunk.indexOf('\n');
      chunks.push(end < 0 ? chunk : chunk.subarray(0, end));
      size += chunk.length;
      if (size > maxRequestBytes) settle(refused(`a request has at most ${maxRequestBytes} bytes`));
      else if (end >= 0) settle(Buffer.concat(chunks).toString());
    });
    for (const event of ['end', 'close'])
      socket.once(event, () => settle(refused('the request is not whole')));
  });
}

function refused(message: string): ControlResult {
  return { outcome: 'refused', message };
}
