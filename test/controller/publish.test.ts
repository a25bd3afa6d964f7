import {
  chmodSync,
  existsSync,
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
import { createDocuments } from '../../controller/documents-view.ts';
import { createPublisher, identity, statusPath } from '../../controller/publish.ts';
import type { OperatorStatus, StatusItem, StatusList } from '../../state/status.ts';
import { bridge } from '../state/build.ts';

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

describe('the published status', () => {
  useDirectory();
  const item = { kind: 'NetDev', metadata: { name: 'a' } } as unknown as StatusItem;
  const operator = { version: '1', lastPassAt: 'early', conditions: [] } as unknown as OperatorStatus;
  const read = () => JSON.parse(readFileSync(statusPath(dir), 'utf8')) as StatusList;
  const inode = () => statSync(statusPath(dir)).ino;

  it('is a whole file that anybody may read', async () => {
    const publisher = await createPublisher(dir);
    await publisher.publish({ operator, items: [item] });
    expect(read()).to.deep.include({ kind: 'StatusList', schemaVersion: 1, operator, items: [item] });
    expect(statSync(statusPath(dir)).mode & 0o777).to.equal(0o644);
    expect(readdirSync(dir)).to.deep.equal(['status.json']);
  });

  it('is not written again when only the time of the pass moved', async () => {
    const publisher = await createPublisher(dir);
    await publisher.publish({ operator, items: [item] });
    const first = inode();
    utimesSync(statusPath(dir), 1_000, 1_000);
    await publisher.publish({ operator: { ...operator, lastPassAt: 'late' }, items: [item] });
    expect([inode(), read().operator.lastPassAt]).to.deep.equal([first, 'early']);
    expect(statSync(statusPath(dir)).mtimeMs).to.be.greaterThan(1_000_000);
  });

  for (const [what, next] of [
    ['an item changed', { operator, items: [{ ...item }] }],
    ['an item went', { operator, items: [] }],
    ['the operator changed', { operator: { ...operator, version: '2' }, items: [item] }],
  ] as const) {
    it(`is written again when ${what}`, async () => {
      const publisher = await createPublisher(dir);
      await publisher.publish({ operator, items: [item] });
      await publisher.publish(next as Parameters<typeof publisher.publish>[0]);
      expect(read()).to.deep.include(JSON.parse(JSON.stringify(next)));
    });
  }

  it('comes back when somebody removed it', async () => {
    const publisher = await createPublisher(dir);
    await publisher.publish({ operator, items: [item] });
    rmSync(statusPath(dir));
    await publisher.publish({ operator, items: [item] });
    expect(read().items).to.have.length(1);
  });

  it('says when it cannot be written, and is written when that is over', async () => {
    const publisher = await createPublisher(join(dir, 'run'));
    rmSync(join(dir, 'run'), { recursive: true });
    expect(await messageOf(() => publisher.publish({ operator, items: [] }))).to.match(
      /^cannot publish the status: /,
    );
    await createPublisher(join(dir, 'run'));
    await publisher.publish({ operator, items: [] });
    expect(existsSync(statusPath(join(dir, 'run')))).to.equal(true);
  });

  it('tells this process from another that gets its number', async () => {
    const self = await identity('1.2.3');
    expect(self).to.deep.include({ version: '1.2.3', pid: process.pid });
    const stat = readFileSync(`/proc/${process.pid}/stat`, 'utf8');
    expect(stat).to.include(` ${self.pidStart} `);
    expect(self.pidStart).to.match(/^\d+$/);
  });
});

describe('the view of the documents', () => {
  useDirectory();
  const write = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    utimesSync(join(dir, name), 1_000, 1_000);
  };

  it('keeps the very objects of files that did not change', async () => {
    write('a.yaml', bridge('a'));
    write('b.yaml', bridge('b'));
    const documents = createDocuments(dir, new Map());
    const first = await documents.view();
    write('b.yaml', bridge('b', { mtu: 1400 }));
    const second = await documents.view();
    const same = [...first.files].map(([file, entry]) => second.files.get(file) === entry);
    expect([first.trouble, same]).to.deep.equal(['', [true, false]]);
  });

  it('begins with the last good files, so that a restart changes nothing', async () => {
    write('a.yaml', bridge('a'));
    const [[file, entry] = []] = (await createDocuments(dir, new Map()).view()).files;
    if (!file || !entry || 'code' in entry) throw new Error('no file');
    const again = await createDocuments(dir, new Map([[file, entry]])).view();
    expect(again.files.get(file)).to.equal(entry);
  });

  it('has problems in the place of files that cannot be read', async () => {
    write('a.yaml', '\u00ff');
    writeFileSync(join(dir, 'b.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
    chmodSync(join(dir, 'b.yaml'), 0o600);
    const { files } = await createDocuments(dir, new Map()).view();
    const codes = [...files.values()].map((entry) =>
      'code' in entry ? entry.code : entry.loaded.problems.map(({ code }) => code).join(),
    );
    expect(codes).to.deep.equal(['NOT_A_RESOURCE', 'NOT_UTF8']);
  });

  it('says why the directory cannot be read, and goes on when it is back', async () => {
    const documents = createDocuments(join(dir, 'd'), new Map());
    expect(await documents.view()).to.deep.equal({
      trouble: `cannot read the directory ${join(dir, 'd')}: no such file or directory`,
      files: new Map(),
    });
  });
});
