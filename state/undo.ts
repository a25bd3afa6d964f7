import { linkOfUnit } from '../crds/unit-names.ts';
import { identityOf } from './observed.ts';
import type { PlanInput } from './plan-input.ts';
import { borrowedLinks, differsFromScene } from './scene.ts';
import type { Step } from './step.ts';

/**
 * Ports of others that a document no longer names: networkd leaves them plugged in when it forgets their units. Before
 * the removals: while the unit is there, a crash leaves somebody who knows of it.
 */
export function unplugSteps(
  removals: readonly Extract<Step, { kind: 'remove-unit' }>[],
  { desired, observed, inventory }: PlanInput,
): readonly Step[] {
  const wanted = new Set([...desired.linksOf.values()].flatMap((all) => all.map(({ link }) => link)));
  return removals.flatMap(({ unit, owner }): readonly Step[] => {
    const link = observed.links.get(linkOfUnit(unit) ?? '');
    const master = link?.master;
    if (!link || master === undefined || wanted.has(link.name) || inventory.links[link.name]) return [];
    if (inventory.links[master]?.owner !== owner || !desired.made.has(master)) return [];
    const reason = `${owner} no longer names it`;
    const common = { owner, reason, disruption: 'link flap' } as const;
    return [{ kind: 'set-link', link: link.name, property: 'master', value: '', ...common }];
  });
}

/** What a change that is being taken back did to links that no unit of ours describes: that nothing else would undo. */
export function restoreSteps({ desired, observed, inventory }: PlanInput): readonly Step[] {
  const { transaction } = inventory;
  if (transaction?.phase !== 'reverting') return [];
  const described = borrowedLinks(desired);
  return Object.entries(transaction.scene).flatMap(([name, scene]): readonly Step[] => {
    const link = observed.links.get(name);
    if (!link || described.has(name) || identityOf(link, observed) !== scene.identity) return [];
    if (transaction.isRestored && !differsFromScene(scene, link)) return [];
    const reason = 'as it was before the change that is taken back';
    return [{ kind: 'restore-link', link: name, scene, reason, disruption: 'none' }];
  });
}
