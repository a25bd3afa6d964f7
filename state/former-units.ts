import type { ResourceKey } from '../crds/resource.ts';
import type { Desired } from './desired.ts';
import { isForeignUnit } from './foreign.ts';
import { goesBack, type Inventory, isRefused } from './inventory.ts';
import type { Observed } from './observed.ts';
import type { Plan } from './plan.ts';
import type { Step } from './step.ts';

/** Units of others that a change took over, as they were before it; by file name. */
export type FormerUnits = Readonly<Record<string, FormerUnit>>;

export type FormerUnit =
  /** Its bytes are among the texts of the history, under their sha256 (hex). */
  | {
      readonly type: 'file';
      readonly hash: string;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
    }
  /** A mask (`/dev/null`), or a link to a unit elsewhere. */
  | { readonly type: 'link'; readonly target: string };

/** Names of the units of others that a plan writes over. */
export function takenOver({ steps }: Plan, observed: Observed, inventory: Inventory): readonly string[] {
  return steps.flatMap((step) =>
    step.kind === 'write-unit' && isForeignUnit(step.unit, observed, inventory) ? step.unit.name : [],
  );
}

/** What goes back in the place of a unit whose owner's change is taken back; undefined where nothing was there. */
export function formerOf(name: string, owner: ResourceKey, inventory: Inventory): FormerUnit | undefined {
  if (!goesBack(owner, inventory)) return undefined;
  return inventory.transaction?.formerUnits?.[name] ?? inventory.formerUnits?.[name];
}

/** Those of former units in whose places ours still are, although the changes of their owners are taken back. */
export function owed(
  former: FormerUnits,
  { units, rolledBack }: Pick<Inventory, 'units' | 'rolledBack'>,
): FormerUnits | undefined {
  const left = Object.entries(former).filter(([name]) => {
    const { owner } = units[name] ?? {};
    return owner !== undefined && isRefused(rolledBack?.[owner]);
  });
  return left.length > 0 ? Object.fromEntries(left) : undefined;
}

/** Whether a former unit is there. Where a link leads says nothing of what it was. */
export function isThereAgain(name: string, former: FormerUnit, { units }: Observed): boolean {
  return former.type === 'file' && units.get(name)?.hash === former.hash;
}

/** Units on record that belong to others again, once what was done is done. */
export function givenBack(
  inventory: Inventory,
  desired: Desired,
  done: readonly Step[],
  after: Observed,
): ReadonlySet<string> {
  const restored = new Set(done.flatMap((step) => (step.kind === 'restore-unit' ? step.unit : [])));
  const names = Object.entries(inventory.units).flatMap(([name, { owner }]) => {
    const former = desired.units.has(name) ? undefined : formerOf(name, owner, inventory);
    return former && (restored.has(name) || isThereAgain(name, former, after)) ? name : [];
  });
  return new Set(names);
}
