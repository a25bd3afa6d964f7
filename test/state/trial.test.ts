import { expect } from 'chai';
import type { Probe } from '../../state/probe.ts';
import type { Transaction } from '../../state/transaction.ts';
import { judgeTrial, type Sample, type TrialFacts, trialTimes } from '../../state/trial.ts';

const patience = 45_000;
const probe: Probe = { id: 'dc', target: { type: 'ping', host: '192.0.2.1' }, timeoutMs: 1_000 };
const passing: readonly Sample[] = [{ id: 'dc', failingFor: 0, why: '' }];
const failing = (failingFor: number): readonly Sample[] => [{ id: 'dc', failingFor, why: 'no answer' }];

const transaction: Transaction = {
  generation: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  by: 'documents',
  phase: 'trial',
  probes: [probe],
  changes: {},
  files: {},
  scene: {},
};

function verdict(fields: Partial<TrialFacts>, of: Partial<Transaction> = {}) {
  const facts: TrialFacts = {
    transaction: { ...transaction, ...of },
    age: 0,
    since: 0,
    quiet: 0,
    samples: passing,
    word: undefined,
    patience,
    ...fields,
  };
  return judgeTrial(facts);
}

const { observation } = trialTimes;
const pending = { kind: 'pending' };
const failed = (result: string, message: string) => ({ kind: 'failed', failure: { result, message } });

describe('the verdict on a trial', () => {
  const cases: readonly [string, Partial<TrialFacts>, Partial<Transaction>, object][] = [
    ['is not known before every probe was asked', { samples: undefined, quiet: patience }, {}, pending],
    ['is not known while it was not watched long enough', { quiet: observation - 1 }, {}, pending],
    [
      'is good once everything has passed for a while',
      { quiet: observation },
      {},
      { kind: 'passed', over: false },
    ],
    [
      'is good at once where nothing has to pass',
      { samples: undefined },
      { probes: [] },
      { kind: 'passed', over: false },
    ],
    [
      'is good although changes keep coming',
      { age: patience, quiet: 10, since: observation },
      {},
      { kind: 'passed', over: false },
    ],
    [
      'is not known while the documents keep changing',
      { age: patience, quiet: 10, since: observation - 1 },
      {},
      pending,
    ],
    [
      'waits for a probe that fails',
      { samples: failing(patience - 1), quiet: patience - 1, age: patience },
      {},
      pending,
    ],
    [
      'is bad when a probe fails for too long',
      { samples: failing(patience) },
      {},
      failed('rolled-back', 'dc: no answer'),
    ],
    [
      'is bad when the user says so',
      { word: 'cancel' },
      {},
      failed('cancelled', "taken back with 'osa-net cancel'"),
    ],
    [
      'waits for nothing more when the time is over',
      { since: patience, quiet: observation },
      {},
      { kind: 'passed', over: true },
    ],
    [
      'waits for a word, whatever passes',
      { quiet: patience, age: 99_999 },
      { confirmWithin: 100_000 },
      pending,
    ],
    ['is good by a word', { word: 'confirm' }, { confirmWithin: 100_000 }, { kind: 'passed', over: true }],
    [
      'is bad without a word in time',
      { age: 100_000 },
      { confirmWithin: 100_000 },
      failed('timed-out', 'nobody confirmed it in time'),
    ],
    [
      'is bad by a probe before any word',
      { samples: failing(patience), word: 'confirm' },
      { confirmWithin: 100_000 },
      failed('rolled-back', 'dc: no answer'),
    ],
    [
      'is that the way back works, once networkd had time to do it',
      { quiet: trialTimes.settling },
      { phase: 'reverting' },
      { kind: 'passed', over: false },
    ],
    [
      'is not known on the way back before that, also where nothing has to pass',
      { quiet: trialTimes.settling - 1 },
      { phase: 'reverting', probes: [] },
      pending,
    ],
    [
      'is that the way back is over, whatever goes on being done',
      { since: patience },
      { phase: 'reverting', probes: [] },
      { kind: 'passed', over: true },
    ],
    [
      'is not known on the way back while a probe fails',
      { samples: failing(5) },
      { phase: 'reverting' },
      pending,
    ],
    [
      'is that the way back failed',
      { samples: failing(patience) },
      { phase: 'reverting' },
      failed('revert-failed', 'dc: no answer'),
    ],
    [
      'takes no word on the way back',
      { samples: failing(5), word: 'confirm' },
      { phase: 'reverting' },
      pending,
    ],
  ];
  for (const [name, facts, of, expected] of cases) {
    it(name, () => {
      expect(verdict(facts, of)).to.deep.equal(expected);
    });
  }

  it('names every probe that fails, sorted', () => {
    const samples = ['b', 'a'].map((why) => ({ id: why, failingFor: patience, why }));
    expect(verdict({ samples })).to.deep.equal(failed('rolled-back', 'a: a; b: b'));
  });
});
