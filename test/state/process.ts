import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import type { ResourceKey } from '../../crds/resource.ts';
import { differencesOf, mayTakeLong } from '../../state/compare.ts';
import { type Desired, desire, worthKeeping } from '../../state/desired.ts';
import type { DirectoryView, SourceFile } from '../../state/directory.ts';
import { inForce } from '../../state/force.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import { type Plan, plan } from '../../state/plan.ts';
import { advance, isFresh, mayRepair, type ProgressMap, rungOf } from '../../state/progress.ts';
import { intentOf } from '../../state/record.ts';
import { settledOf } from '../../state/settle.ts';
import type { Step } from '../../state/step.ts';
import type { ModelHost } from './model.ts';

/** What survives a crash. */
export interface Disk {
  inventory: Inventory;
  lastGood: ReadonlyMap<string, SourceFile>;
}

export const emptyDisk = (): Disk => ({ inventory: emptyInventory, lastGood: new Map() });

export interface PassOptions {
  readonly approved?: ReadonlySet<ResourceKey>;
  /** Called at every boundary at which the process may be killed; throws to kill it. */
  readonly boundary?: () => void;
}

/** One life of the operator on a model host: the pass of controller/reconcile.ts without the world. */
export class Process {
  readonly host: ModelHost;
  readonly disk: Disk;
  now = 1_000_000;
  progress: ProgressMap = new Map();
  desired: Desired | undefined;
  #view: DirectoryView | undefined;

  constructor(host: ModelHost, disk: Disk) {
    this.host = host;
    this.disk = disk;
  }

  pass(view: DirectoryView, { approved = new Set(), boundary = () => undefined }: PassOptions = {}): Plan {
    const { host, disk } = this;
    if (!this.desired || view !== this.#view || approved.size > 0) {
      const force = inForce(view, disk.lastGood, approved, disk.inventory);
      this.desired = desire(force, capabilitiesOf(host.version));
      this.#view = view;
    }
    const desired = this.desired;
    boundary();
    disk.lastGood = worthKeeping(desired);
    boundary();
    const before = host.observe(desired, disk.inventory);
    const planned = plan({
      desired,
      observed: before,
      inventory: disk.inventory,
      rungOf: (key, link) => rungOf(this.progress.get(key), this.now, false, link),
      mayRepair: (key, field) => mayRepair(this.progress.get(key), field, this.now),
      isFresh: (key, field) => isFresh(this.progress.get(key), field),
      attemptsOf: (key) => this.progress.get(key)?.attempts ?? 0,
      standingOf: () => 'ready',
      mayRestart: true,
      allowRecreate: false,
      enableNetworkd: false,
    });
    disk.inventory = intentOf(disk.inventory, desired, planned, before, '2026-01-01T00:00:00.000Z');
    boundary();
    const failures = this.#carryOut(planned.steps, boundary);
    const after = host.observe(desired, disk.inventory);
    const done = planned.steps.filter(({ owner }) => owner === undefined || !failures.has(owner));
    disk.inventory = settledOf(disk.inventory, desired, planned, { done, before, after, isQuiet: true });
    boundary();
    this.#advance(planned, failures);
    return planned;
  }

  /** Passes until nothing is left to do or to wait for; the number of passes, or undefined if it takes too many. */
  converge(view: DirectoryView, options: PassOptions = {}): number | undefined {
    for (let passes = 1; passes <= 20; passes++) {
      const { steps } = this.pass(view, options);
      const waits = [...this.progress.values()].filter(({ since }) => since !== 0);
      if (steps.length === 0 && waits.length === 0) return passes;
      this.now = Math.max(this.now + 100, ...waits.map(({ nextAt }) => nextAt));
    }
    return undefined;
  }

  #carryOut(steps: readonly Step[], boundary: () => void): ReadonlySet<ResourceKey> {
    const failures = new Set<ResourceKey>();
    for (const step of steps) {
      if (step.owner !== undefined && failures.has(step.owner)) continue;
      try {
        this.host.apply(step);
      } catch {
        if (step.owner !== undefined) failures.add(step.owner);
      }
      boundary();
    }
    return failures;
  }

  #advance(planned: Plan, failures: ReadonlySet<ResourceKey>): void {
    const { desired, disk } = this;
    if (!desired) return;
    const seen = this.host.observe(desired, disk.inventory);
    const next = new Map(this.progress);
    for (const key of new Set([...desired.resources.keys(), ...next.keys()])) {
      const expectations = desired.linksOf.get(key) ?? [];
      const wrong = expectations.some(
        (expected) => differencesOf(expected, seen, { inventory: disk.inventory, desired }).length > 0,
      );
      const outcome = {
        ok: !failures.has(key) && (!wrong || planned.foreign.has(key) || desired.suspended.has(key)),
        changed: planned.changed.has(key),
        repaired: planned.repaired.get(key) ?? [],
        failed: failures.has(key),
        isStuck: false,
        busy: expectations.some((expected) => mayTakeLong(expected, seen)),
        floor: 0,
      };
      const progress = advance(next.get(key), outcome, this.now, () => 1);
      if (progress) next.set(key, progress);
      else next.delete(key);
    }
    this.progress = next;
  }
}
