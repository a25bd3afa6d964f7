import type { Inventory } from './inventory.ts';
import type { Plan } from './plan.ts';
import type { Step } from './step.ts';

/** What has to follow the deletions and files of a plan, also if this life of the operator ends between them. */
export function pendingAfter({ replug }: Inventory, { steps, unplugged }: Plan): Partial<Inventory> {
  return {
    ...(Object.keys(unplugged).length > 0 && { replug: { ...replug, ...unplugged } }),
    ...(steps.some(({ kind }) => kind === 'restart-networkd') && { restartPending: true }),
    ...(steps.some(changesNetworkd) && { reloadPending: true }),
  };
}

function changesNetworkd(step: Step): boolean {
  if (step.kind === 'write-unit') return !step.unit.name.endsWith('.link');
  return (step.kind === 'remove-unit' || step.kind === 'restore-unit') && !step.unit.endsWith('.link');
}
