import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { CommandHost } from '../../controller/command-host.ts';
import { createCommands } from '../../controller/commands.ts';
import type { ControlRequest } from '../../controller/control.ts';
import { type Memory, newMemory, withoutTry } from '../../controller/memory.ts';
import type { HistoryEntry } from '../../state/history.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import type { Transaction } from '../../state/transaction.ts';
import { bridge, view } from '../state/build.ts';

const open = { generation: 3, changes: {}, probes: [] } as unknown as Transaction;

describe('a command that cannot be carried out now', () => {
  let configDir: string;
  let memory: Memory;
  /** What another change makes of the memory before the pass of the command begins, and what that pass makes of it. */
  let meanwhile: (memory: Memory) => Memory;
  let pass: (memory: Memory) => Memory;
  /** Of each generation that there was. */
  let files: HistoryEntry['files'];

  beforeEach(() => {
    files = {};
    configDir = mkdtempSync(join(tmpdir(), 'osa-net-'));
    memory = newMemory(emptyInventory, new Map());
    meanwhile = pass = (same) => same;
  });

  afterEach(() => rmSync(configDir, { recursive: true, force: true }));

  const withInventory = (fields: Partial<Inventory>) => (before: Memory) => ({
    ...before,
    inventory: { ...before.inventory, ...fields },
  });

  async function answerTo(request: ControlRequest) {
    const entries = [1, 2].map((generation) => ({ generation, result: 'confirmed', changes: [], files }));
    const host = {
      world: {
        settings: { configDir },
        networkd: { snapshot: () => ({ state: 'running', message: '' }) },
        history: { entries: async () => entries, before: async () => new Map() },
      },
      documents: { view: async () => view() },
      memory: () => memory,
      edit: async (change: (before: Memory) => Memory) => {
        memory = pass(change(meanwhile(memory)));
      },
      nextEnd: () => new Promise(() => undefined),
    } as unknown as CommandHost;
    const answer = createCommands(host)(request, () => undefined, new AbortController().signal);
    const { outcome, message } = await answer;
    return `${outcome}: ${message}`;
  }

  /** A pass that finds that nothing would come of documents. */
  const vain = (items: readonly unknown[]) => (before: Memory) =>
    ({
      ...withoutTry(before),
      vain: { items, networkd: { state: 'running', message: '' } },
    }) as unknown as Memory;

  const trying: ControlRequest = {
    verb: 'try',
    documents: [{ name: 'a.yaml', text: bridge('a') }],
    timeoutMs: 1_000,
  };

  it('is a try on a host that is held, which says what holds it', async () => {
    memory = withInventory({ hold: { generation: 1, directory: '' } })(memory);
    expect(await answerTo(trying)).to.match(/^refused: held on generation 1 until .*'osa-net resume'/);
    expect(memory.wish).to.equal(undefined);
  });

  it('is a resume of a resource while everything is suspended, also where that is lifted for a try', async () => {
    const resuming = { verb: 'resume', resources: ['ContainerBridge/a'] } satisfies ControlRequest;
    const refusal = { 'ContainerBridge/a': { specHash: 'x', file: '', message: '' } };
    const lifted = (fields: Transaction['lifted']) =>
      withInventory({ transaction: { ...open, lifted: fields } });
    const refused = "refused: everything is suspended; let it go on with 'osa-net resume'";
    memory = withInventory({ suspended: 'all' })(memory);
    expect(await answerTo(resuming)).to.equal(refused);
    memory = lifted({ suspended: 'all', rolledBack: refusal })(newMemory(emptyInventory, new Map()));
    expect(await answerTo(resuming)).to.equal(refused);
    expect(await answerTo({ verb: 'resume', resources: [] })).to.equal('done: everything goes on');
    expect(await answerTo({ verb: 'resume', resources: [] })).to.equal('unchanged: nothing is suspended');
    memory = lifted({ rolledBack: refusal })(memory);
    expect(await answerTo(resuming)).to.equal('done: ContainerBridge/a goes on');
    expect(await answerTo(resuming)).to.equal(
      'refused: ContainerBridge/a is neither suspended nor taken back',
    );
  });

  it('is a try whose documents could not be kept', async () => {
    rmSync(configDir, { recursive: true });
    expect(await answerTo(trying)).to.match(/^refused: cannot keep documents in .*: no such file/);
  });

  it('is a try of what is suspended, which names it', async () => {
    memory = withInventory({ suspended: ['ContainerBridge/a'] })(memory);
    pass = vain([]);
    expect(await answerTo(trying)).to.match(/^refused: suspended.*: ContainerBridge\/a; see: osa-net resume/);
    expect([memory.wish, memory.overlay]).to.deep.equal([undefined, undefined]);
  });

  for (const reason of ['InUse', 'Conflict', 'DependencyNotReady', 'ReconciliationSuspended'] as const) {
    it(`is a try of which nothing can be applied for ${reason}, and says why`, async () => {
      const ready = { type: 'Ready', status: 'False', reason, message: 'the link br-a …' };
      const item = { kind: 'ContainerBridge', metadata: { name: 'a' }, status: { conditions: [ready] } };
      pass = vain([item]);
      expect(await answerTo(trying)).to.equal('refused: the link br-a …');
    });
  }

  it('is a try whose pass could not be finished, and nothing of it is left for the next', async () => {
    // What an earlier one came to says nothing of this one.
    memory = vain([])(memory);
    pass = (before) => before;
    expect(await answerTo(trying)).to.match(/^refused: the pass that was to try it could not be finished/);
    expect([memory.wish, memory.overlay]).to.deep.equal([undefined, undefined]);
  });

  const requests = [
    trying,
    { verb: 'rollback', generation: 1 },
    { verb: 'suspend', resources: [] },
  ] satisfies ControlRequest[];

  for (const request of requests) {
    it(`is a ${request.verb} while a change is on trial, also one that began only just now`, async () => {
      const busy = /^refused: generation 3 is still on trial/;
      memory = withInventory({ generation: 2 })(memory);
      meanwhile = withInventory({ transaction: open });
      expect(await answerTo(request)).to.match(busy);
      const { inventory, wish } = memory;
      expect([inventory.hold, inventory.suspended, wish]).to.deep.equal([undefined, undefined, undefined]);
      expect(await answerTo(request)).to.match(busy);
    });
  }

  for (const request of requests) {
    it(`is a ${request.verb} for which the pass is to be made that tries something else`, async () => {
      memory = withInventory({ generation: 2 })(memory);
      meanwhile = (before) => ({ ...before, wish: { by: 'try' } });
      expect(await answerTo(request)).to.match(/^refused: documents are just being tried/);
      const { inventory, overlay, wish } = memory;
      expect([inventory.hold, inventory.suspended, overlay]).to.deep.equal([undefined, undefined, undefined]);
      expect(wish).to.deep.equal({ by: 'try' });
    });
  }

  it('is a try on a host that is just about to be held', async () => {
    meanwhile = withInventory({ hold: { generation: 1, directory: '' } });
    expect(await answerTo(trying)).to.match(/^refused: held on generation 1.*nothing else is tried/);
    expect([memory.overlay, memory.wish]).to.deep.equal([undefined, undefined]);
  });

  it('is a rollback whose hold the documents have ended', async () => {
    memory = withInventory({ generation: 2 })(memory);
    pass = withInventory({ hold: undefined });
    expect(await answerTo({ verb: 'rollback', generation: 1 })).to.match(/^refused: the documents changed/);
  });

  it('is a rollback past a file that was renamed since, which it names, and nothing is held', async () => {
    memory = withInventory({ generation: 2 })(memory);
    files = { '/etc/osa-net.d/b.yaml': { after: 'b2' } };
    expect(await answerTo({ verb: 'rollback', generation: 1 })).to.match(
      /^refused: cannot put generation 1 together: \/etc\/osa-net.d\/b.yaml is no longer in force/,
    );
    expect([memory.inventory.hold, memory.wish]).to.deep.equal([undefined, undefined]);
  });
});
