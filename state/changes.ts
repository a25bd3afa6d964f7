import { type AnyResource, isAnnotated, type ResourceKey } from '../crds/resource.ts';
import type { Desired } from './desired.ts';
import { resourcesOf, type SourceFile } from './directory.ts';
import type { Inventory } from './inventory.ts';
import { lastGoodFiles } from './last-good.ts';
import type { Plan } from './plan.ts';
import type { Step } from './step.ts';

/** What a generation changes, by resource. */
export type Changes = Readonly<Partial<Record<ResourceKey, Change>>>;

export interface Change {
  readonly change: 'added' | 'changed' | 'removed';
  /** Path of the document. */
  readonly file: string;
  /** Of the new spec; empty where the document was removed. */
  readonly specHash: string;
  /** Of the spec that was in force; empty where there was none. */
  readonly before: string;
  /** It was Ready before the change: then it has to become so again. */
  readonly wasReady: boolean;
  /** The new text lets its links be made anew although others use them: so may they be on the way back. */
  readonly mayRecreate?: true | undefined;
}

/** Spec that was applied last; undefined for a resource of which nothing ever was. */
function appliedSpec(key: ResourceKey, { resources }: Inventory): string | undefined {
  const record = resources[key];
  return record && ((record.applied ?? record.specHash) || undefined);
}

/**
 * What a plan changes on behalf of the documents: drift that is repaired is no change, nor is a plan without steps.
 * @param isReady whether a resource is Ready now
 */
export function changesOf(
  inventory: Inventory,
  desired: Desired,
  plan: Plan,
  isReady: (key: ResourceKey) => boolean,
): Changes {
  if (plan.steps.length === 0) return {};
  const added = [...desired.resources.values()].flatMap((resource) => {
    const { key, specHash, location } = resource;
    const before = appliedSpec(key, inventory);
    if (before === specHash || !isApplied(resource, desired, plan)) return [];
    const change = before === undefined ? 'added' : 'changed';
    const wasReady = before !== undefined && isReady(key);
    const leave = isAnnotated(resource, 'recreate') && { mayRecreate: true as const };
    return [
      [key, { change, file: location.file, specHash, before: before ?? '', wasReady, ...leave }] as const,
    ];
  });
  const removed = [...new Set(plan.steps.flatMap((step) => removalOf(step, desired)))].flatMap((key) => {
    const file = inventory.resources[key]?.file ?? '';
    const before = appliedSpec(key, inventory);
    // The rest of a removal is no change any more.
    if (before === undefined) return [];
    return [[key, { change: 'removed', file, specHash: '', before, wasReady: isReady(key) }] as const];
  });
  return Object.fromEntries([...added, ...removed]);
}

/** Whether a pass with this plan puts a resource on the host. */
function isApplied({ key }: AnyResource, { suspended }: Desired, { foreign, unapplied }: Plan): boolean {
  return !foreign.has(key) && !unapplied.has(key) && !suspended.has(key);
}

/** Resources whose documents changed and that a pass with this plan does not put on the host. */
export function notApplied(inventory: Inventory, desired: Desired, plan: Plan): readonly AnyResource[] {
  return [...desired.resources.values()].filter(
    (resource) =>
      !isApplied(resource, desired, plan) && appliedSpec(resource.key, inventory) !== resource.specHash,
  );
}

function removalOf(step: Step, { resources }: Desired): readonly ResourceKey[] {
  return step.owner === undefined || resources.has(step.owner) ? [] : [step.owner];
}

/**
 * Files as they are to stand in for the directory while the open transaction is taken back: with what was on the host
 * before it. What was never put there, or went earlier, does not come with the rest of its file; nor does a text that was
 * refused, where the one that was in force instead is known.
 */
export function onHostBefore(
  base: ReadonlyMap<string, SourceFile>,
  inventory: Inventory,
): ReadonlyMap<string, SourceFile> {
  const { changes = {} } = inventory.transaction ?? {};
  const specBefore = (key: ResourceKey) => changes[key]?.before ?? appliedSpec(key, inventory) ?? '';
  const isExact = ({ key, specHash }: AnyResource) => specHash === specBefore(key);
  const known = new Set(resourcesOf(base.values()).flatMap((one) => (isExact(one) ? one.key : [])));
  const wasThere = (one: AnyResource) => specBefore(one.key) !== '' && (isExact(one) || !known.has(one.key));
  return lastGoodFiles(resourcesOf(base.values()).filter(wasThere), base, base);
}
