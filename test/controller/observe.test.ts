import { expect } from 'chai';
import { createObserver } from '../../controller/observe.ts';
import type { World } from '../../controller/world.ts';
import { emptyInventory } from '../../state/inventory.ts';
import { bridge, desired } from '../state/build.ts';

/** A look at a host on which br-a and eth0 are there, and what it asked the kernel for. */
function lookingHost() {
  const asked: (readonly string[] | 'all')[] = [];
  const all = ['br-a', 'eth0'].map((name, i) => [name, { name, ifindex: i + 1, mtu: 1500, addresses: [] }]);
  const world = {
    clock: { uptime: () => 0 },
    networkd: {
      snapshot: () => ({ state: 'running', message: '', version: 252, links: new Map() }),
      refresh: async () => undefined,
    },
    kernel: {
      epoch: 'boot',
      links: async (names?: readonly string[]) => {
        asked.push(names ?? 'all');
        return new Map(all as [string, never][]);
      },
      defaultRoutes: async () => [],
      heldAddresses: async () => new Map(),
    },
    units: { observe: () => new Map() },
  } as unknown as World;
  const observer = createObserver(world);
  const wanted = desired(252, bridge('a'));
  return {
    observer,
    /** What it took to look once more. */
    look: async () => {
      await observer.look(wanted, emptyInventory);
      return asked.splice(0);
    },
  };
}

describe('a look at the host', () => {
  it('asks the kernel for everything the first time, and then for what changed', async () => {
    const { observer, look } = lookingHost();
    expect(await look()).to.deep.equal(['all']);
    expect(await look()).to.deep.equal([]);
    observer.markKernel(['br-a']);
    expect(await look()).to.deep.equal([['br-a']]);
  });

  it('does not ask it again because networkd told of a link', async () => {
    const { observer, look } = lookingHost();
    await look();
    observer.markNetworkd([1]);
    expect(await look()).to.deep.equal([]);
  });

  it('asks it for everything when networkd started: what that made may go without a word', async () => {
    const { observer, look } = lookingHost();
    await look();
    observer.markNetworkd('all');
    expect(await look()).to.deep.equal(['all']);
  });
});
