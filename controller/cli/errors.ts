/** What the exit codes mean; `diff` has its own (diffExit). From 4 on: how a change that was tried ended. */
export const exitCode = {
  ok: 0,
  no: 1,
  usage: 2,
  notRunning: 3,
  cancelled: 4,
  timedOut: 5,
  probeFailed: 6,
  revertFailed: 7,
} as const;

/** An end of the program that the user is told about in one message, and scripts by the exit code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;

  constructor(message: string, code: number, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = code;
  }
}

/** The command line itself is wrong: exit code 2. */
export function usageError(message: string): CliError {
  return new CliError(message, exitCode.usage);
}

/** The message of an error and of what caused it, without saying anything twice, and without a stack. */
export function explain(error: unknown): string {
  const messages: string[] = [];
  for (let cause: unknown = error; cause !== undefined && messages.length < 10; cause = causeOf(cause)) {
    const message = cause instanceof Error ? cause.message : String(cause);
    if (!messages.some((said) => said.includes(message))) messages.push(message);
  }
  return messages.join(': ');
}

/** A system error adds nothing: whoever caught it has put it in plainer words. */
function causeOf(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'errno' in cause ? undefined : cause;
}
