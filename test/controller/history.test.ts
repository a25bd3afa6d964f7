import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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

async function failureOf(run: () => Promise<unknown>): Promise<string> {
  return run().then(
    () => 'no failure',
    (cause: Error) => cause.message,
  );
}

describe('the history', () => {
  let root: string;
  const logger = keepingLogger();
  const open = () => openHistory(root, logger);
  const texts = () => readdirSync(join(root, 'history'));
  const path = () => join(root, 'history.json');
  const generations = async () => (await open().entries()).map(({ generation }) => generation);

  /** The history cannot be read meanwhile, not even by root. */
  async function hidden(act: () => Promise<void>): Promise<void> {
    renameSync(path(), `${path()}.away`);
    symlinkSync('history.json', path());
    await act();
    renameSync(`${path()}.away`, path());
  }

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

  for (const [what, text] of [
    ['half written', '{"schemaVersion":1,"ent'],
    ['empty', ''],
    ['no history', '{"schemaVersion":1,"entries":{}}'],
    ['full of something else', '{"schemaVersion":1,"entries":[{"generation":"1"}]}'],
    ['of no version', '{"entries":[]}'],
  ] as const) {
    it(`is set aside when it is ${what}, begins anew and says so`, async () => {
      writeFileSync(path(), text);
      expect(await open().entries()).to.deep.equal([]);
      expect(logger.lines.at(-1)).to.equal('error: the history is damaged and begins anew');
      expect(readFileSync(`${path()}.damaged`, 'utf8')).to.equal(text);
      expect(existsSync(path())).to.equal(false);
      await open().append(entry(9));
      expect(await generations()).to.deep.equal([9]);
    });
  }

  it('is left to the later osa-net that wrote it', async () => {
    const text = '{"schemaVersion":2,"generations":[],"entries":[{"number":1}]}';
    writeFileSync(path(), text);
    await open().append(entry(9));
    expect(await failureOf(() => open().entries())).to.equal(
      `cannot read the history ${path()}: a later osa-net wrote it`,
    );
    expect(readFileSync(path(), 'utf8')).to.equal(text);
  });

  it('is neither taken for empty nor written over while it cannot be read', async () => {
    for (const generation of [1, 2]) await open().append(entry(generation));
    const life = open();
    await hidden(async () => {
      expect(await failureOf(() => life.entries())).to.equal(
        `cannot read the history ${path()}: too many symbolic links encountered`,
      );
      logger.lines.length = 0;
      await life.append(entry(3));
      await life.append({ ...entry(3), result: 'interrupted' });
      expect(logger.lines).to.deep.equal(
        Array(2).fill(
          `error: cannot keep generation 3 in the history: cannot read the history ${path()}: too many symbolic links encountered`,
        ),
      );
    });
    // What could not be kept comes along once it can.
    expect((await life.entries()).map(({ generation }) => generation)).to.deep.equal([1, 2, 3]);
    expect(await generations()).to.deep.equal([1, 2]);
    await life.append(entry(4));
    expect(await generations()).to.deep.equal([1, 2, 3, 4]);
    expect((await open().entries())[2]?.result).to.equal('interrupted');
  });

  it('has one word on a generation, the last', async () => {
    const history = open();
    for (const result of ['confirmed', 'interrupted'] as const) await history.append({ ...entry(1), result });
    expect((await open().entries()).map(({ result }) => result)).to.deep.equal(['interrupted']);
  });

  it('is kept although earlier texts cannot be cleared away, and says so', async () => {
    mkdirSync(join(root, 'history', 'of somebody else'));
    await open().append(entry(1));
    expect(await generations()).to.deep.equal([1]);
    expect(logger.lines.at(-1)).to.match(/^warn: cannot clear away earlier texts: /);
  });
});
