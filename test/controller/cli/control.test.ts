import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ControlHandler, ControlOutcome, ControlRequest } from '../../../controller/control.ts';
import { createControlServer } from '../../../controller/control-server.ts';
import { lockRuntimeDir } from '../../../controller/lock.ts';
import { keepingLogger } from '../logger.ts';
import { type Ended, program, type Running, start } from './program.ts';

const bridge = (name: string, spec = '{}') =>
  `apiVersion: osa-net.dev/v1alpha1\nkind: ContainerBridge\nmetadata: { name: ${name} }\nspec: ${spec}\n`;

const outcomes: readonly ControlOutcome[] = [
  'done',
  'unchanged',
  'refused',
  'confirmed',
  'cancelled',
  'timed-out',
  'probe-failed',
  'revert-failed',
];

describe('osa-net, talking to the operator', () => {
  let dir: string;
  let config: string;
  let asked: ControlRequest[];
  /** Stands in for the loop; each test writes its part. */
  let handler: ControlHandler;
  let stop: () => Promise<void>;

  before(function () {
    this.timeout(20_000);
    program();
  });

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'osa-net-ask-'));
    config = join(dir, 'config');
    mkdirSync(config);
    asked = [];
    const server = createControlServer(keepingLogger());
    const unlock = await lockRuntimeDir(dir, server.accept);
    server.handle((request, ...rest) => {
      asked.push(request);
      return handler(request, ...rest);
    });
    stop = async () => {
      stop = async () => undefined;
      server.close();
      await unlock();
    };
  });

  afterEach(async () => {
    await stop();
    rmSync(dir, { recursive: true });
  });

  const begin = (...args: string[]): Running =>
    start([...args, '--runtime-dir', dir, '--config-dir', config], {});
  const run = (...args: string[]): Promise<Ended> => begin(...args).ended;

  /** The same on a terminal of its own. */
  function onTerminal(...args: string[]): Running {
    const command = [process.execPath, program(), ...args, '--runtime-dir', dir, '--config-dir', config];
    // A shell that stayed would be ended by Ctrl-C before the program is.
    const line = `exec ${command.map((word) => `'${word}'`).join(' ')}`;
    return start(['-qec', line, '/dev/null'], {}, ['script']);
  }

  function write(name: string, text: string): string {
    const path = join(dir, name);
    writeFileSync(path, text);
    return path;
  }

  /** A trial that waits for the word of another request. */
  function waitForWord(): ControlHandler {
    let decide = (_: ControlOutcome): void => undefined;
    return ({ verb }, tell, gone) => {
      if (verb === 'try') {
        gone.addEventListener('abort', () => decide('cancelled'));
        tell('applied, and waiting');
        return new Promise((resolve) => {
          decide = (outcome) => resolve({ outcome, message: `it is ${outcome}` });
        });
      }
      decide(verb === 'confirm' ? 'confirmed' : 'cancelled');
      return Promise.resolve({ outcome: 'done', message: 'told' });
    };
  }

  const exitCodes: readonly [readonly string[], ControlRequest, readonly number[]][] = [
    [['try'], { verb: 'try', documents: [], timeoutMs: 120_000 }, [0, 0, 1, 0, 4, 5, 6, 7]],
    [['confirm'], { verb: 'confirm' }, [0, 1, 1, 0, 4, 5, 6, 7]],
    [['cancel'], { verb: 'cancel' }, [0, 1, 1, 0, 0, 5, 6, 7]],
    [['rollback'], { verb: 'rollback' }, [0, 0, 1, 0, 1, 1, 1, 7]],
    [['rollback', '41'], { verb: 'rollback', generation: 41 }, [0, 0, 1, 0, 1, 1, 1, 7]],
    [['suspend'], { verb: 'suspend', resources: [] }, [0, 0, 1, 0, 4, 5, 6, 7]],
    [
      ['resume', 'cb/a', 'networks/b'],
      { verb: 'resume', resources: ['ContainerBridge/a', 'Network/b'] },
      [0, 0, 1, 0, 4, 5, 6, 7],
    ],
  ];
  for (const [args, request, codes] of exitCodes) {
    it(`${args.join(' ')} asks for it, and ends with the code of each outcome`, async () => {
      const got: (number | null)[] = [];
      for (const outcome of outcomes) {
        handler = async (_, tell) => {
          tell('on its way');
          return { outcome, message: 'at its end' };
        };
        const { code, stdout, stderr } = await run(...args);
        got.push(code);
        expect(stdout).to.equal('');
        expect(stderr).to.match(/osa-net: on its way\nosa-net: at its end\n$/);
      }
      expect(got).to.deep.equal(codes);
      expect(asked).to.deep.equal(outcomes.map(() => request));
    }).timeout(30_000);
  }

  for (const args of [['try'], ['confirm'], ['cancel'], ['rollback'], ['suspend'], ['resume']]) {
    it(`${args.join(' ')} ends with 3 where no operator runs`, async () => {
      const nowhere = join(dir, 'nowhere');
      const { code, stderr } = await start([...args, '--runtime-dir', nowhere, '--config-dir', config]).ended;
      expect(code).to.equal(3);
      expect(stderr).to.match(/^osa-net: the operator is not running \(nobody answers at .*systemctl start/m);
    });
  }

  it('shows nothing of the operator that steers a terminal', async () => {
    handler = async () => ({ outcome: 'done', message: 'x\u001b[2Jy' });
    expect((await run('confirm')).stderr).to.equal('osa-net: x\ufffd[2Jy\n');
  });

  it('ends with 3 when the operator ends in the middle', async () => {
    handler = (_, tell) => {
      tell('begun');
      return new Promise(() => undefined);
    };
    const running = begin('try');
    await running.said(/begun/);
    await stop();
    const { code, stderr } = await running.ended;
    expect(code).to.equal(3);
    expect(stderr).to.match(/osa-net: the operator went away before it answered/);
  });

  describe('try', () => {
    it('hands over the documents of files, directories and the standard input', async () => {
      handler = async () => ({ outcome: 'confirmed', message: '' });
      const b = bridge('b');
      writeFileSync(join(config, 'b.yml'), b);
      writeFileSync(join(config, 'README'), 'not a document');
      const running = begin('try', write('a.yaml', bridge('a')), config, '-', '--timeout', '1min 30s');
      running.child.stdin.end(`# ü\n${bridge('c')}`);
      expect((await running.ended).code).to.equal(0);
      expect(asked).to.deep.equal([
        {
          verb: 'try',
          documents: [
            { name: 'a.yaml', text: bridge('a') },
            { name: 'b.yml', text: b },
            { name: 'stdin.yaml', text: `# ü\n${bridge('c')}` },
          ],
          timeoutMs: 90_000,
        },
      ]);
    });

    it('asks for nothing where a document has a problem', async () => {
      const file = write('a.yaml', bridge('a', '{ mtu: many }'));
      const { code, stderr } = await run('try', file);
      expect(code).to.equal(1);
      expect(stderr).to.contain(`${file}:4:`).and.to.contain('^^^^');
      expect(stderr).to.match(/osa-net: nothing tried: 1 file, 1 document: 1 problem\n$/);
      writeFileSync(join(config, 'broken.yaml'), 'kind: [');
      expect((await run('try')).code).to.equal(1);
      expect(asked).to.deep.equal([]);
    });

    it('does not take an empty directory for all documents', async () => {
      const { code, stderr } = await run('try', config);
      expect(code).to.equal(1);
      expect(stderr).to.match(/there are no documents/);
      expect(asked).to.deep.equal([]);
    });

    it('takes no two files of one name, and none that the directory would not take', async () => {
      writeFileSync(join(config, 'a.yaml'), bridge('b'));
      const twice = await run('try', write('a.yaml', bridge('a')), config);
      expect(twice.code).to.equal(2);
      expect(twice.stderr).to.match(/have the same name/);
      const text = await run('try', write('a.txt', bridge('a')));
      expect(text.code).to.equal(2);
      expect(text.stderr).to.match(/named neither \*\.yaml nor \*\.yml/);
      expect(asked).to.deep.equal([]);
    });

    it('says how long there is, and how to decide without a terminal', async () => {
      handler = async () => ({ outcome: 'timed-out', message: '' });
      const { stderr } = await run('try', '--timeout', '300');
      expect(stderr).to.contain('within 5m').and.to.contain('osa-net confirm');
    });

    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      it(`cancels at ${signal} and waits for what becomes of it`, async () => {
        handler = waitForWord();
        const running = begin('try');
        await running.said(/waiting/);
        running.child.kill(signal);
        const { code, stderr } = await running.ended;
        expect(asked.map(({ verb }) => verb)).to.deep.equal(['try', 'cancel']);
        expect(code).to.equal(4);
        expect(stderr).to.match(/osa-net: it is cancelled\n$/);
      });
    }

    it('does not wait any longer at the second one', async () => {
      const gone = new Promise<void>((resolve) => {
        handler = async ({ verb }, tell, signal) => {
          if (verb === 'cancel') return { outcome: 'unchanged', message: 'not yet' };
          tell('waiting');
          await once(signal, 'abort');
          resolve();
          return { outcome: 'cancelled', message: '' };
        };
      });
      const running = begin('try');
      await running.said(/waiting/);
      running.child.kill('SIGINT');
      await running.said(/not yet/);
      running.child.kill('SIGINT');
      expect(await once(running.child, 'exit')).to.deep.equal([null, 'SIGINT']);
      await gone;
    });

    it('is confirmed by another osa-net', async () => {
      handler = waitForWord();
      const running = begin('try');
      await running.said(/waiting/);
      expect((await run('confirm')).code).to.equal(0);
      expect((await running.ended).code).to.equal(0);
    });

    it('is confirmed by Enter on the terminal, and by Enter alone', async () => {
      handler = waitForWord();
      const running = onTerminal('try');
      await running.said(/Enter keeps it/);
      await running.said(/waiting/);
      running.child.stdin.write('no!\n');
      await running.said(/Enter alone keeps/);
      expect(asked.map(({ verb }) => verb)).to.deep.equal(['try']);
      running.child.stdin.write('\n');
      expect((await running.ended).code).to.equal(0);
      expect(asked.map(({ verb }) => verb)).to.deep.equal(['try', 'confirm']);
    });

    it('is taken back by Ctrl-C on the terminal', async () => {
      handler = waitForWord();
      const running = onTerminal('try');
      await running.said(/waiting/);
      running.child.stdin.write('\u0003');
      expect((await running.ended).code).to.equal(4);
      expect(asked.map(({ verb }) => verb)).to.deep.equal(['try', 'cancel']);
    });

    it('is gone for the operator when the terminal goes, as when ssh dies', async () => {
      const gone = new Promise<void>((resolve) => {
        handler = async (_, tell, signal) => {
          tell('waiting');
          await once(signal, 'abort');
          resolve();
          return { outcome: 'cancelled', message: '' };
        };
      });
      const running = onTerminal('try');
      await running.said(/waiting/);
      running.child.kill('SIGKILL');
      await gone;
      expect(asked.map(({ verb }) => verb)).to.deep.equal(['try']);
    });
  });
}).timeout(15_000);
