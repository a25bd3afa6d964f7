import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  removeUnfinished,
  replaceFile,
  stage,
  syncDirectory,
  unfinishedPath,
} from '../../controller/atomic.ts';
import { openUnitDirectory } from '../../controller/unit-directory.ts';
import type { Unit } from '../../crds/compiled.ts';
import { sha256, signedUnit } from '../../crds/unit.ts';

let dir: string;

function useDirectory(): void {
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'osa-net-files-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });
}

/** Runs something that must fail, and gives its error. */
async function failing(run: () => Promise<unknown>): Promise<NodeJS.ErrnoException> {
  try {
    await run();
  } catch (cause) {
    return cause as NodeJS.ErrnoException;
  }
  throw new Error('expected a failure');
}

describe('a file that is replaced', () => {
  useDirectory();

  it('has the new bytes, the mode that was asked for whatever the umask, and nothing beside it', async () => {
    const umask = process.umask(0o077);
    try {
      await replaceFile(join(dir, 'a'), 'one');
      await replaceFile(join(dir, 'a'), Buffer.from('two'), 0o640);
    } finally {
      process.umask(umask);
    }
    expect(readFileSync(join(dir, 'a'), 'utf8')).to.equal('two');
    expect(statSync(join(dir, 'a')).mode & 0o777).to.equal(0o640);
    expect(readdirSync(dir)).to.deep.equal(['a']);
  });

  it('replaces a symlink, and not what it leads to', async () => {
    writeFileSync(join(dir, 'target'), 'mine');
    symlinkSync('target', join(dir, 'a'));
    await replaceFile(join(dir, 'a'), 'new');
    expect(lstatSync(join(dir, 'a')).isSymbolicLink()).to.equal(false);
    expect(readFileSync(join(dir, 'target'), 'utf8')).to.equal('mine');
  });

  it('does not follow a symlink where its unfinished self is to stand', async () => {
    writeFileSync(join(dir, 'target'), 'mine');
    symlinkSync('target', unfinishedPath(join(dir, 'a')));
    expect((await failing(() => replaceFile(join(dir, 'a'), 'new'))).code).to.equal('ELOOP');
    expect(readFileSync(join(dir, 'target'), 'utf8')).to.equal('mine');
  });

  it('is as it was when there is no room, and nothing is left over', async () => {
    expect((await failing(() => stage('/dev/full/x', 'new', 0o644))).code).to.equal('ENOTDIR');
    mkdirSync(join(dir, 'a'));
    expect((await failing(() => replaceFile(join(dir, 'a'), 'new'))).code).to.equal('EISDIR');
    expect(readdirSync(dir)).to.deep.equal(['a']);
    expect((await failing(() => syncDirectory(join(dir, 'missing')))).code).to.equal('ENOENT');
  });

  it('writes files whose names leave no room for an ending', async () => {
    const name = `${'n'.repeat(250)}.yaml`;
    await replaceFile(join(dir, name), 'x');
    expect(readdirSync(dir)).to.deep.equal([name]);
  });

  it('is not there before its rename', async () => {
    const temporary = await stage(join(dir, 'a'), 'new', 0o644);
    expect(readdirSync(dir)).to.deep.equal(['.a.osa-net-tmp']);
    expect(temporary).to.equal(unfinishedPath(join(dir, 'a')));
  });

  it('leaves only what is finished after a crash', async () => {
    await stage(join(dir, 'a'), 'new', 0o644);
    for (const name of ['b', '.b', 'c.osa-net-tmp', '.d.network']) writeFileSync(join(dir, name), '');
    removeUnfinished(dir);
    expect(readdirSync(dir).sort()).to.deep.equal(['.b', '.d.network', 'b', 'c.osa-net-tmp']);
    removeUnfinished(join(dir, 'missing'));
  });
});

