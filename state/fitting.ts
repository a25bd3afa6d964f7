import { assemble } from '../crds/assemble.ts';
import { crossCheck } from '../crds/check.ts';
import { compileAll } from '../crds/compile.ts';
import type { Capabilities } from '../crds/networkd/capabilities.ts';
import { at, type Problem } from '../crds/problem.ts';
import type { AnyResource, ResourceKey } from '../crds/resource.ts';

/** A document that is not put on the host, and why. */
export interface Refused {
  readonly resource: AnyResource;
  readonly reason: 'Conflict' | 'DependencyNotReady' | 'UnsupportedBySystemd' | 'RolledBack';
  readonly problems: readonly Problem[];
  /** Links that it needs and no document is about. */
  readonly missing?: readonly string[];
}

/** Removes what is refused until the rest fits together: what stood on it is refused with it. The refusals are noted. */
export function fitting(
  resources: readonly AnyResource[],
  capabilities: Capabilities,
  refused: Map<ResourceKey, Refused>,
): readonly AnyResource[] {
  let left = resources;
  for (;;) {
    const supported = withoutProblems(left, capabilities, refused);
    const checked = crossCheck(supported, compileAll(supported, capabilities));
    for (const { resource, problems } of checked.refused)
      note(refused, { resource, reason: 'Conflict', problems });
    const fit = withoutUnitConflicts(checked.accepted, capabilities, refused);
    if (fit.length === left.length) return fit;
    left = fit;
  }
}

function withoutProblems(
  resources: readonly AnyResource[],
  capabilities: Capabilities,
  refused: Map<ResourceKey, Refused>,
): readonly AnyResource[] {
  const compiled = compileAll(resources, capabilities);
  return resources.filter((resource, i) => {
    const { problems = [], missing = [] } = compiled[i] ?? {};
    if (problems.length > 0) note(refused, { resource, reason: reasonOf(problems), problems, missing });
    return problems.length === 0;
  });
}

function reasonOf(problems: readonly Problem[]): Refused['reason'] {
  const all = (wanted: Problem['code']) => problems.every(({ code }) => code === wanted);
  if (all('MISSING_LINK')) return 'DependencyNotReady';
  return all('UNSUPPORTED_BY_SYSTEMD') ? 'UnsupportedBySystemd' : 'Conflict';
}

/** Documents of one name are one entry, with what is wrong with each of them. */
export function note(refused: Map<ResourceKey, Refused>, refusal: Refused): void {
  const known = refused.get(refusal.resource.key) ?? { ...refusal, problems: [] };
  refused.set(refusal.resource.key, { ...known, problems: [...known.problems, ...refusal.problems] });
}

function withoutUnitConflicts(
  resources: readonly AnyResource[],
  capabilities: Capabilities,
  refused: Map<ResourceKey, Refused>,
): readonly AnyResource[] {
  const { conflicts } = assemble(compileAll(resources, capabilities));
  if (conflicts.length === 0) return resources;
  const losers = new Map(conflicts.map((conflict) => [conflict.key, conflict]));
  const byKey = new Map(resources.map((resource) => [resource.key, resource]));
  for (const resource of resources) {
    const conflict = losers.get(resource.key);
    const winner = conflict && byKey.get(conflict.first);
    if (!conflict || !winner) continue;
    const problem: Problem = {
      code: 'DUPLICATE_UNIT',
      message: `[${conflict.section}] ${conflict.entry} of ${conflict.unit} is already set by ${winner.key} (${at(winner.location)})`,
      hint: 'set it in one document only',
      location: resource.location,
    };
    note(refused, { resource, reason: 'Conflict', problems: [problem] });
  }
  return resources.filter(({ key }) => !losers.has(key));
}
