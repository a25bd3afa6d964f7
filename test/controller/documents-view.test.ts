import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { createDocuments, type Documents } from '../../controller/documents-view.ts';
import { bridge } from '../state/build.ts';

describe('the view of the documents', function () {
  // What is seen depends on when this process gets its turn; a busy machine may take longer than the quiet time.
  this.retries(3);
  let directory: string;
  let documents: Documents;

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'osa-net-'));
    documents = createDocuments(directory, new Map());
    for (const name of ['a', 'b', 'c']) writeFileSync(join(directory, `${name}.yaml`), bridge(name));
    await documents.view();
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const names = async () => [...(await documents.view()).files.keys()].map((path) => path.slice(-6));

  it('still has a file that is away only while it is being replaced', async () => {
    rmSync(join(directory, 'a.yaml'));
    const seen = names();
    await sleep(20);
    writeFileSync(join(directory, 'a.yaml'), bridge('a', { mtu: 1400 }));
    expect(await seen).to.deep.equal(['a.yaml', 'b.yaml', 'c.yaml']);
  });

  it('sees files that go one after the other go at once', async () => {
    rmSync(join(directory, 'a.yaml'));
    const seen = names();
    await sleep(10);
    rmSync(join(directory, 'b.yaml'));
    expect(await seen).to.deep.equal(['c.yaml']);
  });

  it('waits for what is held while a file is being written', async () => {
    writeFileSync(join(directory, 'd.yaml'), '');
    const seen = documents.view(['ContainerBridge/d']);
    await sleep(20);
    writeFileSync(join(directory, 'd.yaml'), bridge('d'));
    const entry = (await seen).files.get(join(directory, 'd.yaml'));
    expect(entry && 'loaded' in entry && entry.loaded.documents.length).to.equal(1);
  });

  it('has a document that moves from one file to another just when that wait ends', async () => {
    // The clock was set back: what this file was changed at never lies in the past.
    const later = Date.now() / 1_000 + 3_600;
    utimesSync(join(directory, 'c.yaml'), later, later);
    const seen = documents.view(['ContainerBridge/gone']);
    await sleep(880);
    writeFileSync(join(directory, 'b.yaml'), '');
    await sleep(180);
    writeFileSync(join(directory, 'a.yaml'), `${bridge('a')}\n---\n${bridge('b')}`);
    const files = [...(await seen).files.values()];
    const keys = files.flatMap((one) => ('loaded' in one ? one.loaded.resources.map(({ key }) => key) : []));
    expect(keys).to.include('ContainerBridge/b');
  });

  it('sees what came at once', async () => {
    writeFileSync(join(directory, 'd.yaml'), bridge('d'));
    expect(await names()).to.deep.equal(['a.yaml', 'b.yaml', 'c.yaml', 'd.yaml']);
  });
});
