import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Bed } from './bed.ts';
import { eventually } from './eventually.ts';
import { type LogLine, type Operator, type OperatorOptions, startOperator } from './operator.ts';
import { published } from './origin.ts';

/** Starts an operator that logs everything, and resolves when the status is that of its first pass. */
export async function startedOperator(bed: Bed, options: OperatorOptions = {}): Promise<Operator> {
  const operator = startOperator(bed, { ...options, flags: ['--log-level', 'debug'] });
  await eventually(() => expect(published(bed).operator.pid).to.equal(idInside(operator)), 10_000);
  return operator;
}

/** Its id inside the bed: the last of the ids that proc(5) lists, from the outermost namespace to its own. */
function idInside({ process }: Operator): number {
  const status = readFileSync(`/proc/${process.pid()}/status`, 'utf8');
  return Number(/^NSpid:.*\t(\d+)$/m.exec(status)?.[1]);
}

/** The steps that an operator has done since a line of its log, in order, as it logged them. */
export function stepsOf(operator: Operator, from = 0): readonly string[] {
  return operator.log
    .slice(from)
    .filter((line: LogLine) => line['step'] !== undefined)
    .map(({ message }) => message);
}

/**
 * Does something while an operator is stopped, so that it sees all of it at once. nsenter, whose child it is, stops
 * with it and continues it.
 */
export async function atOnce({ process }: Operator, change: () => void | Promise<void>): Promise<void> {
  const isStopped = (pid: number | undefined) =>
    / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').split(')')[1] ?? '');
  process.kill('SIGSTOP');
  await eventually(() => isStopped(process.child.pid));
  await change();
  process.child.kill('SIGCONT');
  await eventually(() => !isStopped(process.pid()));
}
