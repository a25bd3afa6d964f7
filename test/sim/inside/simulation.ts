import type { StatusItem } from '../../../state/status.ts';
import { boot, Killed, Machine } from '../model/machine.ts';
import type { Action } from './action.ts';
import { perform } from './actions.ts';
import { FirstLook } from './first-look.ts';
import { Host, places } from './host.ts';
import { Invariants, Violation } from './invariants.ts';
import { Operator } from './operator.ts';
import type { Outcome } from './outcome.ts';
import { linkWithMtu, wrongWith } from './rest.ts';
import type { Schedule } from './schedule.ts';
import { User } from './user.ts';

/** How long after the last fault a host may take to come to rest, ms: repairs that were fought over wait 10 minutes. */
const longestWay = 3_600_000;
/** It is at rest when nothing was done for so long, ms: longer than a resync. */
const stillness = 700_000;

const nextTurn = (): Promise<void> => new Promise((resolve) => globalThis.setImmediate(resolve));

/** Runs one schedule from an empty host to rest. */
export class Simulation {
  readonly #schedule: Schedule;
  readonly #machine: Machine;
  readonly #host: Host;
  readonly #operator: Operator;
  readonly #user: User;
  readonly #invariants: Invariants;
  readonly #firstLook: FirstLook;
  readonly #trace: string[] = [];
  readonly #keepsTrace: boolean;
  readonly #counts = { events: 0, passes: 0, steps: 0, turns: 0 };
  #violation: Error | undefined;
  #isHealed = false;
  /** Set where the power went and the consequences are due. */
  #afterwards: (() => void) | undefined;

