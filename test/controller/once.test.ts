import { expect } from 'chai';
import { newMemory } from '../../controller/memory.ts';
import { isOver } from '../../controller/once.ts';
import { emptyInventory } from '../../state/inventory.ts';
import type { Transaction } from '../../state/transaction.ts';

describe('an operator that ends by itself', () => {
  const seconds = 1_000;
  const withOpen = (fields?: object) =>
    newMemory({ ...emptyInventory, ...(fields && { transaction: fields as Transaction }) }, new Map());

  it('does so once nothing is left to do', () => {
    expect(isOver(withOpen(), 0)).to.equal(true);
  });

  it('waits for what is to become of a change, for as long as that may take', () => {
    expect(isOver(withOpen({ phase: 'trial' }), 230 * seconds)).to.equal(false);
    expect(isOver(withOpen({ phase: 'trial', confirmWithin: 300 * seconds }), 530 * seconds)).to.equal(false);
    expect(isOver(withOpen({ phase: 'reverting' }), 250 * seconds), 'networkd is away').to.equal(true);
  });
});
