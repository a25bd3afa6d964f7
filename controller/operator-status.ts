import { nextConditions, type Verdict } from '../state/conditions.ts';
import type { Inventory } from '../state/inventory.ts';
import type { OperatorStatus } from '../state/status.ts';
import type { Memory } from './memory.ts';
import type { Trial } from './trial.ts';
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
    readonly trial: Pick<Trial, 'remaining'>;
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
    ...trialStatus(memory.inventory, state.trial, world),
    ...(memory.inventory.hold && { heldOn: memory.inventory.hold.generation }),
    conditions: nextConditions(
      before,
      verdicts(memory, trouble, running === 'running' ? '' : message),
      0,
      now,
    ),
  };
}

function trialStatus(
  { transaction }: Inventory,
  trial: Pick<Trial, 'remaining'>,
  { clock }: World,
): Pick<OperatorStatus, 'trial'> {
  if (!transaction) return {};
  const { generation, phase, probes, failure } = transaction;
  const remaining = trial.remaining();
  const confirmBy = remaining === undefined ? undefined : inSeconds(clock.now() + remaining);
  return {
    trial: {
      generation,
      phase,
      probes: probes.map(({ id }) => id),
      ...(confirmBy && { confirmBy }),
      ...(failure && { failure: failure.message }),
    },
  };
}

/** Whole seconds, so that the same deadline reads the same in every pass. */
function inSeconds(time: number): string {
  return new Date(Math.round(time / 1_000) * 1_000).toISOString();
}

function verdicts(memory: Memory, trouble: string, networkd: string): readonly Verdict[] {
  const blocked = memory.desired?.result.inForce.prune.blocked ?? '';
  const worst: readonly [Verdict['reason'], string][] = [
    ['ApplyFailed', trouble],
    ['NetworkdUnavailable', networkd],
    ['ApplyFailed', notRestarted(memory)],
    ['PruneBlocked', blocked],
  ];
  const found = worst.find(([, message]) => message !== '');
  if (!found) return [];
  const [reason, message] = found;
  return [{ type: 'Ready', status: 'False', reason, message }];
}

function notRestarted({ restartFailedAt, inventory }: Memory): string {
  return restartFailedAt === undefined || !inventory.restartPending
    ? ''
    : "systemd-networkd could not be restarted, and makes links from old settings until it is: see 'journalctl -u systemd-networkd'; it is tried again every minute";
}
