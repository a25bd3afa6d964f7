import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadFile } from '../../../crds/load.ts';
import { osaNet, program, root } from './program.ts';

/** Key and hash of each resource of a text. */
function specsOf(text: string): readonly string[] {
  const { problems, resources } = loadFile('got.yaml', new TextEncoder().encode(text));
  expect(problems).to.deep.equal([]);
  return resources.map(({ key, specHash }) => `${key} ${specHash}`).sort();
}

describe('osa-net explain', () => {
  before(function () {
    this.timeout(20_000);
    program();
  });

  it('says what a field means and what becomes of it', () => {
    const { code, stdout } = osaNet(['explain', 'containerbridge.spec.dhcpServer.poolSize']);
    expect(code).to.equal(0);
    expect(stdout.split('\n')).to.include.members([
      'KIND:     ContainerBridge',
      'FIELD:    dhcpServer.poolSize <integer>',
      'VALUES:   1 to 4294967294',
      'NETWORKD: PoolSize= in [DHCPServer] of a .network',
      'EXAMPLE:  poolSize: 100',
    ]);
    expect(osaNet(['explain', 'Resolver']).stdout).to.match(/FIELDS:\n {2}resolvConf <string>\n/);
  });

  it('is a usage error of what is not there', () => {
    for (const what of ['Brigde', 'File', 'ContainerBridge.mtuu', 'Network.Network.Adress']) {
      const { code, stdout, stderr } = osaNet(['explain', what]);
      expect([code, stdout], what).to.deep.equal([2, '']);
      expect(stderr, what).to.match(/^osa-net: /);
    }
  });
});

describe('osa-net get', () => {
  let dir: string;

  before(function () {
    this.timeout(20_000);
    program();
  });

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'osa-net-get-'));
    mkdirSync(join(dir, 'docs'));
  });

  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  const get = (...args: readonly string[]) =>
    osaNet([...['get', '--config-dir', join(dir, 'docs'), '--state-dir', join(dir, 'state')], ...args]);

  const bridge = (name: string, spec = '{}') =>
    `apiVersion: osa-net.dev/v1alpha1\nkind: ContainerBridge\nmetadata: {name: ${name}}\nspec: ${spec}\n`;

  for (const example of ['bridge', 'guarded-uplink', 'nat-bridge', 'origin', 'raw-vrf']) {
    it(`prints documents that are read again as the same: ${example}`, () => {
      const text = readFileSync(join(root, 'deploy/examples', `${example}.yaml`), 'utf8');
      writeFileSync(join(dir, 'docs/a.yaml'), text);
      const { code, stdout } = get();
      expect(code).to.equal(0);
      expect(specsOf(stdout)).to.deep.equal(specsOf(text)).and.have.length.above(0);
    });
  }

  it('fills in the defaults, and prints one kind or one resource', () => {
    writeFileSync(join(dir, 'docs/a.yaml'), `${bridge('a', '{ mtu: 1400 }')}---\n${bridge('b')}`);
    const { items } = JSON.parse(get('ContainerBridge/a', '-o', 'json').stdout) as { items: object[] };
    const none = { dummies: [], interfaces: [], addresses: [], forwarding: 'none', masquerade: 'none' };
    expect(items).to.deep.equal([
      {
        apiVersion: 'osa-net.dev/v1alpha1',
        kind: 'ContainerBridge',
        metadata: { name: 'a' },
        spec: { ...none, mtu: 1400 },
      },
    ]);
    expect(specsOf(get('cb').stdout)).to.have.length(2);
    expect(get('resolvers')).to.deep.equal({
      code: 0,
      stdout: '',
      stderr: "osa-net: no such documents are in force; what is refused says 'osa-net status'\n",
    });
    expect(get('cb/c')).to.deep.equal({
      code: 1,
      stdout: '',
      stderr: 'osa-net: ContainerBridge/c not found; did you mean ContainerBridge/a?\n',
    });
  });

  it('leaves out what cannot be in force, and shows what the rest makes', () => {
    writeFileSync(join(dir, 'docs/a.yaml'), bridge('a'));
    writeFileSync(join(dir, 'docs/b.yaml'), bridge('b', '{ mtu: much }'));
    writeFileSync(join(dir, 'docs/c.yaml'), bridge('c', '{ interface: br-a }'));
    expect(specsOf(get().stdout).map((one) => one.split(' ')[0])).to.deep.equal(['ContainerBridge/a']);
    const { stdout } = get('cb/a', '--units', '--unit-dir', '/units');
    expect(stdout.match(/^# \/.*/gm)).to.deep.equal([
      '# /units/05-osa-net-br-a.netdev',
      '# /units/05-osa-net-br-a.network',
    ]);
  });
});

describe('osa-net validate', () => {
  it('warns of what works and should be written otherwise, and fails only for the rest', () => {
    const dir = mkdtempSync(join(tmpdir(), 'osa-net-warn-'));
    try {
      const network = (section: string) =>
        `apiVersion: osa-net.dev/v1alpha1\nkind: Network\nmetadata: {name: up}\nspec:\n  Match: {Name: up}\n  Network: {${section}}\n`;
      const file = join(dir, 'a.yaml');
      writeFileSync(file, network('DHCP: both'));
      const { code, stdout } = osaNet(['validate', file, '--systemd', '252']);
      expect(code).to.equal(0);
      expect(stdout).to.match(
        /a\.yaml:6:19: warning: systemd 252 takes "both" for DHCP with a warning \[OBSOLETE_VALUE\]/,
      );
      expect(stdout).to.match(/1 file, 1 document: no problems, 1 warning\n$/);
      writeFileSync(file, network('IPv4Forwarding: yes'));
      expect(osaNet(['validate', file, '--systemd', '252']).stdout).to.match(/\[UNSUPPORTED_BY_SYSTEMD\]/);
      expect(osaNet(['validate', file, '--systemd', '256']).code).to.equal(0);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
