import { expect } from 'chai';
import { Trial } from '../../controller/trial.ts';
import type { World } from '../../controller/world.ts';
import { sessionEnded } from '../../state/probe.ts';
import type { Transaction } from '../../state/transaction.ts';
import { ManualClock } from './manual-clock.ts';

const patience = 10_000;

const transaction: Transaction = {
  generation: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  by: 'documents',
  phase: 'trial',
  probes: [{ id: 'dc', target: { type: 'ping', host: '192.0.2.1' }, timeoutMs: 1_000 }],
  changes: {},
  files: {},
  scene: {},
};

describe('a trial', () => {
  let clock: ManualClock;
  let answer: string;
  let wakes: number;
  let trial: Trial;

  beforeEach(() => {
    clock = new ManualClock();
    answer = '';
    wakes = 0;
    const probes = { automatic: async () => [], check: async () => answer };
    const world = { clock, probes, settings: { rollbackAfter: patience } } as unknown as World;
    trial = new Trial(world, () => wakes++);
  });

  /** Lets time pass a second at a time, so that probes are asked as they would be. */
  async function pass(ms: number): Promise<void> {
    for (let gone = 0; gone < ms; gone += 1_000) {
      clock.advance(1_000);
      await new Promise(setImmediate);
    }
  }

  it('passes once its probes have for a while, and wakes the loop then', async () => {
    trial.follow(transaction, true, true);
    await pass(4_000);
    expect([trial.verdict().kind, wakes]).to.deep.equal(['pending', 0]);
    await pass(2_000);
    expect([trial.verdict().kind, wakes]).to.deep.equal(['passed', 1]);
  });

  it('fails when a probe has failed for too long, counted from the change', async () => {
    answer = 'no answer';
    trial.follow(transaction, true, true);
    await pass(patience - 1_000);
    expect(trial.verdict().kind).to.equal('pending');
    await pass(1_000);
    expect(trial.verdict()).to.deep.equal({
      kind: 'failed',
      failure: { result: 'rolled-back', message: 'dc: no answer' },
    });
    expect(wakes).to.equal(1);
  });

  it('counts from when a probe stopped passing', async () => {
    trial.follow({ ...transaction, confirmWithin: 60_000 }, true, true);
    await pass(3_000);
    answer = 'no answer';
    await pass(patience);
    expect(trial.verdict().kind).to.equal('pending');
    await pass(1_000);
    expect(trial.verdict().kind).to.equal('failed');
  });

  it('forgives a probe that fails and comes back', async () => {
    answer = 'no answer';
    trial.follow(transaction, true, true);
    await pass(patience - 1_000);
    answer = '';
    await pass(1_000);
    expect(trial.verdict().kind).to.equal('passed');
  });

  it('holds it against a change where a session fails first and then ends, and not where it is closed', async () => {
    trial.follow(transaction, true, true);
    await pass(1_000);
    answer = sessionEnded;
    await pass(5_000);
    expect(trial.verdict().kind).to.equal('passed');
    answer = 'no answer';
    await pass(2_000);
    answer = sessionEnded;
    await pass(patience);
    expect(trial.verdict()).to.deep.equal({
      kind: 'failed',
      failure: { result: 'rolled-back', message: 'dc: no answer' },
    });
  });

  it('watches as long again when anything is done', async () => {
    trial.follow(transaction, true, true);
    await pass(4_000);
    trial.follow(transaction, true, true);
    await pass(4_000);
    expect(trial.verdict().kind).to.equal('pending');
    trial.follow(transaction, false, true);
    await pass(2_000);
    expect(trial.verdict().kind).to.equal('passed');
  });

  const change = { change: 'added', file: '', specHash: 'a', before: '', wasReady: false } as const;
  const more = { ...transaction, changes: { 'ContainerBridge/a': change } } as Transaction;

  it('counts how long a probe fails through all repairs, and anew when the documents change', async () => {
    answer = 'no answer';
    trial.follow(transaction, true, true);
    for (let i = 0; i < 3; i++) {
      await pass(3_000);
      trial.follow({ ...transaction }, true, true);
    }
    expect(trial.verdict().kind).to.equal('pending');
    await pass(1_000);
    expect(trial.verdict().kind).to.equal('failed');
    trial.follow(more, true, true);
    await pass(patience - 1_000);
    expect(trial.verdict().kind).to.equal('pending');
  });

  it('is over on the way back though every pass does something, and not while none can', async () => {
    const back = { ...transaction, phase: 'reverting', probes: [] } as Transaction;
    const isOver = () => (trial.verdict() as { over?: boolean }).over;
    trial.follow(back, true, true);
    for (let i = 0; i < patience / 1_000; i++) {
      expect(isOver()).not.to.equal(true);
      await pass(1_000);
      trial.follow(back, true, true);
    }
    expect(isOver()).to.equal(true);
    trial.follow(back, false, false);
    expect(isOver()).not.to.equal(true);
  });

  it('is watched to its end before an operator that stops counts it as good', async () => {
    trial.follow(transaction, true, true);
    let isObserved = false;
    void trial.observed().then(() => {
      isObserved = true;
    });
    await pass(4_000);
    expect(isObserved).to.equal(false);
    await pass(1_000);
    expect(isObserved).to.equal(true);
  });

  it('takes a word only where one is waited for', () => {
    expect(trial.say('cancel')).to.equal(false);
    trial.follow(transaction, true, true);
    expect(trial.say('confirm')).to.equal(false);
    expect(trial.say('cancel')).to.equal(true);
    expect([trial.verdict().kind, wakes]).to.deep.equal(['failed', 1]);
    trial.follow({ ...transaction, generation: 2, confirmWithin: 60_000 }, true, true);
    expect(trial.verdict().kind).to.equal('pending');
    expect(trial.say('confirm')).to.equal(true);
    expect(trial.verdict().kind).to.equal('passed');
  });

  it('tells how long a confirmation is waited for, and wakes the loop when nobody gave it', async () => {
    trial.follow({ ...transaction, confirmWithin: 3_500 }, true, true);
    await pass(2_000);
    expect(trial.remaining()).to.equal(1_500);
    await pass(2_000);
    expect(trial.remaining()).to.equal(0);
    expect(trial.verdict()).to.deep.include({
      failure: { result: 'timed-out', message: 'nobody confirmed it in time' },
    });
    expect(wakes).to.equal(1);
  });

  it('wakes the loop again and again on the way back', async () => {
    answer = 'no answer';
    trial.follow({ ...transaction, phase: 'reverting' }, true, true);
    await pass(3_000);
    expect(wakes).to.equal(3);
  });

  it('does so ever less often while nothing comes of it', async () => {
    const back = { ...transaction, phase: 'reverting' } as const;
    answer = 'no answer';
    trial.follow(back, true, true);
    const at: number[] = [];
    for (let second = 1; second <= 40; second++) {
      const before = wakes;
      await pass(1_000);
      if (wakes === before) continue;
      at.push(second);
      trial.follow(back, false, true);
    }
    expect(at.slice(0, 4)).to.deep.equal([1, 2, 3, 4]);
    expect(at.at(-1)).to.be.greaterThan(30);
    expect(at.length).to.be.lessThan(15);
  });

  it('asks nobody once it is over', async () => {
    trial.follow(transaction, true, true);
    trial.follow(undefined, false, true);
    await pass(3_000);
    expect([clock.pending, wakes]).to.deep.equal([0, 0]);
  });

  it('may be left as it is when everything passes right now', async () => {
    expect(await trial.passesNow()).to.equal(false);
    trial.follow(transaction, true, true);
    expect(await trial.passesNow()).to.equal(true);
    answer = 'no answer';
    expect(await trial.passesNow()).to.equal(false);
  });
});
