import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { expect } from 'chai';
import { lockRuntimeDir } from '../../controller/lock.ts';

const lock = (runtimeDir: string) => lockRuntimeDir(runtimeDir, (socket) => socket.destroy());

async function messageOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'no failure',
    (cause: Error) => cause.message,
  );
}

const isHeld = /^cannot start: another osa-net operator holds .*operator\.sock; stop it first/;

/** Another process that locks a directory when it is told to, says what came of it, and unlocks when told again. */
interface Contender {
  readonly process: ChildProcess;
  readonly lines: AsyncIterator<string>;
  readonly input: Interface;
}

function contender(runtimeDir: string): Contender {
  const module = new URL('../../controller/lock.js', import.meta.url);
  const program = `
    import { createInterface } from 'node:readline';
    import { lockRuntimeDir } from '${module}';
    let unlock;
    for await (const word of createInterface({ input: process.stdin })) {
      if (word === 'unlock') await unlock?.();
      if (word === 'unlock') unlock = undefined;
      else unlock = await lockRuntimeDir('${runtimeDir}', (socket) => socket.destroy()).catch(() => undefined);
      console.log(unlock === undefined ? 'without' : 'with');
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const input = createInterface({ input: child.stdout });
  return { process: child, lines: input[Symbol.asyncIterator](), input };
}

async function tell({ process, lines }: Contender, word: 'lock' | 'unlock'): Promise<string> {
  process.stdin?.write(`${word}\n`);
  return String((await lines.next()).value);
}

describe('the lock of the runtime directory', () => {
  let dir: string;
  const started: ChildProcess[] = [];

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'osa-net-lock-'));
  });

  afterEach(async () => {
    for (const child of started.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(dir, { recursive: true, force: true });
  });

  function start(): Contender {
    const made = contender(dir);
    started.push(made.process);
    return made;
  }

  it('is held by one operator, and free again when that ends', async () => {
    const runtime = join(dir, 'a', 'b');
    const unlock = await lock(runtime);
    expect(await messageOf(lock(runtime))).to.match(isHeld);
    await unlock();
    expect(readdirSync(runtime)).to.deep.equal(['operator.lock']);
    await (await lock(runtime))();
  });

  it('hands over connections, to root alone', async () => {
    const greetings: string[] = [];
    const unlock = await lockRuntimeDir(dir, (socket) => socket.end('hello'));
    const socket = connect(join(dir, 'operator.sock')).on('data', (data) => greetings.push(String(data)));
    await once(socket, 'close');
    expect(greetings).to.deep.equal(['hello']);
    for (const name of ['operator.sock', 'operator.lock'])
      expect(statSync(join(dir, name)).mode & 0o777, name).to.equal(0o600);
    await unlock();
  });

  it('does not mind what a killed operator left', async () => {
    const first = start();
    expect(await tell(first, 'lock')).to.equal('with');
    expect(await messageOf(lock(dir))).to.match(isHeld);
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');
    expect(readdirSync(dir)).to.have.members(['operator.lock', 'operator.sock']);
    writeFileSync(join(dir, '.operator.sock.osa-net-tmp'), '');
    await (await lock(dir))();
  });

  it('does not replace a socket that somebody answers, though the lock is free', async () => {
    const server = createServer((socket) => socket.destroy()).listen(join(dir, 'operator.sock'));
    await once(server, 'listening');
    expect(await messageOf(lock(dir))).to.match(isHeld);
    server.close();
    await once(server, 'close');
    await (await lock(dir))();
  });

  it('goes to exactly one of two that start in the same instant, fifty times', async () => {
    const both = [start(), start()] as const;
    const outcomes = new Map<string, number>();
    for (let round = 0; round < 50; round++) {
      // What a killed one leaves is what both would want to replace.
      if (round % 2 === 0) await leftBehind(join(dir, 'operator.sock'));
      const got = await Promise.all(both.map((one) => tell(one, 'lock')));
      outcomes.set([...got].sort().join(), (outcomes.get([...got].sort().join()) ?? 0) + 1);
      await Promise.all(both.map((one) => tell(one, 'unlock')));
    }
    expect([...outcomes]).to.deep.equal([['with,without', 50]]);
  }).timeout(60_000);

  it('says why it cannot be had', async () => {
    writeFileSync(join(dir, 'file'), '');
    expect(await messageOf(lock(join(dir, 'file')))).to.match(/EEXIST|ENOTDIR/);
  });
});

/** A socket that nobody answers any more. */
async function leftBehind(path: string): Promise<void> {
  const program = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', program, path]), 'exit');
}
