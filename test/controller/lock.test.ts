import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { askOperator, type ControlRequest, OperatorAbsent } from '../../controller/control.ts';
import { type Lock, lockRuntimeDir, socketPath } from '../../controller/lock.ts';

describe('the socket of the operator', () => {
  let dir: string;
  let locks: Lock[];

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'osa-net-'));
    locks = [];
  });

  afterEach(async () => {
    for (const lock of locks) await lock.release();
    rmSync(dir, { recursive: true, force: true });
  });

  async function lock(at = dir): Promise<Lock> {
    const made = await lockRuntimeDir(at);
    locks.push(made);
    return made;
  }

  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => 'no failure',
      (error: Error) => error.message,
    );

  const ask = (request: unknown, heard: string[] = []) =>
    askOperator(socketPath(dir), request as ControlRequest, (message) => heard.push(message));

  describe('as a lock', () => {
    it('is held by one operator, and free again when that ends', async () => {
      const runtime = join(dir, 'a', 'b');
      const first = await lockRuntimeDir(runtime);
      expect(await failure(lockRuntimeDir(runtime))).to.match(
        /^cannot start: another osa-net operator holds /,
      );
      await first.release();
      await lock(runtime);
      expect(readdirSync(runtime)).to.deep.equal(['operator.sock']);
    });

    it('does not mind what a killed operator left', async () => {
      writeFileSync(socketPath(dir), '');
      await lock();
      expect(readdirSync(dir)).to.deep.equal(['operator.sock']);
    });

    it('says why it cannot be had', async () => {
      writeFileSync(join(dir, 'file'), '');
      expect(await failure(lockRuntimeDir(join(dir, 'file')))).to.match(/EEXIST|ENOTDIR/);
    });

    it('is for root alone', async () => {
      await lock();
      expect(statSync(socketPath(dir)).mode & 0o777).to.equal(0o600);
    });
  });

  describe('for commands', () => {
    it('answers what is asked, and tells what goes on meanwhile', async () => {
      const asked: unknown[] = [];
      (await lock()).answerWith(async (request, tell) => {
        asked.push(request);
        tell('one moment');
        tell('another');
        return { outcome: 'done', message: 'so be it' };
      });
      const heard: string[] = [];
      const request = { verb: 'suspend', resources: ['ContainerBridge/a'] };
      expect(await ask(request, heard)).to.deep.equal({ outcome: 'done', message: 'so be it' });
      expect([asked, heard]).to.deep.equal([[request], ['one moment', 'another']]);
    });

    it('asks for patience while there is nobody who could act', async () => {
      await lock();
      expect(await ask({ verb: 'confirm' })).to.deep.include({ outcome: 'refused' });
    });

    for (const [name, request] of [
      ['an unknown verb', { verb: 'reboot' }],
      ['a field too many', { verb: 'confirm', now: true }],
      [
        'a document outside the directory',
        { verb: 'try', timeoutMs: 1, documents: [{ name: '../x.yaml', text: '' }] },
      ],
      ['a hidden document', { verb: 'try', timeoutMs: 1, documents: [{ name: '.x.yaml', text: '' }] }],
      ['no time', { verb: 'try', timeoutMs: 0, documents: [] }],
      ['a resource that is none', { verb: 'resume', resources: ['x'] }],
    ] as const) {
      it(`refuses ${name} without asking anybody`, async () => {
        let asked = 0;
        (await lock()).answerWith(async () => {
          asked += 1;
          return { outcome: 'done', message: '' };
        });
        expect(await ask(request)).to.deep.include({ outcome: 'refused' });
        expect(asked).to.equal(0);
      });
    }

    it('survives garbage, a client that says nothing and one that hangs up', async () => {
      (await lock()).answerWith(async () => ({ outcome: 'done', message: 'still here' }));
      for (const text of ['not json\n', '\0\n', '{"verb":\n', '{"verb":"conf', '']) {
        await new Promise<void>((resolve) => {
          const socket = connect(socketPath(dir), () => {
            socket.write(text);
            if (!text.endsWith('\n')) socket.destroy();
          });
          socket.resume().once('close', () => resolve());
        });
      }
      expect((await ask({ verb: 'confirm' })).message).to.equal('still here');
    });

    it('tells who waits for an answer that none will come', async () => {
      const held = await lock();
      held.answerWith(() => new Promise(() => undefined));
      const waiting = failure(ask({ verb: 'cancel' }));
      await new Promise((resolve) => setTimeout(resolve, 20));
      await held.release();
      expect(await waiting).to.equal('the operator ended before it answered');
    });

    it('is not there without an operator', async () => {
      const trouble = await ask({ verb: 'confirm' }).catch((error: Error) => error);
      expect(trouble).to.be.instanceOf(OperatorAbsent);
      writeFileSync(socketPath(dir), '');
      expect(await ask({ verb: 'confirm' }).catch((error: Error) => error)).to.be.instanceOf(OperatorAbsent);
    });
  });
});
