import type { Failure, Transaction } from './transaction.ts';

/** Times of a trial, ms. */
export const trialTimes = {
  /** Between two looks at the probes. */
  interval: 1_000,
  /** How long everything has to pass after the last change: a neighbour entry that leads nowhere takes 3 s to fail. */
  observation: 5_000,
  /** How long networkd gets on the way back: up to v255 it answers a reload before it has looked at any link. */
  settling: 2_000,
} as const;

/** What one probe has shown since the last change. */
export interface Sample {
  readonly id: string;
  /** ms since it last passed; 0: it passes. */
  readonly failingFor: number;
  /** Why it does not pass; empty when it does. */
  readonly why: string;
}

/** What is known of an open transaction at one moment. Times are ms of a clock that nobody sets. */
export interface TrialFacts {
  readonly transaction: Transaction;
  /** Since it was opened, or since a confirmation is waited for. */
  readonly age: number;
  /** Since its documents last changed, or since it was turned back. Repairs do not begin it anew: they may never end. */
  readonly since: number;
  /** Since a pass last did anything. */
  readonly quiet: number;
  /** Undefined until every probe was asked since the last change. */
  readonly samples: readonly Sample[] | undefined;
  readonly word: 'confirm' | 'cancel' | undefined;
  /** How long a probe may fail. */
  readonly patience: number;
}

/** `passed`: nothing speaks against it; `over`: nor will anything more be waited for. */
export type Verdict =
  | { readonly kind: 'pending' }
  | { readonly kind: 'passed'; readonly over: boolean }
  | { readonly kind: 'failed'; readonly failure: Failure };

const pending: Verdict = { kind: 'pending' };

/** What is to become of an open transaction. */
export function judgeTrial(facts: TrialFacts): Verdict {
  const { transaction, samples, patience, quiet, since } = facts;
  const lost = (samples ?? []).filter(({ failingFor }) => failingFor >= patience);
  const why = lost
    .map(({ id, why }) => `${id}: ${why}`)
    .sort()
    .join('; ');
  const over = since >= patience;
  if (transaction.phase === 'reverting') {
    if (lost.length > 0) return { kind: 'failed', failure: { result: 'revert-failed', message: why } };
    const isDone = over || quiet >= trialTimes.settling;
    return isDone && allPass(samples, transaction) ? { kind: 'passed', over } : pending;
  }
  if (facts.word === 'cancel') return failed('cancelled', "taken back with 'osa-net cancel'");
  if (lost.length > 0) return failed('rolled-back', why);
  if (transaction.confirmWithin !== undefined) {
    if (facts.word === 'confirm') return { kind: 'passed', over: true };
    if (facts.age >= transaction.confirmWithin) return failed('timed-out', 'nobody confirmed it in time');
    return pending;
  }
  if (!allPass(samples, transaction)) return pending;
  const { observation } = trialTimes;
  const isObserved = transaction.probes.length === 0 || quiet >= observation;
  // Repairs that keep coming must not keep the change in doubt for ever.
  const isOld = facts.age >= patience && since >= observation;
  return isObserved || isOld ? { kind: 'passed', over } : pending;
}

function failed(result: Failure['result'], message: string): Verdict {
  return { kind: 'failed', failure: { result, message } };
}

function allPass(samples: TrialFacts['samples'], { probes }: Transaction): boolean {
  if (probes.length === 0) return true;
  return samples?.every(({ failingFor }) => failingFor === 0) ?? false;
}
