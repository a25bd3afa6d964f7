import { createHash } from 'node:crypto';

/** sha256 as lower-case hex. */
export function hashOf(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
