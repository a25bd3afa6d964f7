import {
  existsSync,
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
import { newMemory } from '../../controller/memory.ts';
import { reconcile } from '../../controller/reconcile.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import type { Step } from '../../state/step.ts';
import type { Verdict } from '../../state/trial.ts';
import { bridge } from '../state/build.ts';
import { type PassHost, passHost } from './pass-host.ts';

const passed = { kind: 'passed', over: true } as const;

/** A pass over real directories, beside a networkd and a kernel that have no links and can be told to fail. */
describe('a pass', () => {
  let root: string;
  let host: PassHost;
  const place = (name: string) => host.place(name);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'osa-net-'));
    for (const name of ['documents', 'units']) mkdirSync(join(root, name));
    host = passHost(root);
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('tells what is about to be ours before the first step, so that failing later forgets nothing', async () => {
    writeFileSync(place('documents/a.yaml'), bridge('a'));
    const failing = await host.input({
      onStep: () => {
        throw new Error('the end');
      },
    });
    const outcome = await reconcile(failing).catch((cause: Error) => cause.message);
    expect(outcome).to.equal('the end');
    expect(host.told.map(({ links }) => Object.keys(links))).to.deep.equal([['br-a']]);
    expect(JSON.parse(readFileSync(place('state/inventory.json'), 'utf8'))).to.deep.equal(
      JSON.parse(JSON.stringify(host.told[0])),
    );
  });

  it('ends a trial although the history cannot be read, and leaves the history as it is', async () => {
    writeFileSync(place('documents/a.yaml'), bridge('a'));
    const input = await host.input({ verdicts: [passed, passed] });
    symlinkSync('history.json', place('state/history.json'));
    const { memory, ended } = await reconcile(input);
    expect([ended?.generation, ended?.result]).to.deep.equal([1, 'confirmed']);
    expect([memory.inventory.transaction, memory.inventory.generation]).to.deep.equal([undefined, 1]);
    expect(readFileSync(place('state/inventory.json'), 'utf8')).to.not.include('transaction');
    expect(readlinkSync(place('state/history.json'))).to.equal('history.json');
  });

  it('lets a word count until what came of it is on disk', async () => {
    writeFileSync(place('documents/a.yaml'), bridge('a'));
    const input = await host.input({ verdicts: [passed, passed] });
    const followed: unknown[] = [];
    input.trial.follow = (transaction) => void followed.push(transaction?.generation);
    const { store } = input.world;
    const save = store.saveInventory.bind(store);
    let saves = 0;
    store.saveInventory = async (inventory) => {
      saves += 1;
      if (saves === 2) throw new Error('the disk is full');
      return save(inventory);
    };
    const outcome = await reconcile(input).catch((cause: Error) => cause.message);
    expect([outcome, followed]).to.deep.equal(['the disk is full', [1]]);
  });

  it('is in a hurry before a change: 500 ms, and 1.3 s where networkd was told within the last 3 s', async () => {
    const gateway = { id: 'gateway', target: { type: 'gateway', family: 4 }, timeoutMs: 2_000 } as const;
    const times: (number | undefined)[] = [];
    host.probes = {
      automatic: async () => [gateway],
      check: async (_, hurry) => {
        times.push(hurry);
        return 'no answer';
      },
    };
    const change = async (mtu: number, later: number) => {
      host.now += later;
      writeFileSync(place('documents/a.yaml'), bridge('a', { mtu }));
      host.memory = (await reconcile(await host.input({ verdicts: [passed, passed] }))).memory;
    };
    await change(1500, 0);
    await change(1400, 2_999);
    await change(1300, 3_000);
    expect(times).to.deep.equal([500, 1_300, 500]);
  });

  it('takes a change back although the state directory is full, and says so', async () => {
    const pass = async (...verdicts: Verdict[]) => {
      const input = await host.input({ verdicts });
      return { ...input, onIntent: ({ inventory }: { inventory: Inventory }) => void keep(inventory) };
    };
    const keep = (inventory: Inventory) => {
      host.memory = { ...host.memory, inventory };
    };
    const text = () => readFileSync(place('units/05-osa-net-br-a.network'), 'utf8');
    writeFileSync(place('documents/a.yaml'), bridge('a'));
    host.memory = (await reconcile(await pass(passed, passed))).memory;
    const before = text();
    writeFileSync(place('documents/a.yaml'), bridge('a', { mtu: 1400 }));
    host.memory = (await reconcile(await pass())).memory;
    expect(text()).to.not.equal(before);

    const failure = { result: 'rolled-back', message: 'no gateway' } as const;
    const input = await pass({ kind: 'failed', failure });
    const obstacle = place('state/.inventory.json.osa-net-tmp');
    mkdirSync(obstacle);
    const trouble = await reconcile(input).catch((cause: Error) => cause.message);
    expect(trouble).to.match(/^cannot write the inventory: /);
    expect(text()).to.equal(before);
    rmSync(obstacle, { recursive: true });
    const { ended } = await reconcile(await pass(passed, passed));
    expect([ended?.generation, ended?.result]).to.deep.equal([2, 'rolled-back']);
    expect(text()).to.equal(before);
  });

  it('tries again to restart a networkd only a minute after that failed', async () => {
    let tries = 0;
    host.restart = async () => {
      tries++;
      if (tries < 3) throw new Error('no systemd');
    };
    host.memory = { ...host.memory, inventory: { ...host.memory.inventory, restartPending: true } };
    const tried = async (later: number) => {
      host.now += later;
      host.memory = (await reconcile(await host.input())).memory;
      return tries;
    };
    expect([await tried(0), await tried(59_999), await tried(1)]).to.deep.equal([1, 1, 2]);
    expect([await tried(60_000), host.memory.inventory.restartPending]).to.deep.equal([3, undefined]);
    expect(host.memory.restartFailedAt).to.equal(undefined);
  });

  it('holds what vanished at once also where that cannot be put on record, until it is back', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const write = (name: string) => writeFileSync(place(`documents/${name}.yaml`), bridge(name));
    const units = () => names.filter((name) => existsSync(place(`units/05-osa-net-br-${name}.netdev`)));
    for (const name of names) write(name);
    host.memory = (await reconcile(await host.input())).memory;
    for (const name of ['b', 'c', 'd']) rmSync(place(`documents/${name}.yaml`));
    const obstacle = place('state/.inventory.json.osa-net-tmp');
    const input = await host.input();
    mkdirSync(obstacle);
    const trouble = await reconcile(input).catch((cause: Error) => cause.message);
    expect(trouble).to.match(/^cannot write the inventory: /);
    rmSync(obstacle, { recursive: true });
    write('b');
    host.memory = (await reconcile(await host.input())).memory;
    expect(host.memory.inventory.held).to.deep.equal(['ContainerBridge/c', 'ContainerBridge/d']);
    expect(units()).to.deep.equal(names);
  });

  it('looks again before it does anything where networkd started anew meanwhile, but not for ever', async () => {
    writeFileSync(place('documents/a.yaml'), bridge('a'));
    const looksWhile = async (starts: number) => {
      let looks = 0;
      const before: number[] = [];
      const input = await host.input({ onStep: () => void before.push(looks) });
      host.onLook = () => {
        looks++;
        if (looks <= starts) host.networkd.run++;
        input.observer.markKernel('all');
      };
      const { applied } = await reconcile(input);
      rmSync(place('units'), { recursive: true });
      mkdirSync(place('units'));
      return [before[0], applied.done.length > 0];
    };
    expect(await looksWhile(0)).to.deep.equal([1, true]);
    expect(await looksWhile(1)).to.deep.equal([2, true]);
    expect(await looksWhile(9)).to.deep.equal([3, true]);
  });

  it('knows a link that a networkd made which others started before its unit went, and no other', async () => {
    const bridgeAt = (ifindex: number) => {
      const shown = { name: 'br-a', kind: 'bridge', ifindex, mtu: 1500, addresses: [] };
      return new Map([['br-a', { ...shown, up: true, carrier: false }]]);
    };
    const pass = async () => {
      host.memory = (await reconcile(await host.input())).memory;
    };
    const leftWhere = async (starts: number) => {
      writeFileSync(place('documents/a.yaml'), bridge('a'));
      host.links = new Map();
      await pass();
      host.links = bridgeAt(7);
      await pass();
      rmSync(place('documents/a.yaml'));
      const onStep = ({ kind }: Step) => {
        if (kind !== 'remove-unit' || host.links.get('br-a')?.ifindex !== 7) return;
        host.networkd.run += starts;
        host.links = bridgeAt(77);
      };
      const { memory } = await reconcile(await host.input({ onStep }));
      return memory.inventory.links['br-a']?.identity;
    };
    expect(await leftWhere(1)).to.equal('boot 77');
    host.memory = newMemory(emptyInventory, new Map());
    expect(await leftWhere(0)).to.equal(undefined);
  });

  it('means by the documents what the last networkd did while that one restarts', async () => {
    const persistent = { poolOffset: 10, poolSize: 5, persistLeases: true };
    const spec = { addresses: ['10.0.0.1/24'] };
    writeFileSync(place('documents/a.yaml'), bridge('a', spec));
    host.memory = (await reconcile(await host.input())).memory;
    host.networkd = {
      ...host.networkd,
      state: 'unavailable',
      message: 'systemd-networkd is not running',
      version: 0,
    };
    // v252 cannot do it, and so the text before it must stay the one to fall back on.
    writeFileSync(place('documents/a.yaml'), bridge('a', { ...spec, dhcpServer: persistent }));
    const away = await reconcile(await host.input());
    expect([...(away.memory.desired?.result.refused.keys() ?? [])]).to.deep.equal(['ContainerBridge/a']);
    expect([...away.memory.lastGood.values()]).to.deep.equal([...host.memory.lastGood.values()]);
    expect(
      [...(away.memory.desired?.result.units.values() ?? [])].map(({ text }) => text).join(),
    ).to.not.include('PersistLeases');
  });
});
