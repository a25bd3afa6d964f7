import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type DirectoryReading, readDocument, readDocuments } from '../../controller/documents.ts';

describe('reading the directory', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'osa-net-documents-'));
    chmodSync(dir, 0o755);
  });

  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });

  /** Writes a file and sets it back in time, so that its timestamps count as settled. */
  function write(name: string, text: string): string {
    const path = join(dir, name);
    writeFileSync(path, text);
    utimesSync(path, 1000, 1000);
    return path;
  }

  async function read(previous?: DirectoryReading): Promise<Extract<DirectoryReading, { state: 'ok' }>> {
    const reading = await readDocuments(dir, previous);
    if (reading.state !== 'ok') throw new Error(reading.message);
    return reading;
  }

  async function codeOf(name: string): Promise<string> {
    const entry = (await read()).files.get(join(dir, name));
    if (entry === undefined) return 'absent';
    return entry.ok ? 'ok' : entry.problem.code;
  }

  it('gives the bytes and the hash of each YAML file', async () => {
    const path = write('a.yaml', 'kind: Ü\n');
    const entry = (await read()).files.get(path);
    expect(entry).to.deep.equal({
      ok: true,
      bytes: Buffer.from('kind: Ü\n'),
      hash: createHash('sha256').update('kind: Ü\n').digest('hex'),
    });
  });

  it('orders files by the bytes of their names, whatever the locale', async () => {
    for (const name of [
      'b.yaml',
      'B.yaml',
      '10.yaml',
      '9.yml',
      'ä.yaml',
      'z.yaml',
      '\u{1f600}.yaml',
      '\uff5e.yaml',
    ])
      write(name, '');
    const names = [...(await read()).files.keys()].map((path) => path.slice(dir.length + 1));
    expect(names).to.deep.equal([
      '10.yaml',
      '9.yml',
      'B.yaml',
      'b.yaml',
      'z.yaml',
      'ä.yaml',
      '\uff5e.yaml',
      '\u{1f600}.yaml',
    ]);
  });

  it('leaves dotfiles, backups and other files alone', async () => {
    for (const name of [
      '.a.yaml',
      '.#b.yaml',
      'a.yaml~',
      '#a.yaml#',
      'a.yaml.swp',
      'a.yaml.bak',
      'a.json',
      '.yaml',
      'yaml',
    ])
      write(name, 'x');
    mkdirSync(join(dir, 'sub'));
    writeFileSync(join(dir, 'sub', 'a.yaml'), 'x');
    expect((await read()).files).to.have.property('size', 0);
  });

  it('says of a directory that it is one', async () => {
    mkdirSync(join(dir, 'x.yaml'));
    expect(await codeOf('x.yaml')).to.equal('NOT_A_FILE');
  });

  it('does not wait for a FIFO', async () => {
    execFileSync('mkfifo', [join(dir, 'x.yaml')]);
    expect(await codeOf('x.yaml')).to.equal('NOT_A_FILE');
  });

  it('does not open a device or a socket', async () => {
    symlinkSync('/dev/zero', join(dir, 'device.yaml'));
    const server = createServer().listen(join(dir, 'socket.yaml'));
    await new Promise((done) => server.once('listening', done));
    expect(await codeOf('socket.yaml')).to.equal('NOT_A_FILE');
    server.close();
    expect(await codeOf('device.yaml')).to.equal('OUTSIDE_DIRECTORY');
    const named = await readDocument('/dev/zero');
    expect(named).to.have.nested.property('problem.code', 'NOT_A_FILE');
  });

  for (const [size, expected] of [
    [1024 * 1024, 'ok'],
    [1024 * 1024 + 1, 'FILE_TOO_LARGE'],
    [2 ** 40, 'FILE_TOO_LARGE'],
  ] as const) {
    it(`takes files of up to 1 MiB: ${size} bytes is ${expected}`, async () => {
      truncateSync(write('x.yaml', ''), size);
      expect(await codeOf('x.yaml')).to.equal(expected);
    });
  }

  it('reads what is there when the size is not known beforehand', async () => {
    const entry = await readDocument('/proc/self/status');
    expect(entry.ok && Buffer.from(entry.bytes).toString()).to.match(/^Name:/);
  });

  it('follows symlinks within the directory, as Kubernetes mounts them', async () => {
    mkdirSync(join(dir, '..2024'));
    writeFileSync(join(dir, '..2024', 'a.yaml'), 'kind: A');
    symlinkSync('..2024', join(dir, '..data'));
    symlinkSync('..data/a.yaml', join(dir, 'a.yaml'));
    expect(await codeOf('a.yaml')).to.equal('ok');
  });

  it('notices when such a symlink is switched', async () => {
    for (const version of ['..1', '..2']) {
      mkdirSync(join(dir, version));
      writeFileSync(join(dir, version, 'a.yaml'), version);
      utimesSync(join(dir, version, 'a.yaml'), 1000, 1000);
    }
    symlinkSync('..1', join(dir, '..data'));
    symlinkSync('..data/a.yaml', join(dir, 'a.yaml'));
    const first = await read();
    symlinkSync('..2', join(dir, '..tmp'));
    renameSync(join(dir, '..tmp'), join(dir, '..data'));
    const second = (await read(first)).files.get(join(dir, 'a.yaml'));
    expect(second?.ok && Buffer.from(second.bytes).toString()).to.equal('..2');
  });

  for (const target of ['/etc/hostname', '../x.yaml', '/proc/self/environ']) {
    it(`refuses a symlink to ${target}`, async () => {
      symlinkSync(target, join(dir, 'x.yaml'));
      const expected = target === '../x.yaml' ? 'UNREADABLE_FILE' : 'OUTSIDE_DIRECTORY';
      expect(await codeOf('x.yaml')).to.equal(expected);
    });
  }

  it('is not deceived by a sibling whose name starts alike', async () => {
    mkdirSync(`${dir}-other`);
    writeFileSync(`${dir}-other/x.yaml`, '');
    symlinkSync(`${dir}-other/x.yaml`, join(dir, 'x.yaml'));
    expect(await codeOf('x.yaml')).to.equal('OUTSIDE_DIRECTORY');
    rmSync(`${dir}-other`, { recursive: true });
  });

  it('may itself be a symlink', async () => {
    write('a.yaml', '');
    const link = `${dir}-link`;
    symlinkSync(dir, link);
    const reading = await readDocuments(link);
    rmSync(link);
    expect(reading.state === 'ok' && [...reading.files.values()].map(({ ok }) => ok)).to.deep.equal([true]);
  });

  it('says which files have names that are not UTF-8', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0xff]), Buffer.from('.yaml')]), 'x');
    const entries = [...(await read()).files.values()];
    expect(entries.map((entry) => !entry.ok && entry.problem.code)).to.deep.equal(['BAD_NAME']);
  });

  it('names files as the user does', async () => {
    mkdirSync(join(dir, 'x.yaml'));
    const entry = (await read()).files.get(join(dir, 'x.yaml'));
    expect(entry).to.have.nested.property('problem.location.file', join(dir, 'x.yaml'));
  });

  it('tells a missing directory from one that cannot be read', async () => {
    expect(await readDocuments(join(dir, 'nope'))).to.have.property('state', 'missing');
    expect(await readDocuments(write('file', ''))).to.have.property('state', 'unreadable');
  });

  it('says of files and directories that permissions forbid', function () {
    if (process.getuid?.() !== 0) this.skip();
    chmodSync(write('x.yaml', ''), 0o600);
    const forbidden = join(dir, 'forbidden');
    mkdirSync(forbidden, { mode: 0o700 });
    const module = new URL('../../controller/documents.js', import.meta.url).href;
    // root may read everything, so a child asks as nobody; the module is loaded before, where only root may read
    const script = `
      const { readDocuments } = await import(${JSON.stringify(module)});
      process.setgid(65534); process.setuid(65534);
      const reading = await readDocuments(${JSON.stringify(dir)});
      const other = await readDocuments(${JSON.stringify(forbidden)});
      console.log([...reading.files.values()][0].problem.code, other.state, other.message);`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(child.stdout.trim(), child.stderr).to.equal(
      `UNREADABLE_FILE unreadable cannot read the directory ${forbidden}: permission denied`,
    );
  });

  describe('again', () => {
    it('keeps the object of each file that did not change', async () => {
      const path = write('a.yaml', 'a');
      const other = write('b.yaml', 'b');
      await settle();
      const first = await read();
      write('b.yaml', 'c');
      const second = await read(first);
      expect(second.files.get(path)).to.equal(first.files.get(path));
      expect(second.files.get(other)).to.not.equal(first.files.get(other));
    });

    it('does not open a file that has not changed', async () => {
      write('a.yaml', 'a');
      await settle();
      const first = await read();
      const planted = { ok: true, bytes: Buffer.from('planted'), hash: 'planted' } as const;
      const files = new Map([...first.files.keys()].map((path) => [path, planted] as const));
      const second = await read({ ...first, files });
      expect([...second.files.values()]).to.deep.equal([planted]);
    });

    it('sees a change of the same size in the same instant', async () => {
      const path = write('a.yaml', 'a');
      const first = await read();
      writeFileSync(path, 'b');
      utimesSync(path, 1000, 1000);
      const second = (await read(first)).files.get(path);
      expect(second?.ok && Buffer.from(second.bytes).toString()).to.equal('b');
    });

    it('does not believe by a clock that was set forward that a file of just now is old', async () => {
      const path = write('a.yaml', 'a');
      await settle();
      const first = await read();
      expect([...first.stamps.keys()]).to.deep.equal([path]);
      writeFileSync(path, 'half');
      await settle();
      const moved = { ...first, clock: first.clock - 2_000 };
      const second = await read(moved);
      expect([...second.stamps.keys()]).to.deep.equal([]);
      expect([...(await read(second)).stamps.keys()]).to.deep.equal([path]);
    });

    it('keeps the object of a file that was only touched', async () => {
      const path = write('a.yaml', 'a');
      const first = await read();
      utimesSync(path, 2000, 2000);
      expect((await read(first)).files.get(path)).to.equal(first.files.get(path));
    });

    it('drops files that are gone, and is whole after the directory came back', async () => {
      write('a.yaml', 'a');
      const first = await read();
      rmSync(dir, { recursive: true });
      const without = await readDocuments(dir, first);
      expect(without.state).to.equal('missing');
      mkdirSync(dir);
      write('b.yaml', 'b');
      expect([...(await read(without)).files.keys()]).to.deep.equal([join(dir, 'b.yaml')]);
    });
  });
});

/** Long enough for timestamps to count as settled. */
function settle(): Promise<void> {
  return new Promise((done) => setTimeout(done, 120));
}
