import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type HistoryStore, openHistory } from '../../controller/history.ts';
import { heldAgain } from '../../controller/hold.ts';
import { newMemory } from '../../controller/memory.ts';
import type { SourceFile } from '../../state/directory.ts';
import { emptyInventory } from '../../state/inventory.ts';
import { bridge, kept, source } from '../state/build.ts';
import { keepingLogger } from './logger.ts';

const first = source('a.yaml', bridge('a'));
const second = source('a.yaml', bridge('a', { mtu: 1400 }));
const resources = {
  'ContainerBridge/a': { specHash: 'x', generation: 1, createdAt: '', file: first.file },
} as const;

describe('a hold that a start finds', () => {
  let directory: string;
  let history: HistoryStore;
  const logger = keepingLogger();

  beforeEach(async () => {
    logger.lines.length = 0;
    directory = mkdtempSync(join(tmpdir(), 'osa-net-hold-'));
    history = openHistory(directory, logger);
    await history.prepare();
    await history.keep([first]);
    for (const [generation, before] of [1, 2].entries())
      await history.append({
        generation: generation + 1,
        startedAt: '',
        endedAt: '',
        result: 'confirmed',
        message: '',
        by: 'documents',
        changes: [],
        files: {
          [first.file]: before === 1 ? { after: first.hash } : { before: first.hash, after: second.hash },
        },
      });
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
