import { at, type Problem, problemLine } from '../crds/problem.ts';
import { type AnyResource, isAnnotated, type ResourceKey } from '../crds/resource.ts';
import { type Difference, differencesOf } from './compare.ts';
import type { Verdict } from './conditions.ts';
import { convergenceTrouble, type Trouble } from './convergence.ts';
import type { Desired } from './desired.ts';
import { invalidity } from './file-problems.ts';
import type { Inventory } from './inventory.ts';
import type { Observed } from './observed.ts';
import type { Plan } from './plan.ts';
import type { ProbeAnswers } from './probe.ts';
import { backoff, type ProgressMap } from './progress.ts';
import type { Clues } from './rivals.ts';
import type { Standing } from './standing.ts';
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
  /** What the probes of documents said last. */
  readonly answers?: ProbeAnswers | undefined;
  /** Who else may write the fields that are fought over; absent while none is. */
  readonly clues?: Clues | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What is true of one resource now. */
export interface Judgement {
  /** Everything is as promised, and nothing speaks against it. */
  readonly ok: boolean;
  /** Units and links are as the document in force says; nothing is to be retried. */
  readonly converged: boolean;
  /** Not converged, and nothing is to be retried either: only the user or another resource gets it any further. */
  readonly waits: boolean;
  /** Not converged, and only something outside gets it any further. */
  readonly isStuck: boolean;
  readonly standing: Standing;
  readonly verdicts: readonly Verdict[];
  readonly links: readonly LinkStatus[];
}

/** Judges a resource that is in force. `problems` are those of a newer text that is held back. */
export function judge(
  resource: AnyResource,
  evidence: Evidence,
  problems: readonly Problem[],
  standingOf: (key: ResourceKey) => Standing = () => 'ready',
): Judgement {
  const { desired, observed } = evidence;
  const expectations = desired.linksOf.get(resource.key) ?? [];
  const differences = expectations.flatMap((expected) => differencesOf(expected, observed, evidence));
  const administrative = administrativeTrouble(resource, evidence, problems);
  const convergence = convergenceTrouble({
    resource,
    evidence,
    expectations,
    differences,
    standingOf,
  });
  const trouble =
    administrative ?? convergence ?? waiting(resource, evidence) ?? unanswered(resource, evidence);
  return {
    ok: trouble === undefined,
    converged: convergence === undefined && !evidence.failures.has(resource.key),
    waits: convergence?.waits ?? false,
    isStuck: convergence?.isStuck ?? false,
    standing: standingAfter(trouble),
    verdicts: verdictsOf(resource.key, trouble, evidence, expectations.length),
    links: expectations.map((expected) => linkStatus(expected.link, observed, differences)),
  };
}

function standingAfter(trouble: Trouble | undefined): Standing {
  if (!trouble) return 'ready';
  return trouble.synced ? 'synced' : 'not ready';
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
  if (problems.length > 0) return { reason: invalidity(problems), message: allOf(problems), synced: false };
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
    const message = `${at(resource.location)}: ${suspension(resource, desired)}`;
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
  if (foreign !== undefined) {
    const reason = plan.deferred.has(key) ? 'InUse' : 'Conflict';
    return { reason, message: foreign, synced: false };
  }
  if (failure !== undefined) return { reason: 'ApplyFailed', message: failure, synced: false };
  return undefined;
}

function suspension(resource: AnyResource, { inForce }: Desired): string {
  if (inForce.suspended === 'all') return 'suspended with everything; go on with: osa-net resume';
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

/** A probe that fails tells only that: nothing is changed for it, and no change is held up. */
function unanswered({ key }: AnyResource, { answers }: Evidence): Trouble | undefined {
  const answer = answers?.get(key);
  if (!answer?.trouble) return undefined;
  const since = new Date(answer.since).toISOString();
  return { reason: 'ProbeFailed', message: `${answer.trouble} (since ${since})`, synced: true };
}

/** Whether these are the problems of a second document with the name of a resource: the first one is not to blame. */
export function isNamesake(problems: readonly Problem[]): boolean {
  return problems.some(({ code }) => code === 'DUPLICATE_NAME');
}

/** Problems as one line each, in document order. */
export function allOf(problems: readonly Problem[]): string {
  return problems.map(problemLine).join('\n');
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
  if (isUnderWay.includes(reason)) {
    verdicts.push({ type: 'Reconciling', status: 'True', reason, message });
  }
  const needsUser = waitsForUser.includes(reason);
  if (needsUser || attempts >= backoff.stalledAfter)
    verdicts.push({ type: 'Stalled', status: 'True', reason, message });
  return verdicts;
}

/** Reasons with which osa-net itself goes on. */
const isUnderWay: readonly Reason[] = [
  'Progressing',
  'ProgressingWithRetry',
  'RecreateRequired',
  'ApplyFailed',
  'AwaitingConfirmation',
  'ProbeFailed',
];

/** Reasons that only the user can remove. */
const waitsForUser: readonly Reason[] = [
  'ValidationFailed',
  'Conflict',
  'InUse',
  'UnsupportedBySystemd',
  'RolledBack',
];

function linkStatus(name: string, observed: Observed, differences: readonly Difference[]): LinkStatus {
  const link = observed.links.get(name);
  return {
    name,
    operational: link?.operational ?? 'missing',
    setup: link?.setup ?? '-',
    differences: differences.filter((d) => d.link === name).map(({ message }) => message),
  };
}
