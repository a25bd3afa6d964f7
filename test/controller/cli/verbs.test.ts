import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { cleanEnv, item, osaNet, program, publish, root, statusList } from './program.ts';

const verbs = [
  'operator',
  'status',
  'validate',
  'render',
  'explain',
  'get',
  'diff',
  'try',
  'confirm',
  'cancel',
  'history',
  'rollback',
  'suspend',
  'resume',
  'prune',
  'version',
] as const;

function bridge(name: string, spec = '{}'): string {
  return `apiVersion: osa-net.dev/v1alpha1\nkind: ContainerBridge\nmetadata:\n  name: ${name}\nspec: ${spec}\n`;
}

describe('osa-net', () => {
  let dir: string;

  before(function () {
    this.timeout(20_000);
    program();
  });

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'osa-net-cli-'));
  });

  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  function write(name: string, text: string): string {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  }

  describe('usage', () => {
    for (const verb of verbs) {
      it(`${verb} --help says what it does, with an example`, () => {
        const { code, stdout, stderr } = osaNet([verb, '--help']);
        expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
        expect(stdout).to.match(new RegExp(`^Usage: osa-net ${verb} .*\\n\\n[A-Z]`));
        expect(stdout).to.match(new RegExp(`Examples:\\n {2}# .*\\n {2}osa-net ${verb}`));
        expect(stdout).to.contain('--config-dir');
      });

      it(`${verb} is in the list of verbs`, () => {
        expect(osaNet(['--help']).stdout).to.match(new RegExp(`^ {2}${verb} {2,}\\S`, 'm'));
      });
    }

    const mistakes: readonly [readonly string[], RegExp][] = [
      [['stauts'], /unknown command 'stauts'\n\(Did you mean status\?\)\nSee 'osa-net --help'/],
      [['status', '--ouput', 'json'], /Did you mean --output\?\)\nSee 'osa-net status --help'/],
      [['status', '-o', 'jsom'], /one of table, wide, json, yaml; did you mean json\?/],
      [['diff', '-o', 'wide'], /one of table, json, yaml/],
      [['status', 'ContianerBridge/x'], /unknown kind 'ContianerBridge'; did you mean ContainerBridge\?/],
      [['status', 'pod'], /kinds are ContainerBridge, /],
      [['status', 'ContainerBridge/'], /no name after the slash/],
      [['status', 'a', 'b'], /too many arguments/],
      [['operator', '--log-level', 'wran'], /one of error, warn, info, debug/],
      [['render', '--systemd', '12'], /from 247 to 262/],
      [['render', '--systemd', '25x'], /from 247 to 262/],
      [['render', '--out'], /argument missing/],
      [['--config-dir', '', 'status'], /is empty/],
      [['try', '--timeout', 'soon'], /a time from 1s to 1d/],
      [['try', '--timeout', '0'], /a time from 1s to 1d/],
      [['operator', '--confirm-timeout', '2days'], /a time from 1s to 1d/],
      [['operator', '--rollback-after', '100ms'], /a time from 1s to 1d/],
      [['confirm', 'it'], /too many arguments/],
      [['rollback', '0'], /the number of a generation/],
      [['history', 'last'], /the number of a generation/],
      [['suspend', 'ContainerBridge'], /'ContainerBridge' is no resource: it takes KIND\/NAME/],
      [['suspend', 'file/a'], /is no resource/],
      [['resume', 'ContianerBridge/x'], /did you mean ContainerBridge\?/],
    ];
    for (const [args, expected] of mistakes) {
      it(`is wrong: ${args.join(' ')}`, () => {
        const { code, stdout, stderr } = osaNet(args);
        expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
        expect(stderr).to.match(/^osa-net: /);
        expect(stderr).to.match(expected);
      });
    }

    it('takes the times of the operator from variables too', () => {
      const wrong = { OSA_NET_CONFIRM_TIMEOUT: 'soon' };
      expect(osaNet(['operator'], wrong)).to.include({ code: 2 });
      expect(osaNet(['operator'], { OSA_NET_ROLLBACK_AFTER: 'x' })).to.include({ code: 2 });
      expect(osaNet(['operator', '--help']).stdout).to.match(
        /--rollback-after <time> [^[(]*.*\n?.*\(default: 45s/,
      );
    });

    it('without a verb prints the help to stderr', () => {
      const { code, stdout, stderr } = osaNet([]);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      expect(stderr).to.contain('Examples:');
    });

    it('takes directories from flags before or after the verb, then from variables', () => {
      const other = join(dir, 'other');
      mkdirSync(other);
      publish(dir, statusList([item('Link', 'here')]));
      publish(other, statusList([item('Link', 'there')]));
      const env = { OSA_NET_RUNTIME_DIR: other };
      expect(osaNet(['status'], env).stdout).to.contain('there');
      expect(osaNet(['status', '--runtime-dir', dir], env).stdout).to.contain('here');
      expect(osaNet(['--runtime-dir', dir, 'status'], env).stdout).to.contain('here');
    });
  });

  describe('the built program', () => {
    it('is executable and runs alone in an empty folder', () => {
      const alone = join(dir, basename(program()));
      copyFileSync(program(), alone);
      write('a.yaml', bridge('a'));
      const run = (command: string, args: string[]): string =>
        execFileSync(command, args, { cwd: dir, encoding: 'utf8', env: cleanEnv() });
      expect(run(alone, ['--version'])).to.match(/^\d+\.\d+\.\d+\n$/);
      expect(run(process.execPath, ['osa-net.js', 'validate', 'a.yaml', '-o', 'yaml'])).to.contain(
        'problems: []',
      );
    });

    it('carries the version of package.json', () => {
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
      expect(osaNet(['--version']).stdout).to.equal(`${version}\n`);
      expect(JSON.parse(osaNet(['version', '-o', 'json']).stdout)).to.include({ osaNet: version });
    });

    it('names the licence of every package in it', () => {
      const text = readFileSync(join(dirname(program()), 'THIRD-PARTY.txt'), 'utf8');
      for (const name of ['commander', 'dbus-next', 'winston', 'zod', 'yaml', 'immer', 'chokidar']) {
        expect(text).to.match(new RegExp(`^${name} \\d.*\\((MIT|ISC)\\)\\n\\n.{5,}`, 'm'));
      }
    });

    it('needs none of its comments, which hold the libraries, for a status', () => {
      const code = readFileSync(program(), 'utf8')
        .split('\n')
        .filter((line) => !line.startsWith('//['))
        .join('\n');
      expect(Buffer.byteLength(code)).to.be.lessThan(Buffer.byteLength(readFileSync(program())) / 5);
      const stripped = write('osa-net.js', code);
      publish(dir, statusList([item('Link', 'x')]));
      const { status, stderr } = spawnSync(
        process.execPath,
        [stripped, 'status', '-o', 'json', '--runtime-dir', dir],
        {
          encoding: 'utf8',
        },
      );
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
    });
  });

  describe('validate', () => {
    it('says nothing is wrong', () => {
      write('a.yaml', `${bridge('a')}---\n${bridge('b')}`);
      const { code, stdout } = osaNet(['validate', dir]);
      expect({ code, stdout }).to.deep.equal({ code: 0, stdout: '1 file, 2 documents: no problems\n' });
    });

    it('shows every problem of every file with its source line', () => {
      const first = write('a.yaml', bridge('a', '{ adresses: [] }'));
      const second = write('b.yml', bridge('b', '{ mtu: many, addresses: [10.0.0.1/33] }'));
      mkdirSync(join(dir, 'c.yaml'));
      const { code, stdout } = osaNet(['validate', dir]);
      expect(code).to.equal(1);
      expect(stdout).to.contain(`${first}:5:9: `).and.to.contain('addresses?');
      expect(stdout).to.contain(`  spec: { adresses: [] }\n          ^^^^^^^^\n`);
      expect(stdout.match(new RegExp(`^${second}:5:`, 'gm'))).to.have.length(2);
      expect(stdout).to.contain('[NOT_A_FILE]');
      expect(stdout).to.match(/\n3 files, 2 documents: 4 problems\n$/);
    });

    it('checks documents of different files against each other', () => {
      write('a.yaml', bridge('a', '{ interface: br0 }'));
      const second = write('b.yaml', bridge('b', '{ interface: br0 }'));
      const { code, stdout } = osaNet(['validate', '-o', 'json', dir]);
      const { problems } = JSON.parse(stdout) as { problems: { code: string; location: { file: string } }[] };
      expect(code).to.equal(1);
      expect(problems.map((problem) => [problem.code, problem.location.file])).to.deep.equal([
        ['DUPLICATE_INTERFACE', second],
      ]);
    });

    it('takes files and directories, whatever their names, each file once', () => {
      const file = write('documents.txt', bridge('a'));
      mkdirSync(join(dir, 'd'));
      writeFileSync(join(dir, 'd', 'b.yaml'), bridge('b'));
      const { stdout } = osaNet(['validate', file, join(dir, 'd'), file]);
      expect(stdout).to.equal('2 files, 2 documents: no problems\n');
    });

    it('checks the config directory unless told otherwise', () => {
      write('a.yaml', bridge('a'));
      expect(osaNet(['validate'], { OSA_NET_CONFIG_DIR: dir }).stdout).to.match(/^1 file/);
    });

    it('reads the standard input', () => {
      const args = [program(), 'validate', '-', '-o', 'json'];
      const text = bridge('a', '{ mtu: many }');
      const { status, stdout } = spawnSync(process.execPath, args, {
        input: text,
        encoding: 'utf8',
        env: cleanEnv(),
      });
      expect(status).to.equal(1);
      expect(JSON.parse(stdout).problems[0].location).to.include({ file: 'stdin.yaml', line: 5 });
    });

    it('says that a path does not exist', () => {
      const { code, stdout } = osaNet(['validate', join(dir, 'nope')]);
      expect(code).to.equal(1);
      expect(stdout).to.match(/no such file or directory \[UNREADABLE_FILE\]/);
      const directory = osaNet(['validate', '--config-dir', join(dir, 'nope')]);
      expect(directory.code).to.equal(1);
    });

    it('passes nothing on that steers a terminal', () => {
      write('a.yaml', bridge('a', '{ mtu: "\u001b[2J" }'));
      const { stdout, code } = osaNet(['validate', dir]);
      expect(code).to.equal(1);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
      expect(stdout).to.not.match(/\u001b/);
    });
  });

  describe('render', () => {
    const dhcp = '{ addresses: [10.0.3.1/24], forwarding: ipv4 }';

    it('prints every unit under its path', () => {
      write('a.yaml', bridge('a'));
      const { code, stdout } = osaNet(['render', dir, '--unit-dir', '/units']);
      expect(code).to.equal(0);
      expect(stdout.match(/^# \/.*/gm)).to.deep.equal([
        '# /units/05-osa-net-br-a.netdev',
        '# /units/05-osa-net-br-a.network',
      ]);
    });

    for (const [systemd, key] of [
      ['252', 'IPForward=ipv4'],
      ['257', 'IPv4Forwarding=yes'],
    ] as const) {
      it(`speaks the language of systemd ${systemd}`, () => {
        write('a.yaml', bridge('a', dhcp));
        expect(osaNet(['render', dir, '--systemd', systemd]).stdout).to.contain(`\n${key}\n`);
      });
    }

    it('writes the same units to a directory', () => {
      const out = join(dir, 'deep', 'units');
      const file = write('a.yaml', bridge('a', dhcp));
      const printed = osaNet(['render', file]).stdout;
      const { code, stdout, stderr } = osaNet(['render', file, '--out', out]);
      expect({ code, stdout }).to.deep.equal({ code: 0, stdout: '' });
      expect(stderr).to.match(/^osa-net: 2 units written to /);
      for (const name of readdirSync(out)) {
        expect(printed).to.contain(readFileSync(join(out, name), 'utf8').trimEnd());
        expect(statSync(join(out, name)).mode & 0o777).to.equal(0o644);
      }
      expect(readdirSync(out)).to.have.length(2);
    });

    it('renders nothing where a document has a problem', () => {
      write('a.yaml', bridge('a'));
      write('b.yaml', bridge('b', '{ nope: 1 }'));
      const { code, stdout, stderr } = osaNet(['render', dir, '--out', join(dir, 'units')]);
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
      expect(stderr).to.contain('[UNKNOWN_FIELD]').and.to.contain('nothing rendered: 2 files');
      expect(readdirSync(dir)).to.not.contain('units');
    });

    it('says why it cannot write', () => {
      const { code, stderr } = osaNet(['render', write('a.yaml', bridge('a')), '--out', join(dir, 'a.yaml')]);
      expect(code).to.equal(1);
      expect(stderr).to.match(/^osa-net: cannot write units to .*: file already exists\n$/);
    });
  });

  describe('version', () => {
    it('names Node and systemd too', () => {
      const versions = parse(osaNet(['version', '-o', 'yaml']).stdout) as Record<string, unknown>;
      expect(versions)
        .to.have.all.keys('osaNet', 'node', 'systemd')
        .and.to.include({ node: process.versions.node });
      expect(osaNet(['version']).stdout).to.match(/^osa-net .*\nnode .*\nsystemd .*\n$/);
    });
  });

  describe('where nothing answers', () => {
    const nowhere = { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };

    it('diff ends with 2 and one line', () => {
      const args = ['--config-dir', dir, '--state-dir', dir, '--unit-dir', dir, '--runtime-dir', dir];
      const { code, stdout, stderr } = osaNet(['diff', ...args], nowhere);
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: '' });
      expect(stderr.trimEnd().split('\n').at(-1)).to.match(/^osa-net: cannot plan: /);
      expect(stderr).to.not.match(/^ +at /m);
    });

    it('prune has nothing to hold back', () => {
      const state = join(dir, 'state');
      const { code, stderr } = osaNet(['prune', '--config-dir', dir, '--state-dir', state]);
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: 'osa-net: nothing is held back\n' });
      expect(readdirSync(dir)).to.deep.equal([]);
    });

    it('prune does not guess when the directory is missing', () => {
      const { code, stderr } = osaNet(['prune', '--config-dir', join(dir, 'nope'), '--state-dir', dir]);
      expect(code).to.equal(1);
      expect(stderr).to.match(
        /^osa-net: cannot tell which documents are meant to go: .*no such file or directory/,
      );
    });
  });
}).timeout(15_000);
