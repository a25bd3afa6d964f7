import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import {
  ago,
  cleanEnv,
  condition,
  dayAndMore,
  type Ended,
  item,
  link,
  osaNet,
  program,
  publish,
  startOf,
  statusList,
} from './program.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours start with it
const colour = /\u001b/;

describe('osa-net status', () => {
  let dir: string;

  before(function () {
    this.timeout(20_000);
    program();
  });

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'osa-net-status-'));
  });

  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  function status(...args: string[]): Ended {
    return osaNet(['status', '--runtime-dir', dir, ...args]);
  }

  const bridge = item('ContainerBridge', 'container', { links: [link('br-container')] });
  const broken = item('MacvlanIntegration', 'mgmt', {
    ready: 'False',
    message: 'mv-mgmt has no carrier',
    links: [link('mv-mgmt', { operational: 'no-carrier', differences: ['no carrier'] }), link('mv-mgmt-v1')],
    retry: { attempts: 3, nextAt: ago(-dayAndMore) },
  });

  /** The cells of the printed table, without the header. */
  function rows(text: string): string[][] {
    return text
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(/ {3,}/));
  }

  it('lists every resource', () => {
    publish(dir, statusList([bridge, broken]));
    const { stdout } = status();
    expect(stdout.split('\n')[0]?.split(/ +/)).to.deep.equal([
      'KIND',
      'NAME',
      'READY',
      'REASON',
      'LINKS',
      'AGE',
      'MESSAGE',
    ]);
    expect(rows(stdout)).to.deep.equal([
      ['ContainerBridge', 'container', 'True', 'ReconciliationSucceeded', '1/1', '30h', 'as it should be'],
      ['MacvlanIntegration', 'mgmt', 'False', 'VerificationFailed', '1/2', '30h', 'mv-mgmt has no carrier'],
    ]);
  });

  it('adds links, units, the next retry and the source when wide', () => {
    publish(dir, statusList([broken]));
    const [row] = rows(status('-o', 'wide').stdout);
    expect(row?.slice(6)).to.deep.equal([
      'mv-mgmt=no-carrier/configured,mv-mgmt-v1=routable/configured',
      '05-osa-net-mgmt.network',
      'in 30h (3)',
      '/etc/osa-net.d/a.yaml:3',
      'mv-mgmt has no carrier',
    ]);
  });

  for (const format of ['json', 'yaml'] as const) {
    it(`gives the whole status as ${format}`, () => {
      const list = statusList([bridge, broken]);
      publish(dir, list);
      const { stdout } = status('-o', format);
      expect(format === 'json' ? JSON.parse(stdout) : parse(stdout)).to.deep.equal(list);
    });

    it(`gives one resource as ${format}`, () => {
      publish(dir, statusList([bridge, broken]));
      const { stdout } = status('macvlanintegration/mgmt', '-o', format);
      expect(format === 'json' ? JSON.parse(stdout) : parse(stdout)).to.deep.equal(broken);
    });
  }

  it('shows one resource in full', () => {
    publish(dir, statusList([bridge, broken]));
    const { stdout } = status('MacvlanIntegration/mgmt');
    const words = stdout.replace(/ +/g, ' ');
    for (const text of [
      'Kind: MacvlanIntegration\n',
      'Source: /etc/osa-net.d/a.yaml:3\n',
      '(3 tries have failed)\n',
      ' Ready False VerificationFailed 30h mv-mgmt has no carrier\n',
      ' mv-mgmt no-carrier configured no carrier\n',
      ' mv-mgmt-v1 routable configured -\n',
      ' 05-osa-net-mgmt.network\n',
    ]) {
      expect(words).to.contain(text);
    }
  });

  it('lists the files that hold no resource', () => {
    publish(dir, statusList([item('File', 'x.yaml', { ready: 'False', message: '/c/x.yaml:1:1: bad' })]));
    expect(rows(status('file').stdout)[0]?.slice(0, 3)).to.deep.equal(['File', 'x.yaml', 'False']);
  });

  for (const word of ['containerbridge', 'ContainerBridges', 'CONTAINERBRIDGE', 'cb', 'container-bridge']) {
    it(`understands ${word}`, () => {
      publish(dir, statusList([bridge, broken]));
      expect(rows(status(word).stdout).map(([kind]) => kind)).to.deep.equal(['ContainerBridge']);
    });
  }

  it('understands linkpolicies', () => {
    publish(dir, statusList([item('LinkPolicy', 'default')]));
    expect(rows(status('linkpolicies').stdout)).to.have.length(1);
  });

  describe('exit codes', () => {
    const gone = { pid: 2 ** 22 - 3, pidStart: '1' };
    const blocked = condition('Ready', 'False', {
      reason: 'PruneBlocked',
      message: '5 of 6 documents vanished',
    });
    const unavailable = { version: 0, state: 'unavailable', message: 'no such name' } as const;
    const cases: readonly [string, number, unknown, readonly string[], RegExp | undefined][] = [
      ['everything is Ready', 0, statusList([bridge]), [], undefined],
      ['there are no resources', 0, statusList([]), [], /no resources/],
      ['something is not Ready', 1, statusList([bridge, broken]), [], undefined],
      ['something is unknown', 1, statusList([item('Link', 'x', { ready: 'Unknown' })]), [], undefined],
      ['what was asked for is Ready', 0, statusList([bridge, broken]), ['cb'], undefined],
      ['one resource is Ready', 0, statusList([bridge, broken]), ['cb/container'], undefined],
      ['one resource is not Ready', 1, statusList([bridge, broken]), ['mi/mgmt'], undefined],
      [
        'there is no such resource',
        1,
        statusList([bridge]),
        ['cb/contaner'],
        /did you mean ContainerBridge\/container\?/,
      ],
      [
        'a prune is blocked',
        1,
        statusList([bridge], { conditions: [blocked] }),
        [],
        /PruneBlocked: 5 of 6 doc/,
      ],
      [
        'networkd is away',
        0,
        statusList([bridge], { networkd: unavailable }),
        [],
        /networkd is unavailable: no such name/,
      ],
      ['the operator is gone', 3, statusList([bridge], gone), [], /systemctl start osa-net/],
      ['another process has its id', 3, statusList([bridge], { pidStart: '1' }), [], /is gone/],
      ['the status is half written', 3, '{"kind":"Stat', [], /systemctl restart osa-net/],
      ['the status is something else', 3, '[]', [], /no StatusList/],
      ['the status is null', 3, 'null', [], /no StatusList/],
      [
        'the status is from a newer version',
        3,
        { ...statusList([]), schemaVersion: 2 },
        [],
        /use the newer program/,
      ],
    ];
    for (const [title, code, list, args, stderr] of cases) {
      it(`${code} when ${title}`, () => {
        publish(dir, list);
        const ended = status(...args);
        expect(ended.code, ended.stderr).to.equal(code);
        if (stderr === undefined) expect(ended.stderr).to.equal('');
        else expect(ended.stderr).to.match(stderr);
      });
    }

    it('3 when there is no status, with what to do', () => {
      const { code, stdout, stderr } = status();
      expect({ code, stdout }).to.deep.equal({ code: 3, stdout: '' });
      expect(stderr).to.match(/^osa-net: .*status\.json.*systemctl start osa-net\n$/);
    });

    it('3 when the status cannot be read', function () {
      if (process.getuid?.() !== 0) this.skip();
      publish(dir, statusList([]));
      chmodSync(dir, 0o700);
      const copy = mkdtempSync(join(tmpdir(), 'osa-net-nobody-'));
      chmodSync(copy, 0o755);
      spawnSync('cp', [program(), copy]);
      const ended = spawnSync(process.execPath, [join(copy, 'osa-net.js'), 'status', '--runtime-dir', dir], {
        uid: 65534,
        gid: 65534,
        encoding: 'utf8',
      });
      rmSync(copy, { recursive: true });
      expect(ended.stderr).to.match(/cannot read the status file .*: permission denied/);
      expect(ended.status).to.equal(3);
    });

    it('3 still shows the last known status', () => {
      publish(dir, statusList([bridge], gone));
      expect(rows(status().stdout)).to.have.length(1);
    });
  });

  it('tells an operator whose name has spaces and parentheses by its start time', async () => {
    const child = spawn(process.execPath, ['-e', 'process.title=") S 1 ("; setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
    });
    await new Promise((done) => setTimeout(done, 300));
    const pid = child.pid ?? 0;
    publish(dir, statusList([bridge], { pid, pidStart: startOf(pid) }));
    const { code } = status();
    child.kill('SIGKILL');
    expect(code).to.equal(0);
  });

  describe('output', () => {
    const long = item('ContainerBridge', 'long', { message: 'x'.repeat(300) });

    /** Runs the program on a terminal of 80 columns (script is in Debian's essential bsdutils). */
    function onTerminal(env: Record<string, string>): string {
      const command = `stty cols 80; exec ${process.execPath} ${program()} status --runtime-dir ${dir}`;
      return spawnSync('script', ['-qec', command, '/dev/null'], {
        encoding: 'utf8',
        env: { ...cleanEnv(), TERM: 'xterm', ...env },
      }).stdout;
    }

    it('has no colours and no cut messages in a pipe', () => {
      publish(dir, statusList([long, broken]));
      const { stdout, stderr } = status();
      expect(stdout + stderr).to.not.match(colour);
      expect(stdout).to.contain('x'.repeat(300));
    });

    it('has colours on a terminal, and fits its width', () => {
      publish(dir, statusList([long, broken]));
      const text = onTerminal({});
      expect(text).to.contain('\u001b[32mTrue').and.to.contain('\u001b[31mFalse');
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours start with it
      const lines = text.replace(/\u001b\[\d+m/g, '').split('\r\n');
      expect(Math.max(...lines.map((line) => line.length))).to.equal(80);
    });

    it('has no colours on a terminal with NO_COLOR', () => {
      publish(dir, statusList([broken]));
      expect(onTerminal({ NO_COLOR: '1' }))
        .to.contain('False')
        .and.to.not.match(colour);
    });

    it('passes nothing on that steers a terminal', () => {
      publish(dir, statusList([item('Link', 'x', { message: 'a\u001b[2Jb\nc\u0007' })]));
      expect(rows(status().stdout)[0]?.[6]).to.equal('a\ufffd[2Jb c\ufffd');
    });

    it('ends quietly when its reader has seen enough', () => {
      publish(dir, statusList(Array.from({ length: 20_000 }, (_, i) => item('Link', `n${i}`))));
      const command = `${process.execPath} ${program()} status --runtime-dir ${dir} | head -1; echo "\${PIPESTATUS[0]}"`;
      const { stdout, stderr } = spawnSync('bash', ['-c', command], { encoding: 'utf8', env: cleanEnv() });
      expect(stdout).to.match(/^KIND .*\n[01]\n$/);
      expect(stderr).to.equal('');
    });
  });

  describe('--watch', () => {
    interface Watching {
      readonly text: () => string;
      readonly until: (pattern: RegExp) => Promise<void>;
      readonly stop: () => void;
    }

    function watching(...args: string[]): Watching {
      const child = spawn(process.execPath, [program(), 'status', '--watch', '--runtime-dir', dir, ...args], {
        env: cleanEnv(),
      });
      let text = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (text += String(data)));
      return {
        text: () => text,
        async until(pattern) {
          for (let i = 0; i < 100 && !pattern.test(text); i += 1)
            await new Promise((done) => setTimeout(done, 50));
          expect(text).to.match(pattern);
        },
        stop: () => child.kill('SIGKILL'),
      };
    }

    /** As the operator does it: the new file takes the place of the old. */
    function replace(list: unknown): void {
      writeFileSync(join(dir, 'next'), JSON.stringify(list));
      renameSync(join(dir, 'next'), join(dir, 'status.json'));
    }

    let watch: Watching;

    afterEach(() => {
      watch.stop();
    });

    it('appends the rows that change', async () => {
      publish(dir, statusList([bridge, broken]));
      watch = watching();
      await watch.until(/mgmt/);
      replace(statusList([bridge, item('MacvlanIntegration', 'mgmt', { message: 'mended' })]));
      await watch.until(/mended/);
      expect(watch.text().match(/container/g)).to.have.length(1);
      expect(watch.text().match(/KIND/g)).to.have.length(1);
    });

    it('says when the operator goes, and goes on when it is back', async () => {
      publish(dir, statusList([bridge]));
      watch = watching();
      await watch.until(/container/);
      rmSync(join(dir, 'status.json'));
      await watch.until(/operator is not running/);
      replace(statusList([item('ContainerBridge', 'container', { message: 'back' })]));
      await watch.until(/back/);
    });

    it('says when the operator has died without a word', async () => {
      const child = spawn('sleep', ['100']);
      const pid = child.pid ?? 0;
      publish(dir, statusList([bridge], { pid, pidStart: startOf(pid) }));
      watch = watching();
      await watch.until(/container/);
      child.kill('SIGKILL');
      await watch.until(/is gone/);
    });

    it('appends whole documents as YAML', async () => {
      publish(dir, statusList([bridge]));
      watch = watching('-o', 'yaml');
      await watch.until(/StatusList/);
      replace(statusList([broken]));
      await watch.until(/---\n[\s\S]*no carrier/);
    });
  }).timeout(15_000);
});
