import {
  chownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { resumed } from '../../controller/interrupted.ts';
import { newMemory } from '../../controller/memory.ts';
import { reconcile } from '../../controller/reconcile.ts';
import { hashOf } from '../../crds/hash.ts';
import type { Verdict } from '../../state/trial.ts';
import { bridge } from '../state/build.ts';
import { type PassHost, passHost } from './pass-host.ts';

const name = '05-osa-net-br-a.network';
/** Not even text. */
const theirs = Buffer.from([
  ...Buffer.from('# by hand, in '),
  0xe9,
  ...Buffer.from('\n[Match]\nName=br-a\n'),
]);
const adopt = { 'osa-net.dev/adopt': 'true' };
const cancelled: Verdict = { kind: 'failed', failure: { result: 'cancelled', message: 'no' } };
const settled: Verdict = { kind: 'passed', over: false };
const over: Verdict = { kind: 'passed', over: true };

/** A unit of others is taken over, and the change is or is not taken back. */
describe('a unit of others', () => {
  let root: string;
  let host: PassHost;
  let uid: number;
  let gid: number;
  const unit = () => host.place(`units/${name}`);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'osa-net-'));
    for (const directory of ['documents', 'units']) mkdirSync(join(root, directory));
    host = passHost(root);
    writeFileSync(host.place('documents/a.yaml'), bridge('a', {}, adopt));
    writeFileSync(unit(), theirs, { mode: 0o640 });
    if (process.getuid?.() === 0) chownSync(unit(), 1, 2);
    ({ uid, gid } = statSync(unit()));
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  /** Takes it over with a change that waits for its confirmation. @param until number of steps that are done */
  async function takeOver(until = Number.POSITIVE_INFINITY): Promise<void> {
    host.memory = { ...host.memory, wish: { by: 'try', confirmWithin: 60_000 } };
    let steps = 0;
    const input = await host.input({
      onStep: () => {
        if (steps++ >= until) throw new Error('killed');
      },
    });
    const outcome = await reconcile(input).catch((cause: Error) => cause.message);
    if (typeof outcome === 'object') host.memory = outcome.memory;
    else expect(outcome).to.equal('killed');
  }

  /** A life of the operator after one that was killed: it knows what is on the disk. */
  async function startAgain(): Promise<void> {
    const { world } = await host.input();
    await world.units.prepare();
    const lastGood = await world.store.loadLastGood(host.place('documents'));
    host.memory = await resumed(newMemory(await world.store.loadInventory(), lastGood), world);
  }

  async function pass(...verdicts: readonly Verdict[]): Promise<readonly string[]> {
    const { memory, applied } = await reconcile(await host.input({ verdicts }));
    host.memory = memory;
    host.now += 60_000;
    return applied.done.map(({ kind }) => kind);
  }

  /** Until the change is taken back. */
  async function settle(): Promise<void> {
    for (let passes = 0; host.memory.inventory.transaction && passes < 5; passes++)
      await pass(settled, settled);
  }

  function expectGivenBack(): void {
    expect(readFileSync(unit())).to.deep.equal(theirs);
    const stat = statSync(unit());
    expect([stat.mode & 0o777, stat.uid, stat.gid]).to.deep.equal([0o640, uid, gid]);
    expect(readdirSync(host.place('units'))).to.deep.equal([name]);
    const { units, resources, transaction } = host.memory.inventory;
    expect([units, resources, transaction]).to.deep.equal([{}, {}, undefined]);
  }

  it('is given back byte for byte when the change is taken back, and left alone from then on', async () => {
    await takeOver();
    expect(readFileSync(unit(), 'utf8')).to.include('Owner=ContainerBridge/a');
    await pass(cancelled, { kind: 'pending' });
    await settle();
    expectGivenBack();
    expect(await pass()).to.deep.equal([]);
    expectGivenBack();
  });

  it('is given back when more was changed meanwhile', async () => {
    await takeOver();
    writeFileSync(host.place('documents/a.yaml'), bridge('a', { mtu: 1400 }, adopt));
    expect(await pass()).to.include('write-unit');
    await startAgain();
    await settle();
    expectGivenBack();
  });

  for (const steps of [0, 1, 2, 3]) {
    it(`is given back after a kill before step ${steps + 1} of the change`, async () => {
      await takeOver(steps);
      await startAgain();
      expect(host.memory.inventory.transaction?.phase).to.equal('reverting');
      await settle();
      expectGivenBack();
    });
  }

  it('is given back after a kill while it is given back', async () => {
    await takeOver();
    await startAgain();
    const input = await host.input({
      onStep: ({ kind }) => {
        if (kind === 'reload') throw new Error('killed');
      },
    });
    await reconcile(input).catch(() => undefined);
    expect(readFileSync(unit())).to.deep.equal(theirs);
    const { ino } = statSync(unit());
    await startAgain();
    await settle();
    expectGivenBack();
    expect(statSync(unit()).ino).to.equal(ino);
  });

  it('is a mask again where it was one', async () => {
    unlinkSync(unit());
    symlinkSync('/dev/null', unit());
    await takeOver();
    expect(lstatSync(unit()).isFile()).to.equal(true);
    await startAgain();
    await settle();
    expect(readlinkSync(unit())).to.equal('/dev/null');
    expect(host.memory.inventory.units).to.deep.equal({});
  });

  it('is ours to remove once the change lasts; its text stays with the history', async () => {
    await takeOver();
    await pass(over, over);
    expect(host.memory.inventory.transaction).to.equal(undefined);
    expect(readdirSync(host.place('state/history'))).to.deep.equal([hashOf(theirs)]);
    rmSync(host.place('documents/a.yaml'));
    expect(await pass()).to.include('remove-unit');
    expect(readdirSync(host.place('units'))).to.deep.equal([]);
  });

  it('is not written over before its text is durable', async () => {
    const input = await host.input();
    rmSync(host.place('state/history'), { recursive: true });
    const outcome = await reconcile(input).catch((cause: Error) => cause.message);
    expect(outcome).to.match(/ENOENT/);
    expect(readFileSync(unit())).to.deep.equal(theirs);
  });
});
