import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createDocuments } from '../../controller/documents-view.ts';
import { openHistory } from '../../controller/history.ts';
import type { Memory } from '../../controller/memory.ts';
import { createObserver } from '../../controller/observe.ts';
import { type PassInput, reconcile } from '../../controller/reconcile.ts';
import { openStore } from '../../controller/store.ts';
import { Trial } from '../../controller/trial.ts';
import { openUnitDirectory } from '../../controller/unit-directory.ts';
import type { World } from '../../controller/world.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import { bridge } from '../state/build.ts';
import { keepingLogger } from './logger.ts';

/** A pass over real directories, beside a networkd and a kernel that have no links and can be told to fail. */
describe('a pass', () => {
  let root: string;
  let networkd: { state: string; message: string; version: number; links: Map<number, unknown> };
  let memory: Memory;
  let told: Inventory[];
  const place = (name: string) => join(root, name);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'osa-net-'));
    for (const name of ['documents', 'units']) mkdirSync(place(name));
    networkd = { state: 'running', message: '', version: 252, links: new Map() };
    const report = { items: [], converged: new Set<never>(), waiting: new Set<never>() };
    memory = {
      inventory: emptyInventory,
      lastGood: new Map(),
      progress: new Map(),
      report,
      blockedBy: new Map(),
    };
    told = [];
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  async function inputOf(onStep: PassInput['onStep'] = () => undefined): Promise<PassInput> {
    const logger = keepingLogger();
    const store = openStore(place('state'), logger);
    await store.prepare();
    const history = openHistory(place('state'), logger);
    await history.prepare();
    const world = {
      settings: { enableNetworkd: false },
      logger,
      clock: { now: () => 1_000_000, uptime: () => 0, after: () => () => undefined },
      random: () => 1,
      networkd: { snapshot: () => networkd, reload: async () => undefined, refresh: async () => undefined },
      kernel: { epoch: 'boot', links: async () => new Map(), defaultRoutes: async () => [] },
      units: openUnitDirectory(place('units'), undefined),
      store,
      history,
      probes: { automatic: async () => [], check: async () => '' },
    } as unknown as World;
    const documents = createDocuments(place('documents'), memory.lastGood);
    const observer = createObserver(world);
    return {
      world,
      documents,
      observer,
      memory,
      approved: new Set(),
      onStep,
      onIntent: ({ inventory }) => told.push(inventory),
      trial: new Trial(world, () => undefined),
      answers: new Map(),
    };
  }

  it('tells what is about to be ours before the first step, so that failing later forgets nothing', async () => {
    writeFileSync(place('documents/a.yaml'), bridge('a'));
    const failing = await inputOf(() => {
      throw new Error('the end');
    });
    const outcome = await reconcile(failing).catch((cause: Error) => cause.message);
    expect(outcome).to.equal('the end');
    expect(told.map(({ links }) => Object.keys(links))).to.deep.equal([['br-a']]);
    expect(JSON.parse(readFileSync(place('state/inventory.json'), 'utf8'))).to.deep.equal(
      JSON.parse(JSON.stringify(told[0])),
    );
  });

  it('ends a trial although the history cannot be read, and leaves the history as it is', async () => {
    writeFileSync(place('documents/a.yaml'), bridge('a'));
    const input = await inputOf();
    symlinkSync('history.json', place('state/history.json'));
    const verdict = { kind: 'passed', over: true } as const;
    const trial = { verdict: () => verdict, follow: () => undefined } as unknown as Trial;
    const { memory: after, ended } = await reconcile({ ...input, trial });
    expect([ended?.generation, ended?.result]).to.deep.equal([1, 'confirmed']);
    expect([after.inventory.transaction, after.inventory.generation]).to.deep.equal([undefined, 1]);
    expect(readFileSync(place('state/inventory.json'), 'utf8')).to.not.include('transaction');
    expect(readlinkSync(place('state/history.json'))).to.equal('history.json');
  });

  it('means by the documents what the last networkd did while that one restarts', async () => {
    const persistent = { poolOffset: 10, poolSize: 5, persistLeases: true };
    const spec = { addresses: ['10.0.0.1/24'] };
    writeFileSync(place('documents/a.yaml'), bridge('a', spec));
    memory = (await reconcile(await inputOf())).memory;
    networkd = { ...networkd, state: 'unavailable', message: 'systemd-networkd is not running', version: 0 };
    // v252 cannot do it, and so the text before it must stay the one to fall back on.
    writeFileSync(place('documents/a.yaml'), bridge('a', { ...spec, dhcpServer: persistent }));
    const away = await reconcile(await inputOf());
    expect([...(away.memory.desired?.result.refused.keys() ?? [])]).to.deep.equal(['ContainerBridge/a']);
    expect([...away.memory.lastGood.values()]).to.deep.equal([...memory.lastGood.values()]);
    expect(
      [...(away.memory.desired?.result.units.values() ?? [])].map(({ text }) => text).join(),
    ).to.not.include('PersistLeases');
  });
});
