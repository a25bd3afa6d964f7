import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type Ending, follow, ProgramError, run, runOnFile, unlessGone } from '../../controller/programs.ts';

async function failure(work: Promise<unknown>): Promise<ProgramError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).to.be.instanceOf(ProgramError);
  return error as ProgramError;
}

describe('running a program', () => {
  it('gives it its arguments and its input, and returns what it wrote', async () => {
    const script = 'cat; echo "$1"; echo "$LC_ALL" >&2';
    const output = await run('sh', ['-c', script, 'sh', 'a b"$(c)'], { input: 'in\n' });
    expect(output).to.deep.equal({ stdout: 'in\na b"$(c)\n', stderr: 'C\n' });
  });

  it('fails with the command, its complaint, its exit code and what it had written', async () => {
    const error = await failure(run('sh', ['-c', 'echo out; echo "no such link" >&2; exit 2']));
    expect(error.message).to.match(/^cannot run sh -c .*: no such link$/);
    expect(error).to.include({ code: 2, stdout: 'out\n', stderr: 'no such link\n', missing: false });
    expect((await failure(run('false', []))).message).to.equal('cannot run false: exit code 1');
  });

  it('takes for done what it did not find when it was to remove it, and nothing else', async () => {
    const complaining = (text: string) => run('sh', ['-c', `echo "${text}" >&2; exit 2`]);
    await unlessGone(complaining('Error: address not found'), /not found/);
    const error = await failure(unlessGone(complaining('Error: permission denied'), /not found/));
    expect(error.stderr).to.include('permission denied');
  });

  it('says that a program is missing', async () => {
    const error = await failure(run('osa-net-no-such-program', ['x'], { input: 'x' }));
    expect(error).to.include({ missing: true, code: undefined });
    expect(error.message).to.equal(
      'cannot run osa-net-no-such-program x: the program osa-net-no-such-program is not installed',
    );
  });

  it('kills it at its deadline', async () => {
    const started = performance.now();
    const error = await failure(run('sleep', ['60'], { timeoutMs: 100 }));
    expect(performance.now() - started).to.be.below(2_000);
    expect(error.message).to.equal('cannot run sleep 60: killed after 100 ms without an end');
    expect(error.code).to.equal(undefined);
  });

  it('kills it when it is told to', async () => {
    const controller = new AbortController();
    const running = run('sleep', ['60'], { signal: controller.signal });
    controller.abort();
    expect((await failure(running)).code).to.equal(undefined);
  });

  it('does not mind a program that leaves its input unread', async () => {
    expect((await run('true', [], { input: 'x'.repeat(1_000_000) })).stdout).to.equal('');
  });

  it('lets it act on an open file', async () => {
    const file = openSync('/dev/null', 'r');
    try {
      await runOnFile('sh', (n) => ['-c', `test "$(readlink /proc/self/fd/${n})" = /dev/null`], file);
      const refused = await failure(runOnFile('sh', () => ['-c', 'echo no >&2; exit 3'], file));
      expect(refused).to.include({ message: 'cannot run sh -c echo no >&2; exit 3: no', code: 3 });
      const missing = await failure(runOnFile('osa-net-no-such-program', (n) => [n], file));
      expect(missing).to.include({ missing: true, code: undefined });
    } finally {
      closeSync(file);
    }
  });
});

describe('following a program', () => {
  it('hands over its lines and then its end, with what it complained of', async () => {
    const lines: [string, string][] = [];
    const ending = await new Promise<Ending>((resolve) => {
      follow('sh', ['-c', 'echo a; echo b; echo bad >&2; exit 3'], (...line) => lines.push(line), resolve);
    });
    expect(lines).to.have.deep.members([
      ['a', 'stdout'],
      ['b', 'stdout'],
      ['bad', 'stderr'],
    ]);
    expect(ending.stderr).to.equal('bad');
    expect(ending.message).to.match(/^sh -c .* ended \(exit code 3\): bad$/);
  });

  it('ends where the program is missing', async () => {
    const ending = await new Promise<Ending>((resolve) => {
      follow('osa-net-no-such-program', [], () => undefined, resolve);
    });
    expect(ending.message).to.match(/osa-net-no-such-program/);
  });

  it('is silent after it was stopped, and the process is gone', async () => {
    const told: unknown[] = [];
    const record = (...what: unknown[]): void => void told.push(what);
    const follower = follow('sleep', ['600'], record, record);
    await sleep(50);
    await follower.stop();
    await follower.stop();
    expect(told).to.deep.equal([]);
    expect(existsSync(`/proc/${follower.pid}`)).to.equal(false);
  });

  it('dies with a process that is killed with SIGKILL', async () => {
    const module_ = new URL('../../controller/programs.js', import.meta.url).href;
    const script = `import { follow } from '${module_}';
      const follower = follow('sleep', ['600'], () => {}, () => {});
      setTimeout(() => console.log(follower.pid), 200);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [pid] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(command).to.equal(['sleep', '600', ''].join('\0'));
    await sleep(200);
    expect(isRunning(pid)).to.equal(false);
  });
});

/** A zombie (its new parent has not waited for it yet) does not run. */
function isRunning(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.startsWith('Z') === false;
  } catch {
    return false;
  }
}
