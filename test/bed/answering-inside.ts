/**
 * Runs inside a bed, as a host that answers: HTTP on 80 (the path is the status), HTTPS on 443 where it is given key and
 * certificate, DNS on 53 (`known.example` has an A record) and ssh's port. Prints "ready" when it does.
 * With `connect HOST [FROM]` it is the one who asks: it holds a connection to port 22, and prints "ready" too.
 */
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { connect, createServer } from 'node:net';

const [verb = '', host = '', from] = process.argv.slice(2);

/** A reply (RFC 1035 §4.1) to a question: an address, or that there is no such name. */
function reply(question: Buffer, address: string): Buffer {
  const end = question.indexOf(0, 12) + 5;
  const isKnown = question.subarray(12, end - 4).equals(Buffer.from('\x05known\x07example\0'));
  const hasAddress = isKnown && question.readUInt16BE(end - 4) === 1;
  const head = Buffer.from(question.subarray(0, 12));
  head.writeUInt16BE(isKnown ? 0x8180 : 0x8183, 2);
  head.fill(0, 6);
  head.writeUInt16BE(hasAddress ? 1 : 0, 6);
  const bytes = address.split('.').map(Number);
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...bytes]);
  return Buffer.concat([head, question.subarray(12, end), ...(hasAddress ? [record] : [])]);
}

if (verb === 'connect') {
  const socket = connect({ host, port: 22, ...(from !== undefined && { localAddress: from }) });
  socket.once('connect', () => console.log('ready'));
} else {
  const listener: RequestListener = (request, response) => {
    response.writeHead(Number(request.url?.slice(1)) || 200).end('.');
  };
  const listening: Promise<unknown>[] = [];
  const listen = (server: { listen(port: number, done: () => void): unknown }, port: number) =>
    listening.push(new Promise<void>((resolve) => server.listen(port, resolve)));
  listen(createHttp(listener), 80);
  listen(
    createServer(() => undefined),
    22,
  );
  if (verb !== '') listen(createHttps({ key: readFileSync(verb), cert: readFileSync(host) }, listener), 443);
  const dns = createSocket('udp4');
  dns.on('message', (question, { port, address }) => dns.send(reply(question, '10.9.0.1'), port, address));
  listening.push(new Promise<void>((resolve) => dns.bind(53, resolve)));
  await Promise.all(listening);
  console.log('ready');
}