  constructor(schedule: Schedule, keepsTrace = false) {
    this.#schedule = schedule;
    this.#keepsTrace = keepsTrace;
    this.#machine = new Machine(schedule.seed);
    boot(this.#machine);
    this.#host = new Host(this.#machine, schedule);
    this.#operator = new Operator(this.#host, {
      onStep: (step) => this.#guard(() => this.#stepped(step)),
      onPass: (...what) => this.#passed(...what),
      onLink: (...what) => this.#guard(() => this.#invariants.onLink(...what)),
      onCrash: (cause) => this.#crashed(cause),
      onLine: (line) => this.#say(line),
    });
    this.#user = new User(this.#host, this.#operator);
    this.#host.boot();
    this.#invariants = new Invariants(this.#host, this.#user);
    this.#firstLook = new FirstLook(this.#host, this.#user);
    this.#host.calls.onFailure = (call) => this.#invariants.onFailure(call);
    this.#machine.onWrite = (call, path) => this.#guard(() => this.#invariants.onWrite(call, path));
  }

  async run(): Promise<Outcome> {
    const listener = (reason: unknown) => {
      if (!(reason instanceof Killed)) this.#violate(new Violation(`unhandled rejection: ${reason}`));
    };
    process.on('unhandledRejection', listener);
    try {
      await this.#live();
      await this.#comeToRest();
    } catch (cause) {
      if (!(cause instanceof Violation)) throw cause;
      this.#violation ??= cause;
    } finally {
      this.#operator.kill();
      await nextTurn();
      process.off('unhandledRejection', listener);
    }
    const failure = this.#violation?.message ?? '';
    const { met } = this.#machine;
    return { failure, ...this.#counts, met: Object.fromEntries(met), trace: this.#trace };
  }

  /** Everything that the schedule says. */
  async #live(): Promise<void> {
    const { timeline, random } = this.#machine;
    this.#operator.start();
    for (const { after, salt, action, calls } of this.#schedule.events) {
      await this.#until(timeline.uptime + after);
      random.reseed(salt);
      this.#counts.events += 1;
      this.#machine.meet(action.kind);
      if (calls === undefined) this.#perform(action);
      else this.#machine.ambushes.push({ calls, act: () => this.#perform(action) });
      this.#invariants.directoryChanged();
      this.#afterwardsNow();
      this.#invariants.check();
      this.#invariants.checkForeign();
    }
    await this.#until(timeline.uptime + 30_000);
  }

  #perform(action: Action): void {
    this.#say(`${this.#machine.timeline.uptime.toFixed(0).padStart(8)} ==== ${JSON.stringify(action)}`);
    perform(action, {
      host: this.#host,
      operator: this.#operator,
      user: this.#user,
      kill: (ms) => this.#kill(ms),
      losePower: (ms) => this.#losePower(ms),
      loseState: () => this.#loseState(),
      guarded: this.#invariants.guarded,
      guard: ({ keys, known }) => this.#invariants.guard(keys, known),
      release: (keys) => keys.forEach((key) => void this.#invariants.guarded.delete(key)),
    });
  }

  /** No more faults: now everything has to become as the documents say, and to stay so. */
  async #comeToRest(): Promise<void> {
    const { timeline } = this.#machine;
    this.#say('==== from here on nothing goes wrong');
    this.#isHealed = true;
    this.#machine.doom = undefined;
    this.#machine.ambushes = [];
    this.#host.heal();
    this.#user.mend();
    this.#operator.start();
    this.#operator.hup();
    await this.#until(timeline.uptime + 60_000);
    await this.#becomesRight();
    const link = linkWithMtu(this.#scene());
    if (link !== undefined) {
      this.#host.changeMtuUnseen(link, 1_280);
      await this.#becomesRight();
    }
    await this.#staysStill();
    this.#invariants.checkForeign();
  }

  async #becomesRight(): Promise<void> {
    const { timeline } = this.#machine;
    const deadline = timeline.uptime + longestWay;
    this.#answer();
    let wrong = wrongWith(this.#scene());
    while (wrong.length > 0 && timeline.uptime < deadline) {
      await this.#until(timeline.uptime + 10_000);
      this.#answer();
      wrong = wrongWith(this.#scene());
    }
    if (wrong.length > 0) throw new Violation(`it does not come to rest: ${wrong.join('; ')}`);
  }

  async #staysStill(): Promise<void> {
    const { timeline } = this.#machine;
    await this.#until(timeline.uptime + 60_000);
    const { steps, passes } = this.#counts;
    const { writes } = this.#machine;
    await this.#until(timeline.uptime + stillness);
    // A pass may be in the middle of a write just then; what is never closed is open a second later, too.
    if (this.#machine.files.size > 0) await this.#until(timeline.uptime + 1_000);
    // What cannot be yet is tried again with growing waits.
    if (this.#counts.passes > passes + 60)
      throw new Violation(`${this.#counts.passes - passes} passes at rest`);
    if (this.#counts.steps > steps) throw new Violation(`${this.#counts.steps - steps} steps at rest`);
    if (this.#machine.writes > writes)
      throw new Violation(
        `${this.#machine.writes - writes} writes at rest, last of ${this.#machine.lastWritten}`,
      );
    const wrong = wrongWith(this.#scene());
    if (wrong.length > 0) throw new Violation(`it does not stay at rest: ${wrong.join('; ')}`);
  }

  /** The user answers what the operator asks for. */
  #answer(): void {
    const inventory = this.#user.inventory();
    if (inventory?.held) {
      this.#invariants.guarded.clear();
      this.#user.prune();
    }
    if (inventory?.transaction?.confirmWithin !== undefined) this.#operator.command({ verb: 'confirm' });
    if (inventory?.rolledBack || inventory?.hold || inventory?.suspended) {
      this.#invariants.guarded.clear();
      this.#operator.command({ verb: 'resume', resources: [] });
    }
  }

  #scene() {
    return { host: this.#host, operator: this.#operator, user: this.#user, invariants: this.#invariants };
  }

  async #until(time: number): Promise<void> {
    const { timeline } = this.#machine;
    for (let run = timeline.next(time); run; run = timeline.next(time)) {
      this.#counts.turns += 1;
      this.#guard(run);
      await nextTurn();
      this.#afterwardsNow();
      if (this.#violation) throw this.#violation;
    }
    await nextTurn();
    if (this.#violation) throw this.#violation;
  }

  /** What follows from a kill that came in the middle of the operator's code. */
  #afterwardsNow(): void {
    const afterwards = this.#afterwards;
    this.#afterwards = undefined;
    afterwards?.();
  }

  #kill(ms: number): void {
    this.#operator.kill();
    this.#say(`${this.#machine.timeline.uptime.toFixed(0).padStart(8)} !!!! killed`);
    this.#afterwards = () => {
      this.#machine.timeline.after(100 + ms, () => this.#operator.start());
    };
  }

  #losePower(ms: number): void {
    this.#operator.kill();
    this.#host.networkd.stop();
    this.#say(`${this.#machine.timeline.uptime.toFixed(0).padStart(8)} !!!! the power is gone`);
    this.#afterwards = () => {
      this.#machine.disk.losePower(this.#machine.random);
      this.#host.boot();
      this.#invariants.adoption.booted();
      this.#machine.timeline.after(500 + ms, () => this.#operator.start());
    };
  }

  #loseState(): void {
    this.#kill(100);
    this.#invariants.excuseAll();
    this.#host.lookedAt.clear();
    this.#machine.disk.remove(places.inventory);
  }

  #crashed(cause: string): void {
    this.#say(`${this.#machine.timeline.uptime.toFixed(0).padStart(8)} !!!! ended: ${cause}`);
    if (this.#isHealed) this.#violate(new Violation(`the loop ended: ${cause}`));
    this.#machine.meet('failed start');
    // As systemd does: Restart=always, RestartSec=.
    this.#machine.timeline.after(1_000, () => this.#operator.start());
  }

  #stepped(step: Parameters<Invariants['onStep']>[0]): void {
    this.#counts.steps += 1;
    this.#invariants.onStep(step);
  }

  #passed(phase: 'begins' | 'ended', items: readonly StatusItem[]): void {
    if (!this.#machine.alive) return;
    if (phase === 'ended') {
      this.#firstLook.passEnded();
      this.#guard(() => this.#invariants.passEnded(items));
    } else {
      this.#counts.passes += 1;
      this.#firstLook.passBegins();
      this.#invariants.passBegins(items);
    }
  }

  #guard(act: () => void): void {
    try {
      act();
    } catch (cause) {
      if (cause instanceof Killed) throw cause;
      this.#violate(cause as Error);
    }
  }

  #violate(cause: Error): void {
    if (this.#violation) return;
    this.#say(`${this.#machine.timeline.uptime.toFixed(0).padStart(8)} #### ${cause.message}`);
    this.#violation = cause instanceof Violation ? cause : new Violation(String(cause.stack));
  }

  #say(line: string): void {
    if (this.#keepsTrace) this.#trace.push(line);
  }
}
