import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import {
  askOperator,
  type ControlHandler,
  type ControlRequest,
  type ControlResult,
  maxRequestBytes,
  OperatorNotRunning,
} from '../../controller/control.ts';
import { type ControlServer, createControlServer } from '../../controller/control-server.ts';
import { lockRuntimeDir } from '../../controller/lock.ts';
import { keepingLogger } from './logger.ts';

const done: ControlResult = { outcome: 'done', message: 'done so' };
const silent = () => undefined;

describe('the control socket', () => {
  let dir: string;
  let server: ControlServer;
  let unlock: () => Promise<void>;
  let logger: ReturnType<typeof keepingLogger>;
  let asked: ControlRequest[];

  /** Stands in for the loop. */
  const agree: ControlHandler = async (request) => {
    asked.push(request);
    return done;
  };

  async function open(patienceMs?: number): Promise<void> {
    server = createControlServer(logger, patienceMs);
    unlock = await lockRuntimeDir(dir, server.accept);
  }

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'osa-net-control-'));
    logger = keepingLogger();
    asked = [];
  });

  afterEach(async () => {
    server.close();
    await unlock();
    rmSync(dir, { recursive: true, force: true });
  });

  const dial = (): Socket => connect(join(dir, 'operator.sock'));

  /** Everything that the operator answers until it hangs up. */
  async function answersTo(socket: Socket): Promise<string> {
    let text = '';
    socket.on('data', (data) => (text += data)).on('error', silent);
    await new Promise((resolve) => socket.once('close', resolve));
    return text;
  }

  async function send(bytes: string | Uint8Array): Promise<{ outcome?: string; message?: string }> {
    const socket = dial();
    socket.end(bytes);
    return JSON.parse(await answersTo(socket));
  }

  const requests: readonly ControlRequest[] = [
    { verb: 'try', documents: [{ name: 'a.yaml', text: 'a: "ü\n"\n' }], timeoutMs: 120_000 },
    { verb: 'try', documents: [], timeoutMs: 1 },
    { verb: 'confirm' },
    { verb: 'cancel' },
    { verb: 'rollback' },
    { verb: 'rollback', generation: 7 },
    { verb: 'suspend', resources: ['ContainerBridge/a', 'NetDev/b-1'] },
    { verb: 'resume', resources: [] },
  ];
  for (const request of requests) {
    it(`carries over ${JSON.stringify(request)}`, async () => {
      await open();
      server.handle(agree);
      expect(await askOperator(dir, request, silent)).to.deep.equal(done);
      expect(asked).to.deep.equal([request]);
    });
  }

  it('passes on what is told in between, in order, then the result', async () => {
    await open();
    server.handle(async (_, tell) => {
      tell('one\nand a half');
      await new Promise(setImmediate);
      tell('two');
      return { outcome: 'probe-failed', message: 'three' };
    });
    const told: string[] = [];
    const result = await askOperator(dir, { verb: 'confirm' }, (message) => told.push(message));
    expect(told).to.deep.equal(['one\nand a half', 'two']);
    expect(result).to.deep.equal({ outcome: 'probe-failed', message: 'three' });
  });

  it('says that the operator is starting until somebody handles requests', async () => {
    await open();
    const { outcome, message } = await askOperator(dir, { verb: 'cancel' }, silent);
    expect({ outcome, message }).to.deep.equal({
      outcome: 'refused',
      message: 'the operator is starting; try again',
    });
    server.handle(agree);
    expect(await askOperator(dir, { verb: 'cancel' }, silent)).to.deep.equal(done);
  });

  it('lets one client ask while another waits', async () => {
    await open();
    const began = deferred<void>();
    const confirmed = deferred<void>();
    server.handle(async ({ verb }) => {
      if (verb === 'try') began.resolve();
      else confirmed.resolve();
      await confirmed.promise;
      return done;
    });
    const trying = askOperator(dir, { verb: 'try', documents: [], timeoutMs: 1000 }, silent);
    await began.promise;
    expect(await askOperator(dir, { verb: 'confirm' }, silent)).to.deep.equal(done);
    expect(await trying).to.deep.equal(done);
  });

  const bad: readonly [string, string, RegExp][] = [
    ['no JSON', '{"verb": "confi\n', /not JSON/],
    ['a verb that there is not', '{"verb":"reboot"}\n', /verb: /],
    ['no map', '[]\n', /cannot read the request/],
    ['an empty line', '\n', /not JSON/],
    ['half a request', '{"verb":"confirm"}', /not whole/],
    ['a field that does not belong', '{"verb":"confirm","force":true}\n', /force/],
    ['a document that leaves the directory', trial('../x.yaml'), /documents\.0\.name/],
    ['a document that the directory would not have', trial('x.conf'), /documents\.0\.name/],
    ['two documents of one name', trial('a.yaml', 'a.yaml'), /twice/],
    ['no time', '{"verb":"try","documents":[],"timeoutMs":0}\n', /timeoutMs/],
    ['a generation that cannot be', '{"verb":"rollback","generation":0}\n', /generation/],
    ['a resource without a name', '{"verb":"suspend","resources":["NetDev"]}\n', /KIND\/NAME/],
    ['a resource of no kind', '{"verb":"resume","resources":["Pod/a"]}\n', /KIND\/NAME/],
  ];
  for (const [what, line, expected] of bad) {
    it(`refuses ${what}`, async () => {
      await open();
      server.handle(agree);
      const { outcome, message } = await send(line);
      expect(outcome).to.equal('refused');
      expect(message).to.match(expected);
      expect(asked).to.deep.equal([]);
    });
  }

  it('hands no garbage on, and is there for the next request', async () => {
    await open();
    server.handle(agree);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect((await send(bytes)).outcome).to.equal('refused');
      }),
      { numRuns: 200 },
    );
    expect(asked).to.deep.equal([]);
    expect(await askOperator(dir, { verb: 'confirm' }, silent)).to.deep.equal(done);
    expect(logger.lines).to.deep.equal([]);
  });

  it('takes no more than the largest request, whole or not', async () => {
    await open();
    server.handle(agree);
    const socket = dial();
    const answers = answersTo(socket);
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    for (let sent = 0; sent < maxRequestBytes + 2 * chunk.length && !socket.destroyed; sent += chunk.length)
      if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), answers]).catch(silent);
    expect(JSON.parse(await answers).message).to.equal(`a request has at most ${maxRequestBytes} bytes`);
    const text = 'x'.repeat(maxRequestBytes);
    const large: ControlRequest = { verb: 'try', documents: [{ name: 'a.yaml', text }], timeoutMs: 1 };
    const error = await askOperator(dir, large, silent).catch((cause: Error) => cause);
    expect(error)
      .to.be.instanceOf(Error)
      .with.property('message')
      .that.matches(/at most/);
    expect(asked).to.deep.equal([]);
    expect(await askOperator(dir, { verb: 'confirm' }, silent)).to.deep.equal(done);
  });

  it('waits for no client that keeps its request back', async () => {
    await open(50);
    server.handle(agree);
    const socket = dial();
    socket.write('{"verb":"confirm"');
    expect(JSON.parse(await answersTo(socket)).message).to.match(/in time/);
    expect(asked).to.deep.equal([]);
  });

  it('hangs up on a client that does not read its answer', async () => {
    await open(50);
    const message = 'x'.repeat(4 * 1024 * 1024);
    server.handle(async () => ({ outcome: 'done', message }));
    const socket = dial().on('error', silent);
    socket.write('{"verb":"confirm"}\n');
    await once(socket, 'connect');
    // what it reads after a while is not the whole
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await answersTo(socket)).length).to.be.below(message.length);
  });

  it('tells the handler that its client vanished, and outlives it', async () => {
    await open();
    const told = deferred<void>();
    server.handle(async (_, tell, gone) => {
      await once(gone, 'abort');
      for (let i = 0; i < 1000; i++) tell('nobody hears this');
      told.resolve();
      return done;
    });
    const socket = dial();
    await once(socket, 'connect');
    socket.write('{"verb":"try","documents":[],"timeoutMs":1000}\n', () => socket.destroy());
    await told.promise;
    server.handle(agree);
    expect(await askOperator(dir, { verb: 'confirm' }, silent)).to.deep.equal(done);
  });

  it('tells the handler when the client gives up', async () => {
    await open();
    const began = deferred<void>();
    const vanished = deferred<void>();
    server.handle(async (_request, _tell, gone) => {
      began.resolve();
      await once(gone, 'abort');
      vanished.resolve();
      return done;
    });
    const controller = new AbortController();
    const asking = askOperator(
      dir,
      { verb: 'try', documents: [], timeoutMs: 1000 },
      silent,
      controller.signal,
    ).catch((cause: Error) => cause);
    await began.promise;
    controller.abort(new Error('enough'));
    expect(await asking).to.have.property('message', 'enough');
    await vanished.promise;
  });

  it('answers for a handler that fails, and logs it', async () => {
    await open();
    server.handle(async () => {
      throw new Error('cannot write the inventory: no space left on device');
    });
    const { outcome, message } = await askOperator(dir, { verb: 'rollback' }, silent);
    expect(outcome).to.equal('refused');
    expect(message).to.equal('cannot write the inventory: no space left on device');
    expect(logger.lines).to.deep.equal([`error: cannot carry out rollback: ${message}`]);
  });

  it('lets go of its clients when the operator ends', async () => {
    await open();
    const began = deferred<AbortSignal>();
    server.handle((_request, _tell, gone) => {
      began.resolve(gone);
      return new Promise(() => undefined);
    });
    const asking = askOperator(dir, { verb: 'try', documents: [], timeoutMs: 1000 }, silent).catch(
      (cause: Error) => cause,
    );
    const gone = await began.promise;
    server.close();
    await unlock();
    expect(await asking).to.be.instanceOf(OperatorNotRunning);
    expect(gone.aborted).to.equal(true);
    expect(await askOperator(dir, { verb: 'confirm' }, silent).catch((cause: Error) => cause))
      .to.be.instanceOf(OperatorNotRunning)
      .with.property('message')
      .that.matches(/^the operator is not running \(nobody answers at /);
    await open();
  });
});

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve = (_: T): void => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve: (value) => resolve(value) };
}

function trial(...names: readonly string[]): string {
  const documents = names.map((name) => ({ name, text: '' }));
  return `${JSON.stringify({ verb: 'try', documents, timeoutMs: 1000 })}\n`;
}
