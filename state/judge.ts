import type { LinkExpectation } from '../crds/compiled.ts';
import { at, type Problem, problemLine } from '../crds/problem.ts';
import { type AnyResource, isAnnotated, locate, type ResourceKey } from '../crds/resource.ts';
import { type Difference, differencesOf } from './compare.ts';
import type { Verdict } from './conditions.ts';
import type { Desired } from './desired.ts';
import type { Inventory } from './inventory.ts';
import type { Observed } from './observed.ts';
import type { Plan } from './plan.ts';
import { backoff, foughtFields, type ProgressMap } from './progress.ts';
import { resolverDifferences } from './resolver.ts';
import type { LinkStatus, Reason } from './status.ts';

/** Everything a judgement rests on. */
export interface Evidence {
  readonly desired: Desired;
  readonly observed: Observed;
  readonly inventory: Inventory;
  readonly plan: Plan;
  /** Steps that failed in this pass, by the resource they were for. */
  readonly failures: ReadonlyMap<ResourceKey, string>;
  readonly progress: ProgressMap;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What is true of one resource now. */
export interface Judgement {
  /** Everything is as promised, and nothing speaks against it. */
  readonly ok: boolean;
  /** Units and links are as the document in force says; nothing is to be retried. */
  readonly converged: boolean;
  readonly verdicts: readonly Verdict[];
  readonly links: readonly LinkStatus[];
}

/** Why a resource is not ready; undefined when it is. */
interface Trouble {
  readonly reason: Reason;
  readonly message: string;
  /** The spec is on the host as far as osa-net can put it there; only the network does not follow yet. */
  readonly synced: boolean;
  readonly status?: 'Unknown';
}

/** Judges a resource that is in force. `problems` are those of a newer text that is held back. */
export function judge(resource: AnyResource, evidence: Evidence, problems: readonly Problem[]): Judgement {
  const { desired, observed } = evidence;
  const expectations = desired.linksOf.get(resource.key) ?? [];
  const differences = expectations.flatMap((expected) => differencesOf(expected, observed));
  const administrative = administrativeTrouble(resource, evidence, problems);
  const convergence = convergenceTrouble(resource, evidence, expectations, differences);
  const trouble = administrative ?? convergence ?? waiting(resource, evidence);
  return {
    ok: trouble === undefined,
    converged: convergence === undefined && !evidence.failures.has(resource.key),
    verdicts: verdictsOf(resource.key, trouble, evidence, expectations.length),
    links: expectations.map((expected) => linkStatus(expected.link, observed, differences)),
  };
}

/** Troubles that lie in documents, names and files: retrying does not help, the user must act. */
function administrativeTrouble(
  resource: AnyResource,
  { desired, observed, plan, failures }: Evidence,
  problems: readonly Problem[],
): Trouble | undefined {
  const { key } = resource;
  const refused = desired.refused.get(key);
  const foreign = plan.foreign.get(key);
  const failure = failures.get(key);
  if (problems.length > 0) return { reason: 'ValidationFailed', message: allOf(problems), synced: false };
  if (refused && !isNamesake(refused.problems))
    return { reason: refused.reason, message: allOf(refused.problems), synced: false };
  if (desired.inForce.prune.held.includes(key)) {
    return { reason: 'PruneBlocked', message: desired.inForce.prune.blocked, synced: false };
  }
  const back = desired.inForce.rolledBack.get(key);
  if (back?.specHash === '') {
    const message = `its removal was taken back: ${back.message}; put the document back, or remove it again with: osa-net resume ${key}`;
    return { reason: 'RolledBack', message, synced: false };
  }
  if (desired.suspended.has(key)) {
    const message = `${at(resource.location)}: ${suspension(resource)}`;
    return { reason: 'ReconciliationSuspended', message, synced: false, status: 'Unknown' };
  }
  if (observed.networkd.state !== 'running') {
    return {
      reason: 'NetworkdUnavailable',
      message: observed.networkd.message,
      synced: false,
      status: 'Unknown',
    };
  }
  if (foreign !== undefined) return { reason: 'Conflict', message: foreign, synced: false };
  if (failure !== undefined) return { reason: 'ApplyFailed', message: failure, synced: false };
  return undefined;
}

function suspension(resource: AnyResource): string {
  if (isAnnotated(resource, 'reconcile'))
    return 'suspended by its annotation osa-net.dev/reconcile; remove it to resume';
  return `suspended; go on with: osa-net resume ${resource.key}`;
}

/** A change that is as written and still waits for the word of the user. */
function waiting({ key }: AnyResource, { inventory }: Evidence): Trouble | undefined {
  const { transaction } = inventory;
  if (!transaction?.changes[key] || transaction.confirmWithin === undefined) return undefined;
  if (transaction.phase === 'reverting') return undefined;
  const message = `applied, and taken back in time unless 'osa-net confirm' is given`;
  return { reason: 'AwaitingConfirmation', message, synced: true };
}

/** Whether these are the problems of a second document with the name of a resource: the first one is not to blame. */
export function isNamesake(problems: readonly Problem[]): boolean {
  return problems.some(({ code }) => code === 'DUPLICATE_NAME');
}

/** Problems as one line each, in document order. */
export function allOf(problems: readonly Problem[]): string {
  return problems.map(problemLine).join('\n');
}

function convergenceTrouble(
  resource: AnyResource,
  evidence: Evidence,
  expectations: readonly LinkExpectation[],
  differences: readonly Difference[],
): Trouble | undefined {
  const { desired, observed, inventory } = evidence;
  const units = desired.unitsOf.get(resource.key) ?? [];
  const outdated = units.some(({ name, hash }) => observed.units.get(name)?.hash !== hash);
  const resolver =
    desired.resolver?.owner === resource.key
      ? resolverDifferences(desired.resolver.intent, observed.resolver)
      : [];
  if (differences.length === 0 && resolver.length === 0) {
    const progressing = (message: string): Trouble => ({ reason: 'Progressing', message, synced: false });
    if (outdated) return progressing('its units are not written yet');
    // Whose units networkd has not read is not known: a reload that fails fails for all.
    return inventory.reloadPending && units.length > 0
      ? progressing('systemd-networkd has not read its units yet')
      : undefined;
  }
  const synced =
    !outdated &&
    resolver.length === 0 &&
    differences.every(({ aspect }) => ['setup', 'state'].includes(aspect));
  const missing = dependencyMessage(resource, expectations, observed);
  if (missing !== undefined) return { reason: 'DependencyNotReady', message: missing, synced };
  const found = [...resolver, ...differences.map((d) => `${d.link}: ${d.message}`)].join('; ');
  return { reason: waitReason(resource.key, evidence, differences, resolver), message: found, synced };
}

function waitReason(
  key: ResourceKey,
  { progress, now }: Evidence,
  differences: readonly Difference[],
  resolver: readonly string[],
): Reason {
  const own = progress.get(key);
  if (differences.some(({ aspect }) => aspect === 'shadowed')) return 'ShadowedByOtherFile';
  if (resolver.some((text) => text.includes('systemd does not answer') || text.includes('not installed'))) {
    return 'DependencyNotReady';
  }
  if (foughtFields(own, now).length > 0) return 'ConflictDetected';
  return (own?.attempts ?? 0) === 0 ? 'Progressing' : 'ProgressingWithRetry';
}

/** Links that osa-net does not make and that are not there: the user has to see to them. */
function dependencyMessage(
  resource: AnyResource,
  expectations: readonly LinkExpectation[],
  observed: Observed,
): string | undefined {
  const missing = expectations.flatMap((expected) => {
    const where = at(locate(resource, expected.field));
    if (!expected.made && !observed.links.has(expected.link)) {
      return `${where}: link ${expected.link} does not exist on this host; plug it in or take it out of the document`;
    }
    const { master } = expected;
    if (!master?.foreign || observed.links.has(master.name)) return [];
    const bridge = at(locate(resource, 'spec.bridge'));
    return `${bridge}: bridge ${master.name} does not exist on this host; create it, or describe it in a document of its own`;
  });
  return missing.length === 0 ? undefined : [...new Set(missing)].join('; ');
}

function verdictsOf(
  key: ResourceKey,
  trouble: Trouble | undefined,
  { progress }: Evidence,
  links: number,
): readonly Verdict[] {
  if (!trouble) {
    const message =
      links === 0 ? 'everything is as written' : `${links} link${links === 1 ? ' is' : 's are'} as written`;
    return [
      { type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded', message },
      { type: 'Synced', status: 'True', reason: 'ReconciliationSucceeded', message },
    ];
  }
  const { reason, message, synced } = trouble;
  const verdicts: Verdict[] = [
    { type: 'Ready', status: trouble.status ?? 'False', reason, message },
    {
      type: 'Synced',
      status: synced ? 'True' : 'False',
      reason: synced ? 'ReconciliationSucceeded' : reason,
      message: synced ? 'units and links equal the document' : message,
    },
  ];
  const attempts = progress.get(key)?.attempts ?? 0;
  const isUnderWay = ['Progressing', 'ProgressingWithRetry', 'ApplyFailed', 'AwaitingConfirmation'];
  if (isUnderWay.includes(reason)) {
    verdicts.push({ type: 'Reconciling', status: 'True', reason, message });
  }
  const needsUser = ['ValidationFailed', 'Conflict', 'UnsupportedBySystemd', 'RolledBack'].includes(reason);
  if (needsUser || attempts >= backoff.stalledAfter)
    verdicts.push({ type: 'Stalled', status: 'True', reason, message });
  return verdicts;
}

function linkStatus(name: string, observed: Observed, differences: readonly Difference[]): LinkStatus {
  const link = observed.links.get(name);
  return {
    name,
    operational: link?.operational ?? 'missing',
    setup: link?.setup ?? '-',
    differences: differences.filter((d) => d.link === name).map(({ message }) => message),
  };
}
