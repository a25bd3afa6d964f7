import type { ResourceKey } from '../crds/resource.ts';
import type { Desired } from './desired.ts';
import type { Inventory } from './inventory.ts';
import type { Observed } from './observed.ts';
import type { Rung } from './progress.ts';
import type { Standing } from './standing.ts';

/** Everything that a plan rests on. */
export interface PlanInput {
  readonly desired: Desired;
  readonly observed: Observed;
  readonly inventory: Inventory;
  /** Whether a resource that is not as it should be, or one link of it, may be repaired now, and how hard. */
  readonly rungOf: (key: ResourceKey, link?: string) => Rung;
  /** False for a field that somebody else keeps writing, until its wait is over. */
  readonly mayRepair: (key: ResourceKey, field: string) => boolean;
  /** True for a field that went wrong after the repair that is on its way, and so need not wait for it. */
  readonly isFresh: (key: ResourceKey, field: string) => boolean;
  /** How many tries for a resource have failed in a row. */
  readonly attemptsOf: (key: ResourceKey) => number;
  /** How a resource stood when it was last judged; a dependency must stand before others are applied. */
  readonly standingOf: (key: ResourceKey) => Standing;
  /** False for a while after networkd could not be restarted: what is done instead wakes the next pass. */
  readonly mayRestart: boolean;
  /** Links may be made anew although others use them. */
  readonly allowRecreate: boolean;
  /** Start and enable networkd if it is not running. */
  readonly enableNetworkd: boolean;
}
