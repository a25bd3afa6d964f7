import { getSystemErrorMap } from 'node:util';

/** What the kernel says of a failed system call, in words without path or code: `no such file or directory`. */
export function systemMessage(error: unknown): string {
  const errno = (error as NodeJS.ErrnoException).errno;
  const known = errno === undefined ? undefined : getSystemErrorMap().get(errno);
  if (known) return known[1];
  return error instanceof Error ? error.message : String(error);
}
