import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type HistoryStore, openHistory } from '../../controller/history.ts';
import { heldAgain } from '../../controller/hold.ts';
import { newMemory } from '../../controller/memory.ts';
import type { SourceFile } from '../../state/directory.ts';
import type { HistoryEntry } from '../../state/history.ts';
import { emptyInventory } from '../../state/inventory.ts';
import { bridge, kept, source } from '../state/build.ts';
import { keepingLogger } from './logger.ts';

const first = source('a.yaml', bridge('a'));
const second = source('a.yaml', bridge('a', { mtu: 1400 }));
const resources = {
  'ContainerBridge/a': { specHash: 'x', generation: 1, createdAt: '', file: first.file },
} as const;

function entry(generation: number, texts: { before?: string; after?: string }): HistoryEntry {
  const said = { startedAt: '', endedAt: '', result: 'confirmed', message: '', by: 'documents' } as const;
  return { generation, ...said, changes: [], files: { [first.file]: texts } };
}

describe('a hold that a start finds', () => {
  let directory: string;
  let history: HistoryStore;
  const logger = keepingLogger();

  beforeEach(async () => {
    logger.lines.length = 0;
    directory = mkdtempSync(join(tmpdir(), 'osa-net-hold-'));
    history = openHistory(directory, logger);
    await history.prepare();
    await history.append(entry(1, { after: first.hash }));
    await history.keep([first]);
    await history.append(entry(2, { before: first.hash, after: second.hash }));
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  function heldWith(lastGood: readonly SourceFile[], generation = 1) {
    const inventory = { ...emptyInventory, resources, generation: 2, hold: { generation, directory: '' } };
    return heldAgain(newMemory(inventory, kept(...lastGood)), { history, logger });
  }

  it('is on the documents of its generation, whichever of both were kept last', async () => {
    for (const lastGood of [[first], [second]])
      expect((await heldWith(lastGood)).held?.get(first.file)?.hash).to.equal(first.hash);
  });

  it('ends where nothing is left of its documents, instead of standing in with nothing', async () => {
    const { held, inventory } = await heldWith([], 2);
    expect([held, inventory.hold]).to.deep.equal([undefined, undefined]);
    expect(logger.lines.join()).to.include('cannot hold generation 2: its documents are lost');
  });

  it('ends where their texts are lost', async () => {
    rmSync(join(directory, 'history', first.hash));
    const { inventory } = await heldWith([second]);
    expect(inventory.hold).to.equal(undefined);
    expect(logger.lines.join()).to.include(
      'cannot hold generation 1: cannot read the earlier text of a.yaml',
    );
  });
});
