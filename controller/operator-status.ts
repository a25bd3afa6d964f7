import { nextConditions, type Verdict } from '../state/conditions.ts';
import type { OperatorStatus } from '../state/status.ts';
import type { Memory } from './reconcile.ts';
import type { World } from './world.ts';

/**
 * What the operator says of itself; `trouble` is why its last pass could not be finished, empty when it could.
 * @param before what it said last
 */
export function operatorStatus(
  state: {
    readonly world: World;
    readonly self: Pick<OperatorStatus, 'version' | 'pid' | 'pidStart' | 'startedAt'>;
    readonly memory: Memory;
  },
  trouble: string,
  before: OperatorStatus['conditions'],
): OperatorStatus {
  const { world, self, memory } = state;
  const { version, state: running, message } = world.networkd.snapshot();
  const now = new Date(world.clock.now()).toISOString();
  return {
    ...self,
    lastPassAt: now,
    networkd: { version, state: running, message },
    conditions: nextConditions(
      before,
      verdicts(memory, trouble, running === 'running' ? '' : message),
      0,
      now,
    ),
  };
}

function verdicts(memory: Memory, trouble: string, networkd: string): readonly Verdict[] {
  const blocked = memory.desired?.result.inForce.prune.blocked ?? '';
  const worst: readonly [Verdict['reason'], string][] = [
    ['ApplyFailed', trouble],
    ['NetworkdUnavailable', networkd],
    ['PruneBlocked', blocked],
  ];
  const found = worst.find(([, message]) => message !== '');
  if (!found) return [];
  const [reason, message] = found;
  return [{ type: 'Ready', status: 'False', reason, message }];
}
