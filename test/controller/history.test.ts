import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openHistory } from '../../controller/history.ts';
import { type HistoryEntry, historyLength } from '../../state/history.ts';
import { bridge, kept, source } from '../state/build.ts';
import { keepingLogger } from './logger.ts';

const file = '/etc/osa-net.d/a.yaml';
const old = source('a.yaml', bridge('a'));
const next = source('a.yaml', bridge('a', { mtu: 1400 }));

function entry(generation: number, files: HistoryEntry['files'] = {}): HistoryEntry {
  const time = '2026-01-01T00:00:00.000Z';
  return {
    generation,
    startedAt: time,
    endedAt: time,
    result: 'confirmed',
    message: '',
    by: 'documents',
    changes: [],
    files,
  };
}

describe('the history', () => {
  let root: string;
  const logger = keepingLogger();
  const open = () => openHistory(root, logger);
  const texts = () => readdirSync(join(root, 'history'));

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'osa-net-'));
    await open().prepare();
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('brings back texts that were replaced, removed and added, in another life too', async () => {
    const gone = source('gone.yaml', bridge('gone'));
    const added = source('new.yaml', bridge('new'));
    const other = source('other.yaml', bridge('other'));
    await open().keep([old, gone]);
    const files = {
      [file]: { before: old.hash, after: next.hash },
      [gone.file]: { before: gone.hash },
      [added.file]: { after: added.hash },
    };
    const before = await open().before(files, kept(next, added, other));
    expect([...before].map(([name, { hash }]) => [name, hash])).to.deep.equal(
      [old, gone, other].map((one) => [one.file, one.hash]),
    );
    expect(before.get(file)?.loaded.resources.map(({ key }) => key)).to.deep.equal(['ContainerBridge/a']);
  });

  it('brings back a text that was not replaced yet from where it is', async () => {
    const before = await open().before({ [file]: { before: old.hash, after: next.hash } }, kept(old));
    expect(before.get(file)).to.equal(old);
  });

  it('says that a text is lost or damaged rather than bring back another', async () => {
    await open().keep([old]);
    writeFileSync(join(root, 'history', old.hash), 'damaged');
    const files = { [file]: { before: old.hash } };
    const failure = await open()
      .before(files, kept())
      .catch((error: Error) => error.message);
    expect(failure).to.equal('cannot read the earlier text of a.yaml: its bytes are damaged');
    rmSync(join(root, 'history', old.hash));
    const missing = await open()
      .before(files, kept())
      .catch((error: Error) => error.message);
    expect(missing).to.match(/^cannot read the earlier text of a.yaml: ENOENT/);
  });

  it('keeps the last generations, and the texts that these replaced', async () => {
    const history = open();
    for (let generation = 1; generation <= historyLength + 2; generation++) {
      const text = source('a.yaml', bridge('a', { mtu: 1400 + generation }));
      await history.keep([text]);
      await history.append(entry(generation, { [file]: { before: text.hash } }));
    }
    const generations = (await open().entries()).map(({ generation }) => generation);
    expect([generations.length, generations[0], generations.at(-1)]).to.deep.equal([
      historyLength,
      3,
      historyLength + 2,
    ]);
    expect(texts().length).to.equal(historyLength);
  });

  it('begins anew when it is damaged, and says so', async () => {
    writeFileSync(join(root, 'history.json'), '{"schemaVersion":1,"ent');
    expect(await open().entries()).to.deep.equal([]);
    expect(logger.lines.at(-1)).to.match(/history.* is damaged/);
    await open().append(entry(9));
    expect((await open().entries()).map(({ generation }) => generation)).to.deep.equal([9]);
  });
});
