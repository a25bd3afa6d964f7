import { equal } from '../state/equal.ts';
import { type Probe, sessionEnded } from '../state/probe.ts';
import type { Transaction } from '../state/transaction.ts';
import { judgeTrial, type Sample, type TrialFacts, trialTimes, type Verdict } from '../state/trial.ts';
import type { World } from './world.ts';

/**
 * Watches over the open transaction between the passes: asks its probes, counts time, takes the word of the user.
 * A pass asks for the verdict and acts on it.
 */
export class Trial {
  readonly #world: Pick<World, 'clock' | 'probes' | 'settings'>;
  /** Wakes the loop: the verdict may be another one now. */
  readonly #wake: () => void;
  #transaction: Transaction | undefined;
  #openedAt = 0;
  #changedAt = 0;
  /** When a pass last did anything. */
  #actedAt = 0;
  /** When a pass was last made. */
  #passedAt = 0;
  /** Since when a probe has been failing, and why; undefined until all were asked. */
  #samples: ReadonlyMap<string, { since: number | undefined; why: string }> | undefined;
  #word: TrialFacts['word'];
  /** The verdict that the loop knows of. */
  #told: Verdict = { kind: 'pending' };
  #cancelTimer = () => {};
  /** Counts what makes an answer stale that is still on its way. */
  #round = 0;

  constructor(world: Pick<World, 'clock' | 'probes' | 'settings'>, wake: () => void) {
    this.#world = world;
    this.#wake = wake;
  }

  /**
   * The transaction as a pass leaves it.
   * @param applied whether the pass did anything to the host
   * @param isPossible whether it could: without networkd nothing is put back
   */
  follow(transaction: Transaction | undefined, applied: boolean, isPossible: boolean): void {
    const now = this.#world.clock.uptime();
    const before = this.#transaction;
    const isNew = transaction?.generation !== before?.generation;
    const turned = transaction?.phase !== before?.phase;
    const hasToWait = transaction?.phase === 'reverting' && !isPossible;
    this.#transaction = transaction;
    this.#passedAt = now;
    if (isNew || transaction?.confirmWithin !== before?.confirmWithin) this.#openedAt = now;
    if (isNew || turned) this.#word = undefined;
    if (isNew || turned || applied) this.#actedAt = now;
    if (!isNew && !turned && !hasToWait && equal(transaction?.changes, before?.changes)) return;
    this.#changedAt = now;
    this.#samples = undefined;
    this.#cancelTimer();
    this.#round += 1;
    if (transaction) this.#lookLater(this.#round);
  }

  verdict(): Verdict {
    const facts = this.#facts();
    this.#told = facts ? judgeTrial(facts) : { kind: 'pending' };
    return this.#told;
  }

  /** The user's word on the open transaction; false when there is none that it could be about. */
  say(word: 'confirm' | 'cancel'): boolean {
    const open = this.#transaction;
    if (open?.phase !== 'trial') return false;
    if (word === 'confirm' && open.confirmWithin === undefined) return false;
    this.#word = word;
    this.#wake();
    return true;
  }

  /** ms until an unconfirmed transaction is taken back; undefined when nothing waits for a confirmation. */
  remaining(): number | undefined {
    const within = this.#transaction?.confirmWithin;
    if (within === undefined || this.#transaction?.phase !== 'trial') return undefined;
    return Math.max(0, within - (this.#world.clock.uptime() - this.#openedAt));
  }

  /** Asks every probe once, now: whether the open transaction may be left as it is by an operator that ends. */
  async passesNow(): Promise<boolean> {
    const open = this.#transaction;
    if (open?.phase !== 'trial' || open.confirmWithin !== undefined) return false;
    const answers = await Promise.all(
      open.probes.map(async (probe) => [probe, await this.#world.probes.check(probe)] as const),
    );
    return [...this.#noted(answers).values()].every(({ since }) => since === undefined);
  }

  /** Waits until an open transaction was watched for as long as it has to be. */
  async observed(): Promise<void> {
    const open = this.#transaction;
    if (open?.phase !== 'trial' || open.confirmWithin !== undefined || open.probes.length === 0) return;
    const rest = this.#actedAt + trialTimes.observation - this.#world.clock.uptime();
    if (rest > 0) await new Promise<void>((resolve) => this.#world.clock.after(rest, resolve));
  }

  stop(): void {
    this.#round += 1;
    this.#cancelTimer();
  }

  #facts(): TrialFacts | undefined {
    const transaction = this.#transaction;
    if (!transaction) return undefined;
    const now = this.#world.clock.uptime();
    return {
      transaction,
      age: now - this.#openedAt,
      since: now - this.#changedAt,
      quiet: now - this.#actedAt,
      samples: this.#samples && [...this.#samples].map(([id, seen]) => sampleOf(id, seen, now)),
      word: this.#word,
      patience: this.#world.settings.rollbackAfter,
    };
  }

  #lookLater(round: number): void {
    this.#cancelTimer = this.#world.clock.after(trialTimes.interval, () => void this.#look(round));
  }

  async #look(round: number): Promise<void> {
    const probes = this.#transaction?.probes ?? [];
    const answers = await Promise.all(
      probes.map(async (probe) => [probe, await this.#world.probes.check(probe)] as const),
    );
    if (round !== this.#round) return;
    const told = this.#told;
    this.#samples = this.#noted(answers);
    const after = this.verdict();
    if (this.#isPassDue() || !equal(after, told)) this.#wake();
    this.#lookLater(round);
  }

  /** What goes back is looked at again and again, ever less often: links that no document names wake nobody. */
  #isPassDue(): boolean {
    const now = this.#world.clock.uptime();
    const rest = (now - this.#changedAt) / 4;
    return this.#transaction?.phase === 'reverting' && now - this.#passedAt >= rest;
  }

  /**
   * A probe that does not pass at its first answer has not done so since the last change. A session that fails first and
   * then ends was cut off; one that ends while all is well was closed.
   */
  #noted(
    answers: readonly (readonly [Probe, string])[],
  ): Map<string, { since: number | undefined; why: string }> {
    const now = this.#world.clock.uptime();
    return new Map(
      answers.map(([{ id }, why]) => {
        const before = this.#samples?.get(id);
        if (why === sessionEnded) return [id, before ?? { since: undefined, why: '' }];
        const since = before ? (before.since ?? now) : this.#changedAt;
        return [id, { since: why === '' ? undefined : since, why }];
      }),
    );
  }
}

function sampleOf(
  id: string,
  { since, why }: { since: number | undefined; why: string },
  now: number,
): Sample {
  return { id, failingFor: since === undefined ? 0 : Math.max(1, now - since), why };
}
