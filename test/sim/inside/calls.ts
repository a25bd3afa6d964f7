import { Killed, type Machine } from '../model/machine.ts';

/** Carries out what the operator asks of another program. */
export class Calls {
  readonly #machine: Machine;
  /** Told of each call that changes something and is answered with an error that was made up. */
  onFailure: (what: string) => void = () => undefined;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /**
   * Asks: after a while the thing is done and answered, unless it fails before or after it was done. Who was killed
   * meanwhile gets no answer, but what was asked may still be done.
   */
  ask<T>(who: 'networkd' | 'kernel' | 'systemd', what: string, act: () => T, isWrite = false): Promise<T> {
    const host = this.#machine;
    if (!host.alive) return new Promise(() => undefined);
    host.point();
    if (isWrite) host.writes += 1;
    const { ms, fails } = host.fateOf(who);
    return new Promise((resolve, reject) => {
      const { life } = host.timeline;
      host.timeline.after(ms, () => {
        const answer = fails === 'before' ? undefined : attempt(act);
        if (host.timeline.life !== life) return;
        host.timeline.inLife(host.random.next(), () => {
          if (!isMet(host, isWrite && fails !== 'before')) return;
          if (fails && isWrite) this.onFailure(what);
          if (fails) reject(new Error(`cannot ${what}: simulated failure`));
          else if (answer && 'error' in answer) reject(answer.error);
          else resolve(answer?.value as T);
        });
      });
    });
  }
}

/** The answer may be what the operator dies at. */
function isMet(host: Machine, isChange: boolean): boolean {
  try {
    host.point();
    if (isChange) host.point('changes');
    return true;
  } catch (cause) {
    if (cause instanceof Killed) return false;
    throw cause;
  }
}

function attempt<T>(act: () => T): { readonly value: T } | { readonly error: Error } {
  try {
    return { value: act() };
  } catch (cause) {
    return { error: cause as Error };
  }
}
