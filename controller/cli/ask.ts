import type { ControlOutcome, ControlRequest } from '../control.ts';
import { CliError, exitCode } from './errors.ts';
import { say } from './output.ts';

/** How a trial ended, for scripts. */
export const trialExit: Readonly<Record<ControlOutcome, number>> = {
  done: 0,
  unchanged: 0,
  confirmed: 0,
  refused: 1,
  cancelled: 4,
  'timed-out': 5,
  'probe-failed': 6,
  'revert-failed': 7,
};

/**
 * Sends a request to the running operator and says what it answers.
 * @throws CliError (exit 3) when none runs
 */
export async function ask(runtimeDir: string, request: ControlRequest): Promise<ControlOutcome> {
  const { askOperator, OperatorAbsent } = await import('../control.ts');
  const { socketPath } = await import('../lock.ts');
  try {
    const { outcome, message } = await askOperator(socketPath(runtimeDir), request, say);
    say(message);
    return outcome;
  } catch (cause) {
    if (!(cause instanceof OperatorAbsent)) throw cause;
    const message = `${cause.message}; start it with: systemctl start osa-net`;
    throw new CliError(message, exitCode.notRunning, { cause });
  }
}
