import { expect } from 'chai';
import { type Memory, newMemory, nextMemory } from '../../controller/memory.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';

describe('what one pass leaves for the next', () => {
  const start = newMemory(emptyInventory, new Map());
  const files: NonNullable<Memory['overlay']> = new Map();
  const tried = { ...start, base: files, held: files, overlay: files, wish: { by: 'try' } } as const;
  const left = (fields: Partial<Inventory>) => {
    const next = { ...start, inventory: { ...emptyInventory, ...fields } };
    return Object.keys(nextMemory(tried, next)).filter((name) => !(name in start));
  };
  const transaction = { generation: 1 } as unknown as Inventory['transaction'];

  it('is with an open transaction what is tried, and what was before', () => {
    expect(left({ transaction })).to.have.members(['base', 'overlay', 'wish']);
  });

  it('is without one nothing of what was tried: the next command would wait for its end for ever', () => {
    expect(left({})).to.deep.equal([]);
  });

  it('is on a host that is held what holds it, and that it goes back because of that', () => {
    expect(left({ hold: { generation: 1, directory: '' } })).to.have.members(['held', 'wish']);
  });
});
