import { askOperator, type ControlOutcome, type ControlRequest, OperatorNotRunning } from '../control.ts';
import { CliError, exitCode } from './errors.ts';
import { say } from './output.ts';

/** The exit code of each outcome. What a verb must tell apart further it overrides. */
const codes: Readonly<Record<ControlOutcome, number>> = {
  done: exitCode.ok,
  unchanged: exitCode.ok,
  confirmed: exitCode.ok,
  refused: exitCode.no,
  cancelled: exitCode.cancelled,
  'timed-out': exitCode.timedOut,
  'probe-failed': exitCode.probeFailed,
  'revert-failed': exitCode.revertFailed,
};

/**
 * Has the operator do something, and says what it says.
 * @returns the exit code
 * @throws CliError (exit 3) when it is not running or ends in the middle
 */
export async function ask(
  runtimeDir: string,
  request: ControlRequest,
  own: Partial<Record<ControlOutcome, number>> = {},
): Promise<number> {
  try {
    const { outcome, message } = await askOperator(runtimeDir, request, say);
    say(message);
    // a newer operator may know an outcome that this program does not
    return own[outcome] ?? codes[outcome] ?? exitCode.no;
  } catch (cause) {
    if (!(cause instanceof OperatorNotRunning)) throw cause;
    throw new CliError(cause.message, exitCode.notRunning, { cause });
  }
}
