import type { FormerUnit } from '../state/former-units.ts';
import type { Step } from '../state/step.ts';
import type { Transaction } from '../state/transaction.ts';
import type { World } from './world.ts';

/**
 * Makes durable what stands under these names in the directory of units, so that it can be put back as it is.
 * @param open the transaction that they are added to: what it has found under a name stays
 * @returns what that transaction knows then
 */
export async function keepFormer(
  names: readonly string[],
  open: Transaction | undefined,
  { units, history }: Pick<World, 'units' | 'history'>,
): Promise<Pick<Transaction, 'formerUnits'>> {
  const former: Record<string, FormerUnit> = { ...open?.formerUnits };
  for (const name of names) {
    const found = former[name] ? undefined : units.former(name);
    if (!found) continue;
    former[name] = found.unit;
    if (found.unit.type === 'file') await history.keep([{ hash: found.unit.hash, bytes: found.bytes }]);
  }
  return Object.keys(former).length > 0 ? { formerUnits: former } : {};
}

/** Puts back what a change took the place of. @throws when its text is lost or damaged; nothing is changed then */
export async function giveBack(
  { unit, former }: Extract<Step, { kind: 'restore-unit' }>,
  { units, history }: Pick<World, 'units' | 'history'>,
): Promise<void> {
  const bytes = former.type === 'file' ? await history.text(unit, former.hash) : new Uint8Array();
  return units.restore(unit, former, bytes);
}
