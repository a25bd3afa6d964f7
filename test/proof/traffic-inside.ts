/**
 * The two ends of the traffic, inside a bed: `server` answers what comes to a TCP and a UDP port with the same; `client
 * ADDRESS [tcp]` asks every 10 ms until its stdin ends, then prints its `Figures` as JSON.
 */
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';

/** What a client counted. */
export interface Figures {
  /** UDP echoes: asked, and not answered within a second. */
  readonly sent: number;
  readonly lost: number;
  /** Longest time without an answer, ms. */
  readonly gapMs: number;
  /** TCP: numbers written and read back in order, and how often a connection ended before its time. */
  readonly echoed: number;
  readonly resets: number;
  /** Numbers that came back in another order or not at all, the connection being up. */
  readonly garbled: number;
  /** Longest time between two numbers read back, ms. */
  readonly stallMs: number;
}

const port = 7007;
const everyMs = 10;
const lostAfterMs = 1_000;

/** The longest time between two calls. */
class Gap {
  #last = performance.now();
  longest = 0;

  tick(): void {
    const now = performance.now();
    this.longest = Math.max(this.longest, now - this.#last);
    this.#last = now;
  }
}

function serve(): void {
  createServer((socket) => {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy()); // the client counts it
    socket.pipe(socket);
  }).listen(port);
  const echo = createSocket('udp4');
  echo.on('message', (message, { address, port: from }) => echo.send(message, from, address));
  echo.bind(port, () => process.stdout.write('ready\n'));
  process.stdin.resume().on('close', () => process.exit());
}

/** Asks by UDP; what is not answered within a second is lost, and so is what could not be sent. */
function ping(address: string): () => Pick<Figures, 'sent' | 'lost' | 'gapMs'> {
  const socket = createSocket('udp4');
  const asked: number[] = [];
  const gap = new Gap();
  let answered = 0;
  socket.on('error', () => undefined);
  socket.on('message', (message) => {
    const at = asked[message.readUInt32BE()];
    if (at === undefined || performance.now() - at > lostAfterMs) return;
    answered++;
    gap.tick();
  });
  const timer = setInterval(() => {
    const message = Buffer.alloc(64);
    message.writeUInt32BE(asked.push(performance.now()) - 1);
    socket.send(message, port, address, () => undefined);
  }, everyMs);
  const stop = () => clearInterval(timer);
  process.stdin.on('close', stop);
  return () => ({ sent: asked.length, lost: asked.length - answered, gapMs: Math.round(gap.longest) });
}

/** Writes a sequence of numbers and reads it back; a connection that ends is replaced at once. */
function stream(address: string): () => Pick<Figures, 'echoed' | 'resets' | 'garbled' | 'stallMs'> {
  const counts = { echoed: 0, resets: 0, garbled: 0 };
  const gap = new Gap();
  let ending = false;
  const open = () => {
    const socket = connect({ host: address, port, noDelay: true });
    let [written, read] = [0, 0];
    let rest = Buffer.alloc(0);
    const timer = setInterval(() => {
      const number = Buffer.alloc(4);
      number.writeUInt32BE(written++);
      if (!socket.connecting) socket.write(number);
      else written--;
    }, everyMs);
    socket.on('data', (data) => {
      gap.tick();
      rest = Buffer.concat([rest, data]);
      for (; rest.length >= 4; rest = rest.subarray(4)) {
        if (rest.readUInt32BE() !== read++) counts.garbled++;
        counts.echoed++;
      }
    });
    socket.on('error', () => undefined); // `close` follows
    socket.on('close', () => {
      clearInterval(timer);
      if (ending) return;
      counts.resets++;
      setTimeout(open, 100);
    });
  };
  open();
  process.stdin.on('close', () => {
    ending = true;
  });
  return () => ({ ...counts, stallMs: Math.round(gap.longest) });
}

const [role, address = '', tcp] = process.argv.slice(2);
if (role === 'server') serve();
else {
  const pinged = ping(address);
  const streamed = tcp ? stream(address) : () => ({ echoed: 0, resets: 0, garbled: 0, stallMs: 0 });
  process.stdin.resume().on('close', () => {
    setTimeout(() => {
      process.stdout.write(JSON.stringify({ ...pinged(), ...streamed() }), () => process.exit());
    }, lostAfterMs + 100);
  });
}
