import { capabilitiesOf, newestSystemd } from '../crds/networkd/capabilities.ts';
import type { Problem } from '../crds/problem.ts';
import { desire } from '../state/desired.ts';
import { holdMessage } from '../state/generations.ts';
import type { Inventory } from '../state/inventory.ts';
import type { PlanInput } from '../state/plan-input.ts';
import { inUseMessages } from '../state/recreation.ts';
import { report } from '../state/report.ts';
import { standingIn } from '../state/standing.ts';
import type { Step } from '../state/step.ts';
import { findInForce } from './in-force.ts';
import type { Logger } from './log.ts';
import { createObserver } from './observe.ts';
import { openWorld } from './open-world.ts';
import { planKnowingUsers } from './planning.ts';
import type { Settings } from './settings.ts';

/** What the next pass would do. */
export interface PlannedNow {
  readonly steps: readonly Step[];
  /** What is wrong with documents, in their order; such documents are not part of the plan. */
  readonly problems: readonly Problem[];
  /** Resources that are left alone because others have their names or use their links: messages. */
  readonly conflicts: readonly string[];
  /** Why nothing is pruned; empty when nothing is held back. */
  readonly blocked: string;
  /** What the operator is at that is not in the documents: a hold, a change on trial. */
  readonly standing: readonly string[];
}

/**
 * Plans as the operator's next pass would, and changes nothing.
 * @throws when networkd cannot be asked
 */
export async function planNow(settings: Settings, logger: Logger): Promise<PlannedNow> {
  const { world, close } = await openWorld(settings, logger);
  try {
    const { state, message, version } = world.networkd.snapshot();
    if (state !== 'running') throw new Error(`cannot plan: ${message}`);
    const systemd = version || newestSystemd;
    const { force, view, memory } = await findInForce(settings, world, systemd);
    const desired = desire(force, capabilitiesOf(systemd));
    const observed = await createObserver(world).look(desired, memory.inventory);
    const known = { desired, observed, inventory: memory.inventory };
    const input = (standingOf: PlanInput['standingOf']): PlanInput => ({
      ...known,
      rungOf: () => 0,
      mayRepair: () => true,
      isFresh: () => false,
      attemptsOf: () => 0,
      standingOf,
      mayRestart: true,
      allowRecreate: settings.allowRecreate,
      enableNetworkd: settings.enableNetworkd,
    });
    const untried = { failures: new Map(), progress: new Map(), now: Date.now() };
    const first = await planKnowingUsers(
      world.kernel,
      input(() => 'not ready'),
    );
    const { items } = report({ ...known, ...untried, plan: first }, view.files, []);
    const planned = await planKnowingUsers(world.kernel, input(standingIn(items)));
    const refused = [...desired.refused.values()].flatMap(({ problems }) => problems);
    return {
      steps: planned.steps,
      problems: [...[...force.problems.values()].flat(), ...refused],
      conflicts: [...new Map([...planned.foreign, ...inUseMessages(desired, planned.deferred)]).values()],
      blocked: force.prune.blocked,
      standing: standingOver(memory.inventory),
    };
  } finally {
    await close();
  }
}

function standingOver({ hold, transaction, suspended }: Inventory): readonly string[] {
  const all: string[] = [];
  if (hold) all.push(holdMessage(hold.generation));
  if (suspended === 'all') all.push("everything is suspended; go on with 'osa-net resume'");
  if (transaction?.phase === 'trial') {
    all.push(
      `generation ${transaction.generation} is on trial, with documents that may be no part of this plan`,
    );
  }
  if (transaction?.phase === 'reverting') {
    const why = transaction.failure?.message ?? '';
    all.push(`generation ${transaction.generation} is being taken back first: ${why}`);
  }
  return all;
}
