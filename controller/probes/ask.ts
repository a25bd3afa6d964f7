/** One asking of a probe, which ends when its time is up. */
export interface Ask {
  /** Aborts when the time is up, or when there is an answer and all else may stop. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** What to tell the user if the time passes without an answer. */
  silence: string;
}

/** The time of an asking, as the user reads it: `2 s`, `0.5 s`. */
export function patienceOf({ timeoutMs }: Ask): string {
  return `${timeoutMs / 1_000} s`;
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ENETDOWN: 'network down',
  ETIMEDOUT: 'no answer',
  EPERM: 'a firewall of this host forbids it',
  EACCES: 'a firewall or route of this host forbids it',
};

/** Why something failed, in a few words; of several failures the first. */
export function whyOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return whyOf(error.errors[0]);
  const code = codeOf(error);
  if (code !== undefined && words[code] !== undefined) return words[code];
  return error instanceof Error ? error.message : String(error);
}

/** The error code of the system or of a library: `ECONNREFUSED`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
