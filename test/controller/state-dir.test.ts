import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { approvedPrune, approvePrune, forgetApproval } from '../../controller/approval.ts';
import { openStore } from '../../controller/store.ts';
import { emptyInventory } from '../../state/inventory.ts';
import { bridge, kept, source } from '../state/build.ts';
import { keepingLogger } from './logger.ts';

let dir: string;

function useDirectory(): void {
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'osa-net-state-'));
  });
  afterEach(() => {
    rmSync(dir, { recursive: true, force: true });
  });
}

async function messageOf(run: () => Promise<unknown>): Promise<string> {
  return run().then(
    () => 'no failure',
    (cause: Error) => cause.message,
  );
}

describe('the store', () => {
  useDirectory();
  const open = (logger = keepingLogger()) => openStore(dir, logger);
  const inventory = { ...emptyInventory, units: { 'a.network': { owner: 'Network/a' as const, hash: 'x' } } };
  const a = source('a.yaml', bridge('a'));
  const b = source('b.yaml', bridge('b'));

  it('starts with nothing, and reading makes nothing', async () => {
    expect(await open().loadInventory()).to.equal(emptyInventory);
    expect((await open().loadLastGood('/etc/osa-net.d')).size).to.equal(0);
    expect(readdirSync(dir)).to.deep.equal([]);
  });

  it('gives back the inventory, for root alone', async () => {
    await open().saveInventory(inventory);
    expect(await open().loadInventory()).to.deep.equal(inventory);
    expect(statSync(join(dir, 'inventory.json')).mode & 0o777).to.equal(0o600);
  });

  for (const [what, text] of [
    ['half written', '{"schemaVersion": 1, "uni'],
    ['empty', ''],
    ['something else', 'null'],
  ] as const) {
    it(`begins anew with an inventory that is ${what}, keeps a copy and says so`, async () => {
      const logger = keepingLogger();
      writeFileSync(join(dir, 'inventory.json'), text);
      expect(await open(logger).loadInventory()).to.equal(emptyInventory);
      expect(readFileSync(join(dir, 'inventory.json.damaged'), 'utf8')).to.equal(text);
      expect(logger.lines.join()).to.include('error: the inventory is damaged');
    });
  }

  it('leaves an inventory that a later osa-net wrote to that one', async () => {
    writeFileSync(join(dir, 'inventory.json'), '{"schemaVersion":2,"units":{},"links":{},"resources":{}}');
    expect(await messageOf(() => open().loadInventory())).to.match(
      /^cannot read the inventory .*: a later osa-net wrote it \(schema 2\); install that one again$/,
    );
  });

  it('writes again what it could not write, and nothing twice', async () => {
    const place = join(dir, 'late');
    const store = openStore(place, keepingLogger());
    expect(await messageOf(() => store.saveInventory(inventory))).to.match(/ENOENT/);
    mkdirSync(join(place, 'documents'), { recursive: true });
    await store.saveInventory(inventory);
    const written = () => statSync(join(place, 'inventory.json')).ino;
    const first = written();
    await store.saveInventory(inventory);
    expect(written()).to.equal(first);
  });

  it('believes nothing of last good documents that it could not remove', async () => {
    const store = open();
    await store.prepare();
    await store.saveLastGood(kept(a, b));
    rmSync(join(dir, 'documents', 'b.yaml'));
    mkdirSync(join(dir, 'documents', 'b.yaml', 'x'), { recursive: true });
    expect(await messageOf(() => store.saveLastGood(new Map()))).to.match(
      /^cannot keep the last good documents/,
    );
    rmSync(join(dir, 'documents', 'b.yaml'), { recursive: true });
    await store.saveLastGood(kept(a));
    expect(readdirSync(join(dir, 'documents'))).to.deep.equal(['a.yaml']);
  });

  it('says what it cannot read or write', async () => {
    const store = openStore(join(dir, 'missing'), keepingLogger());
    expect(await messageOf(() => store.saveInventory(inventory))).to.match(
      /^cannot write the inventory: ENOENT/,
    );
    expect(await messageOf(() => store.saveLastGood(kept(a)))).to.match(
      /^cannot keep the last good documents: ENOENT/,
    );
    writeFileSync(join(dir, 'file'), '');
    const inFile = openStore(join(dir, 'file'), keepingLogger());
    expect(await messageOf(() => inFile.loadInventory())).to.match(/^cannot read the inventory: ENOTDIR/);
    expect(await messageOf(() => inFile.loadLastGood('/etc'))).to.match(/ENOTDIR/);
  });

  it('keeps the last good documents over a restart, under the names that they had', async () => {
    const store = open();
    await store.prepare();
    await store.saveLastGood(kept(a, b));
    const files = await open().loadLastGood('/etc/osa-net.d');
    expect([...files.keys()]).to.deep.equal([a.file, b.file]);
    expect(files.get(a.file)?.loaded.resources).to.deep.equal(a.loaded.resources);
    expect(files.get(a.file)?.hash).to.equal(a.hash);
  });

  it('holds everything that is on record once the last good documents are lost', async () => {
    const logger = keepingLogger();
    const store = open(logger);
    const record = { specHash: '', generation: 1, createdAt: '', file: a.file };
    await store.saveInventory({ ...inventory, resources: { 'ContainerBridge/a': record } });
    await store.prepare();
    expect((await store.loadInventory()).held).to.deep.equal(['ContainerBridge/a']);
    expect(logger.lines.join()).to.include('the last good documents are gone');
  });

  it('writes what changed and removes what is not kept any more', async () => {
    const store = open();
    await store.prepare();
    await store.saveLastGood(kept(a, b));
    const place = (name: string) => join(dir, 'documents', name);
    utimesSync(place('a.yaml'), 1_000, 1_000);
    const again = open();
    await again.loadLastGood('/etc/osa-net.d');
    const other = source('c.yaml', bridge('c'));
    await again.saveLastGood(kept(a, other));
    expect(readdirSync(join(dir, 'documents')).sort()).to.deep.equal(['a.yaml', 'c.yaml']);
    expect(statSync(place('a.yaml')).mtimeMs).to.equal(1_000_000);
    await again.saveLastGood(kept(source('a.yaml', bridge('a', { mtu: 1400 })), other));
    expect(readFileSync(place('a.yaml'), 'utf8')).to.include('1400');
  });

  it('keeps what is left of a file in which a later osa-net finds fault', async () => {
    const store = open();
    await store.prepare();
    await store.saveLastGood(kept(source('a.yaml', bridge('a'), bridge('b', { gone: 1 }))));
    const loaded = (await open().loadLastGood('/etc/osa-net.d')).get('/etc/osa-net.d/a.yaml')?.loaded;
    expect(loaded?.resources.map(({ key }) => key)).to.deep.equal(['ContainerBridge/a']);
    expect(loaded?.problems.map(({ code }) => code)).to.deep.equal(['UNKNOWN_FIELD']);
  });

  it('clears away what a crash left half written', async () => {
    await open().prepare();
    for (const path of ['.inventory.json.osa-net-tmp', 'documents/.a.yaml.osa-net-tmp'])
      writeFileSync(join(dir, path), '');
    expect((await open().loadLastGood('/etc')).size).to.equal(0);
    await open().prepare();
    expect([readdirSync(dir), readdirSync(join(dir, 'documents'))]).to.deep.equal([['documents'], []]);
  });
});

describe('the approval of a prune', () => {
  useDirectory();

  it('counts once', async () => {
    expect([...(await approvedPrune(dir))]).to.deep.equal([]);
    await approvePrune(dir, ['ContainerBridge/a', 'NetDev/b']);
    expect([...(await approvedPrune(dir))]).to.deep.equal(['ContainerBridge/a', 'NetDev/b']);
    await forgetApproval(dir);
    await forgetApproval(dir);
    expect([...(await approvedPrune(dir))]).to.deep.equal([]);
  });

  for (const text of ['', '{', 'null', '{"a": 1}', '[1, null]']) {
    it(`is none where it reads ${JSON.stringify(text)}`, async () => {
      writeFileSync(join(dir, 'prune-approved.json'), text);
      expect([...(await approvedPrune(dir))]).to.deep.equal([]);
    });
  }
});