describe('the directory of units', () => {
  useDirectory();
  const name = '05-osa-net-br-a.network';
  const text = signedUnit('ContainerBridge/a', [{ name: 'Match', entries: [['Name', 'br-a']] }]);
  const unit: Unit = {
    name,
    owner: 'ContainerBridge/a',
    text,
    hash: sha256(text),
    mode: 0o644,
    dependsOn: [],
  };
  const open = () => openUnitDirectory(dir, undefined);
  const seen = (units: ReturnType<typeof open>) => units.observe([name, 'other.network']).get(name);

  it('shows what is there, with the owner that signed it', () => {
    writeFileSync(join(dir, name), text);
    expect(seen(open())).to.deep.equal({ hash: unit.hash, intactOwner: 'ContainerBridge/a' });
    expect(open().observe(['other.network']).size).to.equal(0);
  });

  it('does not take an edited unit for a signed one, nor a foreign one', () => {
    for (const bytes of [text.replace('br-a', 'br-b'), '[Match]\nName=br-a\n', '']) {
      writeFileSync(join(dir, name), bytes);
      expect(seen(open())).to.deep.equal({ hash: sha256(bytes), intactOwner: undefined });
    }
  });

  it('sees a mask, a dangling link and a directory for what they are: something that is not ours', () => {
    const units = open();
    symlinkSync('/dev/null', join(dir, name));
    expect(seen(units)).to.deep.equal({ hash: '' });
    rmSync(join(dir, name));
    symlinkSync('nowhere', join(dir, name));
    expect(seen(units)).to.deep.equal({ hash: '' });
    rmSync(join(dir, name));
    mkdirSync(join(dir, name));
    expect(seen(units)).to.deep.equal({ hash: '' });
  });

  it('sees every change, however soon it comes and whatever its times', () => {
    const units = open();
    const path = join(dir, name);
    for (let i = 0; i < 50; i++) {
      const bytes = `# ${String(i).padStart(4)}\n`;
      writeFileSync(path, bytes);
      utimesSync(path, 1_000, 1_000);
      expect(seen(units)?.hash).to.equal(sha256(bytes));
    }
    rmSync(path);
    expect(seen(units)).to.equal(undefined);
  });

  it('puts units in place in two steps, without a half of one in between', async () => {
    const units = open();
    await units.stage([unit]);
    expect(existsSync(join(dir, name))).to.equal(false);
    await units.commit(unit);
    await units.sync();
    expect(readdirSync(dir)).to.deep.equal([name]);
    expect(readFileSync(join(dir, name), 'utf8')).to.equal(text);
    expect(statSync(join(dir, name)).mode & 0o777).to.equal(0o644);
  });

  it('does not put a new unit over one that somebody has just put there', async () => {
    const units = open();
    await units.stage([unit]);
    writeFileSync(join(dir, name), 'theirs');
    await units.commit(unit, true).then(
      () => expect.fail('it was put there'),
      (cause: Error) => expect(cause.message).to.equal(`somebody else has just put ${dir}/${name} there`),
    );
    expect(readFileSync(join(dir, name), 'utf8')).to.equal('theirs');
    rmSync(join(dir, name));
    await units.stage([unit]);
    await units.commit(unit, true);
    expect(readdirSync(dir)).to.deep.equal([name]);
    expect(readFileSync(join(dir, name), 'utf8')).to.equal(text);
  });

  it('lets only root and networkd read a secret', async function () {
    if (process.getuid?.() !== 0) this.skip();
    const units = openUnitDirectory(dir, 12_345);
    await units.stage([{ ...unit, mode: 0o640 }]);
    await units.commit(unit);
    const { mode, uid, gid } = statSync(join(dir, name));
    expect([mode & 0o777, uid, gid]).to.deep.equal([0o640, 0, 12_345]);
  });

  it('stages hundreds of units', async () => {
    const many = Array.from({ length: 200 }, (_, i) => ({ ...unit, name: `05-osa-net-${i}.network` }));
    const units = open();
    await units.stage(many);
    for (const one of many) await units.commit(one);
    expect(units.observe(many.map((one) => one.name)).size).to.equal(200);
  });

  it('touches what is there and makes nothing', async () => {
    const units = open();
    writeFileSync(join(dir, name), text);
    utimesSync(join(dir, name), 1_000, 1_000);
    await units.touch(name);
    await units.touch('missing.network');
    expect(statSync(join(dir, name)).mtimeMs).to.be.greaterThan(1_000_000);
    expect(readdirSync(dir)).to.deep.equal([name]);
  });

  it('removes a unit, twice too, but no directory of its name', async () => {
    const units = open();
    writeFileSync(join(dir, name), text);
    await units.remove(name);
    await units.remove(name);
    mkdirSync(join(dir, name));
    expect((await failing(() => units.remove(name))).message).to.include(name);
  });

  it('makes the directory, and clears away what a crash left', async () => {
    const units = openUnitDirectory(join(dir, 'a', 'b'), undefined);
    await units.prepare();
    await units.stage([unit]);
    await units.prepare();
    expect(readdirSync(join(dir, 'a', 'b'))).to.deep.equal([]);
    chmodSync(join(dir, 'a', 'b'), 0o755);
  });
});
