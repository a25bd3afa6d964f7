import { once } from 'node:events';
import type { Bed } from './bed.ts';
import { eventually } from './eventually.ts';
import type { InsideProcess } from './process.ts';
import type { Workload } from './workload.ts';

/** A TCP connection as an ssh session is one: from outside to port 22, a line now and then, and an answer to each. */
export interface Stream {
  /** Resolves once a line that is sent after this call was answered. @throws when the connection is gone, or none comes */
  assertAlive(timeoutMs?: number): Promise<void>;
  stop(): Promise<void>;
}

const server = `
const { createServer } = require('node:net');
const echo = (socket) => socket.on('data', (data) => socket.write(data)).on('error', () => {});
createServer(echo).listen(22, '0.0.0.0', () => console.log('listening'));
`;

/** One line a tenth of a second; every answer is printed with the local port, so that a new connection would show. */
const client = `
const socket = require('node:net').connect({ host: process.argv[1], port: 22 });
let sent = 0;
socket.on('connect', () => setInterval(() => socket.write(++sent + '\\n'), 100));
socket.on('data', (data) => console.log(socket.localPort, sent, String(data).trim().split('\\n').at(-1)));
socket.on('error', (error) => { console.log('error', error.message); process.exit(1); });
socket.on('close', () => { console.log('closed'); process.exit(1); });
`;

/** Runs a program at one end of the connection. */
export type Run = (argv: readonly string[]) => InsideProcess;

/** Opens the connection from a namespace to an address of the bed. */
export async function startStream(bed: Bed, from: Workload, address: string): Promise<Stream> {
  const inside = ['nsenter', `--net=/run/netns/${from.name}`];
  return openStream(
    (argv) => bed.spawn(argv),
    (argv) => bed.spawn([...inside, ...argv]),
    address,
  );
}

/** Opens the connection between two ends, wherever they are. */
export async function openStream(serve: Run, call: Run, address: string): Promise<Stream> {
  const listening = serve([process.execPath, '-e', server]);
  await once(listening.child.stdout ?? listening.child, 'data');
  const running = call([process.execPath, '-e', client, address]);
  let last: { port: string; sent: number; answered: number } | undefined;
  let trouble = '';
  running.child.stdout?.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split('\n')) {
      const [port = '', sent, answered] = line.split(' ');
      if (port === 'error' || port === 'closed') trouble = line;
      else last = { port, sent: Number(sent), answered: Number(answered) };
    }
  });
  const stream: Stream = {
    async assertAlive(timeoutMs = 30_000) {
      const before = last;
      await eventually(() => {
        if (trouble !== '') throw new Error(`the connection is gone: ${trouble}`);
        if (!last || last.answered <= (before?.sent ?? 0)) throw new Error('no answer yet');
        if (before && last.port !== before.port) throw new Error('it is another connection');
      }, timeoutMs);
    },
    async stop() {
      running.kill('SIGKILL');
      listening.kill('SIGKILL');
      await Promise.all([running.ended, listening.ended]);
    },
  };
  await stream.assertAlive();
  return stream;
}
