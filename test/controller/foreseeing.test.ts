import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Memory } from '../../controller/memory.ts';
import { reconcile } from '../../controller/reconcile.ts';
import { loadFile } from '../../crds/load.ts';
import { sha256 } from '../../crds/unit.ts';
import type { Inventory } from '../../state/inventory.ts';
import type { Verdict } from '../../state/trial.ts';
import { bridge, desired } from '../state/build.ts';
import { type PassHost, passHost } from './pass-host.ts';

const passed = { kind: 'passed', over: true } as const;
const key = 'ContainerBridge/a';

/** Passes over real directories; bridges are never there, so that each is still waited for. */
describe('a pass that is to try documents', () => {
  let root: string;
  let host: PassHost;
  const place = (name: string) => host.place(name);
  const network = () => readFileSync(place('units/05-osa-net-br-a.network'), 'utf8');
  const write = (text: string) => writeFileSync(place('documents/a.yaml'), text);
  const know = (fields: Partial<Inventory>) => {
    host.memory = { ...host.memory, inventory: { ...host.memory.inventory, ...fields } };
  };

  /** @returns how many steps were done */
  async function pass(verdicts: readonly Verdict[] = []): Promise<number> {
    const { memory, applied } = await reconcile(await host.input({ verdicts }));
    host.memory = memory;
    return applied.done.length;
  }

  /** What the next pass starts with when a text is tried. */
  function trying(text: string): Memory {
    const file = place('documents/a.yaml');
    const bytes = Buffer.from(text);
    const overlay = new Map([[file, { file, bytes, hash: sha256(text), loaded: loadFile(file, bytes) }]]);
    return { ...host.memory, overlay, wish: { by: 'try', confirmWithin: 1_000 } };
  }

  /** A text is in force, and another, that the directory has, was refused. */
  async function refusing(there: string, refused: string): Promise<void> {
    write(there);
    await pass([passed, passed]);
    write(refused);
    const specHash = desired(252, refused).resources.get(key)?.specHash ?? '';
    know({ rolledBack: { [key]: { specHash, message: '', file: '' } } });
    expect(await pass()).to.equal(0);
  }

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'osa-net-'));
    for (const name of ['documents', 'units']) mkdirSync(join(root, name));
    host = passHost(root);
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('still refuses what was refused where nothing comes of what is tried, and says how that stands', async () => {
    await refusing(bridge('a', { mtu: 1400 }), bridge('a', { mtu: 1300 }));
    host.memory = trying(bridge('a', { mtu: 1400 }));
    expect(await pass()).to.equal(0);
    const { inventory, overlay, wish, vain } = host.memory;
    expect([inventory.transaction, overlay, wish]).to.deep.equal([undefined, undefined, undefined]);
    expect([vain?.networkd.state, vain?.items.length]).to.deep.equal(['running', 1]);
    expect(inventory.rolledBack).to.have.property(key);
    expect(await pass()).to.equal(0);
    expect(host.memory.vain, 'of the last pass only').to.equal(undefined);
  });

  it('keeps what is in force where a refused text is tried that asks for no other units', async () => {
    const there = bridge('a', { mtu: 1400 });
    const refused = bridge('a', { mtu: 1400, requiredState: 'routable' });
    await refusing(there, refused);
    host.memory = trying(refused);
    expect([await pass(), await pass()]).to.deep.equal([0, 0]);
    expect(network()).to.include('MTUBytes=1400');
    expect(host.memory.inventory.rolledBack).to.have.property(key);
  });

  it('leaves a suspended host alone where nothing comes of it', async () => {
    const there = bridge('a', { mtu: 1400 });
    write(there);
    await pass([passed, passed]);
    appendFileSync(place('units/05-osa-net-br-a.network'), '# by hand\n');
    know({ suspended: 'all' });
    host.memory = trying(there);
    expect(await pass()).to.equal(0);
    expect(network()).to.include('# by hand');
    expect(host.memory.inventory.suspended).to.equal('all');
  });

  it('does nothing without networkd, and says so', async () => {
    host.networkd.state = 'unavailable';
    host.memory = trying(bridge('a'));
    expect(await pass()).to.equal(0);
    expect([host.memory.vain?.networkd.state, host.memory.overlay]).to.deep.equal(['unavailable', undefined]);
  });

  it('lifts what speaks against them as long as they stay', async () => {
    await refusing(bridge('a', { mtu: 1400 }), bridge('a', { mtu: 1300 }));
    const { rolledBack } = host.memory.inventory;
    know({ suspended: 'all' });
    host.memory = trying(bridge('a', { mtu: 1200 }));
    expect(await pass()).to.be.greaterThan(0);
    const { inventory, vain } = host.memory;
    expect([inventory.suspended, inventory.rolledBack, vain]).to.deep.equal([
      undefined,
      undefined,
      undefined,
    ]);
    expect(inventory.transaction?.by).to.equal('try');
    expect(inventory.transaction?.lifted).to.deep.equal({ rolledBack, suspended: 'all' });
  });
});
