import type { ResourceKey } from '../crds/resource.ts';
import { isOnRecord } from './foreign.ts';
import { isReturning } from './inventory.ts';
import { identityOf } from './observed.ts';
import type { PlanInput } from './plan-input.ts';
import { differsFromScene, linksOf } from './scene.ts';
import type { Step } from './step.ts';

/** What a change that is being taken back did to links and no unit says: that nothing else would undo. */
export function restoreSteps(input: PlanInput): readonly Step[] {
  const { desired, observed, inventory } = input;
  const { transaction } = inventory;
  if (transaction?.phase !== 'reverting') return [];
  // What is left on those is undone as on every other (`leftoversOf`).
  const described = linksOf(desired.linksOf.keys(), desired);
  return Object.entries(transaction.scene).flatMap(([name, scene]): readonly Step[] => {
    const link = observed.links.get(name);
    if (!link || identityOf(link, observed) !== scene.identity || inventory.links[name]?.former) return [];
    if (described.has(name)) return [];
    if (transaction.isRestored && !differsFromScene(scene, link)) return [];
    return [{ kind: 'restore-link', link: name, scene, owner: scene.owner, reason, disruption: 'none' }];
  });
}

/** Puts back links that others are to have back. @param mayGo whether what an owner has may go where no document wants it */
export function returnSteps(
  { desired, observed, inventory }: PlanInput,
  mayGo: (owner: ResourceKey) => boolean,
): readonly Step[] {
  return Object.entries(inventory.links).flatMap(([name, { owner, netdev, former }]): readonly Step[] => {
    const link = observed.links.get(name);
    if (!former || !link || !isReturning(name, inventory, desired.made) || !mayGo(owner)) return [];
    if (!isOnRecord(link, observed, inventory)) return [];
    // networkd may take addresses away only once our units are gone.
    if (!observed.units.has(netdev) && !differsFromScene(former, link)) return [];
    return [{ kind: 'restore-link', link: name, scene: former, owner, reason, disruption: 'none' }];
  });
}

const reason = 'as it was before the change that is taken back';

/** Links and units that a pass was to put back as they were, and could not. @param steps of a way back */
export function notRestored(steps: readonly Step[], done: readonly Step[]): readonly string[] {
  return steps.flatMap((step) => {
    if (done.includes(step)) return [];
    if (step.kind === 'restore-unit') return step.unit;
    // What an earlier text, that of the change, left there.
    if (step.kind === 'set-link' && step.mayFail) return step.link;
    return 'link' in step && step.reason === reason ? step.link : [];
  });
}
