import { expect } from 'chai';
import { type Memory, newMemory } from '../../controller/memory.ts';
import { operatorStatus } from '../../controller/operator-status.ts';
import type { World } from '../../controller/world.ts';
import { emptyInventory } from '../../state/inventory.ts';

const world = (running: string) =>
  ({
    clock: { now: () => 1_000_000, uptime: () => 1_000_000 },
    networkd: { snapshot: () => ({ state: running, message: `it is ${running}`, version: 252 }) },
  }) as unknown as World;
const self = { version: '1', pid: 1, pidStart: '1', startedAt: '' };

/** Reason and message of what the operator says is wrong with itself; empty: nothing. */
function said(memory: Partial<Memory>, trouble = '', running = 'running'): string {
  const state = {
    world: world(running),
    self,
    memory: { ...newMemory(emptyInventory, new Map()), ...memory },
    trial: { remaining: () => undefined },
  };
  return operatorStatus(state, trouble, [])
    .conditions.map(({ reason, message }) => `${reason}: ${message}`)
    .join();
}

describe('what the operator says of itself', () => {
  const waiting = { inventory: { ...emptyInventory, restartPending: true }, restartFailedAt: 1 } as const;

  it('tells that networkd could not be restarted, until it was', () => {
    expect(said(waiting)).to.match(/^ApplyFailed: systemd-networkd could not be restarted.*journalctl/);
    expect(said({ inventory: waiting.inventory })).to.equal('');
    expect(said({ restartFailedAt: 1 })).to.equal('');
  });

  it('names first what keeps a pass from being finished, then a networkd that is away', () => {
    expect(said(waiting, 'cannot finish a pass', 'unavailable')).to.equal(
      'ApplyFailed: cannot finish a pass',
    );
    expect(said(waiting, '', 'unavailable')).to.equal('NetworkdUnavailable: it is unavailable');
  });
});
