import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { createLogger } from '../../controller/winston.ts';

const module = new URL('../../controller/winston.js', import.meta.url).href;

describe('the log', () => {
  it('writes one JSON object a line where no person and no journald reads', async () => {
    const [record] = await logged((logger) =>
      logger.info('wrote unit', { unit: 'a.netdev', n: 2, none: undefined }),
    );
    expect(record).to.include({ level: 'info', message: 'wrote unit', unit: 'a.netdev', n: 2 });
    expect(record).to.have.all.keys('time', 'level', 'message', 'unit', 'n');
    expect(new Date(String(record?.['time'])).getTime()).to.be.closeTo(Date.now(), 60_000);
  });

  it('never lets a field take the place of the text, the level or the time', async () => {
    const [record] = await logged((logger) => logger.warn('text', { message: 'm', level: 'l', time: 't' }));
    expect(record).to.include({ level: 'warn', message: 'text', message_: 'm', level_: 'l', time_: 't' });
  });

  for (const [level, expected] of [
    ['error', ['error']],
    ['warn', ['error', 'warn']],
    ['info', ['error', 'warn', 'info']],
    ['debug', ['error', 'warn', 'info', 'debug']],
  ] as const) {
    it(`at level ${level} says ${expected.join(', ')}`, async () => {
      const all = (logger: ReturnType<typeof createLogger>): void => {
        for (const name of ['error', 'warn', 'info', 'debug'] as const) logger[name](name);
      };
      expect((await logged(all, level)).map((record) => record['level'])).to.deep.equal(expected);
    });
  }

  it('keeps a message on one line', async () => {
    const stream = new PassThrough();
    const logger = createLogger({ level: 'info', stream });
    logger.info('a\nb\u001b[31m', { key: 'c\nd' });
    await logger.close();
    expect(String(stream.read()).split('\n')).to.have.length(2);
  });

  describe('under systemd', () => {
    let dir: string;

    beforeEach(() => {
      dir = mkdtempSync(join(tmpdir(), 'osa-net-log-'));
    });

    afterEach(() => {
      rmSync(dir, { recursive: true });
    });

    /** Runs a child whose stderr is a file that JOURNAL_STREAM names, or not. */
    function childLog(script: string, matching: boolean): string {
      const path = join(dir, 'log');
      const fd = openSync(path, 'w');
      const { dev, ino } = fstatSync(fd);
      const program = `
        const { createLogger } = await import(${JSON.stringify(module)});
        const logger = createLogger({ level: 'debug', stream: process.stderr });
        ${script}
        await logger.close();`;
      const env = { ...process.env, JOURNAL_STREAM: matching ? `${dev}:${ino}` : `${dev}:1` };
      const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
        env,
        stdio: ['ignore', 'ignore', fd],
      });
      closeSync(fd);
      expect(child.status).to.equal(0);
      return readFileSync(path, 'utf8');
    }

    it('starts each line with its syslog priority', () => {
      const script = `
        logger.error('broken\\nbadly', { unit: 'a b' });
        logger.warn('hm');
        logger.info('fine', { changes: 3, link: 'br0', quote: 'a"b' });
        logger.debug('detail');`;
      expect(childLog(script, true)).to.equal(
        '<3>broken badly unit="a b"\n<4>hm\n<6>fine changes=3 link=br0 quote="a\\"b"\n<7>detail\n',
      );
    });

    it('writes JSON when its stderr has been redirected elsewhere', () => {
      expect(JSON.parse(childLog(`logger.info('fine');`, false))).to.include({ message: 'fine' });
    });

    it('loses nothing at its end', () => {
      const script = `for (let i = 0; i < 5000; i += 1) logger.info('line', { i });`;
      expect(childLog(script, true).trimEnd().split('\n')).to.have.length(5000);
    });
  });

  it('goes on when nobody reads it any more', () => {
    const program = `
      const { createLogger } = await import(${JSON.stringify(module)});
      const { Writable } = await import('node:stream');
      const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
      stream.on('error', () => undefined);
      const logger = createLogger({ level: 'info', stream });
      logger.info('one');
      setTimeout(() => { logger.info('two'); console.log('alive'); }, 20);`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' });
    expect(child.stdout).to.equal('alive\n');
  });
});

async function logged(
  use: (logger: ReturnType<typeof createLogger>) => void,
  level: 'error' | 'warn' | 'info' | 'debug' = 'debug',
): Promise<Record<string, unknown>[]> {
  const stream = new PassThrough();
  const logger = createLogger({ level, stream });
  use(logger);
  await logger.close();
  const text = String(stream.read());
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
