import type { HistoryEntry } from '../state/history.ts';
import type { ControlOutcome, ControlRequest, ControlResult } from './control.ts';
import type { Documents } from './documents-view.ts';
import type { Memory } from './memory.ts';
import type { Trial } from './trial.ts';
import type { World } from './world.ts';

/** The loop, as far as commands reach into it. */
export interface CommandHost {
  readonly world: World;
  readonly trial: Trial;
  readonly documents: Documents;
  /** What the last pass left. */
  readonly memory: () => Memory;
  /** Changes what the next pass starts with, and wakes it; resolves after that pass. */
  readonly edit: (change: (memory: Memory) => Memory) => Promise<void>;
  /** Resolves with the next generation whose trial ends. */
  readonly nextEnd: () => Promise<HistoryEntry>;
}

/** A request of one kind. */
export type Request<V extends ControlRequest['verb']> = Extract<ControlRequest, { verb: V }>;
/** Sends a line to who asked, before the answer. */
export type Tell = (message: string) => void;

const outcomes: Readonly<Record<HistoryEntry['result'], ControlOutcome>> = {
  confirmed: 'confirmed',
  'rolled-back': 'probe-failed',
  cancelled: 'cancelled',
  'timed-out': 'timed-out',
  interrupted: 'timed-out',
  'revert-failed': 'revert-failed',
};

/** What to answer who waited for the end of a trial. */
export function resultOf({ generation, result, message }: HistoryEntry): ControlResult {
  const what = result === 'confirmed' ? 'is confirmed' : `was taken back: ${message}`;
  return { outcome: outcomes[result], message: `generation ${generation} ${what}` };
}

/** The same, where that end is what was asked for. */
export function done(entry: HistoryEntry): ControlResult {
  return { ...resultOf(entry), outcome: 'done' };
}

/** That nothing was changed, and why. */
export function refused(message: string): ControlResult {
  return { outcome: 'refused', message };
}

/** Why a change has to wait: one is on trial. */
export function onTrial(host: CommandHost): ControlResult | undefined {
  return busyWith(host.memory());
}

function busyWith({ inventory: { transaction }, wish }: Memory): ControlResult | undefined {
  if (transaction)
    return refused(`generation ${transaction.generation} is still on trial; confirm or cancel it first`);
  return wish?.by === 'try' ? refused('documents are just being tried; ask again in a moment') : undefined;
}

/**
 * Changes what the next pass starts with, unless a change that was under way is on trial by then, or about to be.
 * @param obstacle what else may have come in between
 */
export async function decideNow(
  host: CommandHost,
  change: (memory: Memory) => Memory,
  obstacle: (memory: Memory) => ControlResult | undefined = () => undefined,
): Promise<ControlResult | undefined> {
  let busy: ControlResult | undefined;
  await host.edit((memory) => {
    busy = busyWith(memory) ?? obstacle(memory);
    return busy ? memory : change(memory);
  });
  return busy;
}
