import type { LinkExpectation } from '../crds/compiled.ts';
import type { RuleExpectation } from '../crds/routes.ts';
import type { Difference, Subject } from './compare.ts';
import { undoing } from './leftover.ts';
import type { Observed } from './observed.ts';
import type { DistributiveOmit, Step } from './step.ts';

type Setting = DistributiveOmit<Step, 'owner' | 'reason' | 'disruption'>;

/** The setting that undoes a difference; undefined where only networkd can. */
export function settingOf(
  observed: Observed,
  { link, kind: type }: LinkExpectation,
  { aspect, subject = {} }: Pick<Difference, 'aspect'> & { readonly subject?: Subject | object },
): Setting | undefined {
  if (aspect === 'names') return { kind: 'revert-names', link };
  if ('left' in subject) return undoing(link, type ?? '', subject.left);
  if ('option' in subject && type !== undefined && subject.option.words !== undefined) {
    return { kind: 'set-option', link, type, words: subject.option.words };
  }
  if ('route' in subject && subject.route.isWhole) return { kind: 'add-route', link, route: subject.route };
  if ('rule' in subject && subject.rule.isWhole)
    return { kind: 'add-rule', rule: inPlaceOf(subject.rule, observed) };
  if ('sysctl' in subject) return { kind: 'set-sysctl', key: subject.sysctl, value: '1' };
  if ('network' in subject) return { kind: 'masquerade', network: subject.network };
  return undefined;
}

/** The kernel gives rules without a priority places downwards from here, before its own for the table main. */
const lastPlace = 32_765;

/**
 * A rule without a priority takes the lowest free place, which mostly is the one that it had: the kernel would put it
 * before all others.
 */
function inPlaceOf(rule: RuleExpectation, { rules = [] }: Observed): RuleExpectation {
  if (rule.priority !== undefined) return rule;
  const taken = new Set(rules.flatMap(({ family, priority }) => (family === rule.family ? priority : [])));
  let priority = lastPlace;
  while (taken.has(priority)) priority -= 1;
  return { ...rule, priority };
}
