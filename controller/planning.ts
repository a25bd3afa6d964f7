import type { Desired } from '../state/desired.ts';
import type { Observed } from '../state/observed.ts';
import { type Plan, plan } from '../state/plan.ts';
import type { PlanInput } from '../state/plan-input.ts';
import { backoff, isFresh, mayRepair, rungOf } from '../state/progress.ts';
import { standingIn } from '../state/standing.ts';
import type { KernelClient } from './kernel/client.ts';
import type { Memory } from './memory.ts';
import type { PassInput } from './reconcile.ts';
import type { World } from './world.ts';

/** Time between two tries to restart networkd where that fails, ms. */
const restartWait = 60_000;

/** How long until networkd may be restarted once more, ms; 0: it may be now. */
export function untilRestart({ restartFailedAt }: Memory, { clock }: Pick<World, 'clock'>): number {
  return restartFailedAt === undefined ? 0 : Math.max(0, restartFailedAt + restartWait - clock.uptime());
}

/** What has to be done, by what is desired, seen, on record and known of earlier tries. */
export function planNow(
  { world, observer }: Pick<PassInput, 'world' | 'observer'>,
  memory: Memory,
  desired: Desired,
  observed: Observed,
): Promise<Plan> {
  const { inventory, progress, report } = memory;
  const now = world.clock.now();
  const isActive = world.clock.uptime() - observer.lastActivity() < backoff.calm;
  return planKnowingUsers(world.kernel, {
    desired,
    observed,
    inventory,
    rungOf: (key, link) => rungOf(progress.get(key), now, isActive, link),
    mayRepair: (key, field) => mayRepair(progress.get(key), field, now),
    isFresh: (key, field) => isFresh(progress.get(key), field),
    attemptsOf: (key) => progress.get(key)?.attempts ?? 0,
    standingOf: standingIn(report.items),
    mayRestart: untilRestart(memory, world) === 0,
    allowRecreate: world.settings.allowRecreate,
    enableNetworkd: world.settings.enableNetworkd,
  });
}

/**
 * Plans, and where a link would be made anew plans once more, knowing of those who use it from other network namespaces.
 * Only then, since it takes another look at all links.
 */
export async function planKnowingUsers(
  kernel: Pick<KernelClient, 'heldAddresses'>,
  input: PlanInput,
): Promise<Plan> {
  const first = plan(input);
  if (!makesAnew(first)) return first;
  const usersElsewhere = await kernel.heldAddresses();
  return plan({ ...input, observed: { ...input.observed, usersElsewhere } });
}

function makesAnew({ steps, deferred }: Plan): boolean {
  return (
    deferred.size > 0 ||
    steps.some(({ kind, disruption }) => kind === 'delete-link' && disruption === 'recreate')
  );
}
