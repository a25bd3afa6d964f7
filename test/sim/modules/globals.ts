import { machine } from '../model/machine.ts';

/** Stand in for the globals that know of time; put in front of every module by the bundler. */
const RealDate = globalThis.Date;

class SimulatedDate extends RealDate {
  constructor(...given: readonly [] | readonly [number | string]) {
    super(...((given.length === 0 ? [machine().timeline.wall] : given) as [number]));
  }

  static override now(): number {
    return machine().timeline.wall;
  }
}

export { SimulatedDate as Date };

export const performance = { now: (): number => machine().timeline.uptime };

type Cancel = (() => void) | undefined;

function inLife(ms: number, callback: () => void): Cancel {
  const { timeline, alive } = machine();
  return alive ? timeline.inLife(ms, callback) : undefined;
}

export function setTimeout(callback: () => void, ms = 0): Cancel {
  return inLife(ms, callback);
}

export function clearTimeout(cancel: Cancel): void {
  cancel?.();
}

export function setImmediate(callback: () => void): Cancel {
  return inLife(0, callback);
}

export function setInterval(): never {
  throw new Error('the operator polls nothing');
}
