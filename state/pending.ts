import type { Inventory } from './inventory.ts';
import type { Plan } from './plan.ts';
import type { Step } from './step.ts';

/** What has to follow the deletions and files of a plan, also if this life of the operator ends between them. */
export function pendingAfter(
  { replug, unplug }: Inventory,
  { steps, unplugged, letGo }: Plan,
): Partial<Inventory> {
  return {
    ...(Object.keys(unplugged).length > 0 && { replug: { ...replug, ...unplugged } }),
    ...(Object.keys(letGo).length > 0 && { unplug: { ...unplug, ...letGo } }),
    ...(steps.some(isOwed) && { restartPending: true }),
    ...(steps.some(changesNetworkd) && { reloadPending: true }),
  };
}

/** What is waited for in vain may come about without it. */
function isOwed(step: Step): boolean {
  return step.kind === 'restart-networkd' && step.cause === 'stale';
}

function changesNetworkd(step: Step): boolean {
  if (step.kind === 'write-unit') return !step.unit.name.endsWith('.link');
  return (step.kind === 'remove-unit' || step.kind === 'restore-unit') && !step.unit.endsWith('.link');
}
