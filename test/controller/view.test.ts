import { expect } from 'chai';
import type { Documents } from '../../controller/documents-view.ts';
import { fingerprintOf } from '../../controller/fingerprint.ts';
import { type Memory, newMemory } from '../../controller/memory.ts';
import { viewInForce } from '../../controller/view.ts';
import type { ResourceKey } from '../../crds/resource.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import { bridge, kept, source, view } from '../state/build.ts';

const key = (name: string): ResourceKey => `ContainerBridge/${name}`;
const file = (name: string) => source(`${name}.yaml`, bridge(name));

/** A host that is held on a generation, and its directory today. */
async function held(generation: readonly string[], today: readonly string[], inventory: Partial<Inventory>) {
  const directory = view(...today.map(file));
  const documents: Documents = { view: async () => directory };
  const hold = { generation: 3, directory: fingerprintOf(view(...today.map(file))), ...inventory.hold };
  const texts = kept(...generation.map(file));
  const known = newMemory({ ...emptyInventory, ...inventory, hold }, texts);
  const memory: Memory = { ...known, held: texts, wish: { by: 'rollback' } };
  const viewed = await viewInForce(documents, memory, 252);
  return { ...viewed, isHeld: viewed.view.isStandIn === true, letGo: [...viewed.letGo].sort() };
}

describe('a host that is held on a generation', () => {
  const changed = { generation: 3, directory: 'another' };

  it('has the documents of that generation while the directory stands still', async () => {
    const { isHeld, letGo, memory } = await held(['a', 'b'], ['c'], {});
    expect([isHeld, letGo, memory.inventory.hold?.generation]).to.deep.equal([true, [], 3]);
    expect(memory.wish?.by).to.equal('rollback');
  });

  it('lets what only the generation had go once the directory changes', async () => {
    const { isHeld, letGo, memory } = await held(['a', 'b'], ['a'], { hold: changed, documents: [key('a')] });
    expect([isHeld, letGo, memory.inventory.hold]).to.deep.equal([false, [key('b')], undefined]);
    expect(memory.wish, 'what the directory has is no rollback').to.equal(undefined);
  });

  it('lets nothing go where nobody knows what stood in the directory before', async () => {
    expect((await held(['a', 'b'], [], { hold: changed })).letGo).to.deep.equal([]);
  });

  it('lets nothing go that stood in the directory before, or that an accident took', async () => {
    const { letGo } = await held(['a', 'b', 'c', 'd'], [], {
      hold: changed,
      documents: [key('a')],
      held: [key('b'), key('c')],
    });
    expect(letGo).to.deep.equal([key('d')]);
  });
});
