import type { Capabilities } from '../networkd/capabilities.ts';

/**
 * Keys of the [Network] of a port. Of a bridge that somebody else makes the port is plugged in by us, and networkd is told
 * to leave it there. A networkd that cannot be told takes it for a link of its own, and must not wait for a link-local
 * address: a port gets none (v247).
 */
export function plugOf(
  bridge: string,
  foreign: boolean,
  { keepMaster }: Capabilities,
): Readonly<Record<string, string | boolean>> {
  if (!foreign) return { Bridge: bridge };
  return keepMaster ? { KeepMaster: true } : { LinkLocalAddressing: 'no' };
}
