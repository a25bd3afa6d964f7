import type { Reading } from '../crds/language/reading.ts';
import { at, problemLine } from '../crds/problem.ts';
import { type AnyResource, apiVersion, type ResourceKey } from '../crds/resource.ts';
import { nextConditions } from './conditions.ts';
import type { Files } from './directory.ts';
import { equal } from './equal.ts';
import { problemsIn } from './file-problems.ts';
import { type Evidence, type Judgement, judge } from './judge.ts';
import { notInForce, type Subject } from './not-in-force.ts';
import type { Progress } from './progress.ts';
import type { StatusItem } from './status.ts';

/** The judgement of every resource and every broken file, as the items of the published status. */
export interface Report {
  /** Sorted by kind, then name; items that did not change are the same objects as before. */
  readonly items: readonly StatusItem[];
  /** Resources in force whose units and links are as written, whatever else is wrong with their documents. */
  readonly converged: ReadonlySet<ResourceKey>;
  /** Resources in force that are not converged and for which nothing is to be tried again. */
  readonly waiting: ReadonlySet<ResourceKey>;
  /** Resources that only something outside gets any further. */
  readonly stuck: ReadonlySet<ResourceKey>;
}

/** Judges everything and keeps what did not change from the last report. */
export function report(evidence: Evidence, files: Files, before: readonly StatusItem[]): Report {
  const old = new Map(before.map((item) => [itemKey(item), item]));
  const converged = new Set<ResourceKey>();
  const items = new Map<string, StatusItem>();
  const add = (subject: Subject, judgement: Judgement) => {
    const item = nextItem(subject, judgement, evidence, old.get(subject.key));
    items.set(subject.key, item);
  };
  const waiting = new Set<ResourceKey>();
  const stuck = new Set<ResourceKey>();
  const judged = judgementsOf(evidence, files);
  for (const resource of evidence.desired.resources.values()) {
    const judgement = judged(resource);
    if (judgement.converged) converged.add(resource.key);
    if (judgement.waits) waiting.add(resource.key);
    if (judgement.isStuck) stuck.add(resource.key);
    add(resource, judgement);
  }
  for (const subject of notInForce(evidence, files)) {
    if (!items.has(subject.key)) add(subject, { ...notJudged, verdicts: subject.verdicts });
  }
  return { items: [...items.values()].sort(byKindAndName), converged, waiting, stuck };
}

const notJudged = {
  ok: false,
  converged: false,
  waits: false,
  isStuck: false,
  standing: 'not ready',
  links: [],
} as const;

/** Judges each resource once, and what it depends on before it; the checks leave no circles. */
function judgementsOf(evidence: Evidence, files: Files): (resource: AnyResource) => Judgement {
  const known = new Map<ResourceKey, Judgement>();
  const problemsWith = problemsIn(files);
  const standingOf = (key: ResourceKey) => {
    const resource = evidence.desired.resources.get(key);
    return resource ? judged(resource).standing : 'not ready';
  };
  const judged = (resource: AnyResource): Judgement => {
    const judgement =
      known.get(resource.key) ?? judge(resource, evidence, problemsWith(resource), standingOf);
    known.set(resource.key, judgement);
    return judgement;
  };
  return judged;
}

function itemKey(item: StatusItem): string {
  return `${item.kind}/${item.metadata.name}`;
}

function byKindAndName(a: StatusItem, b: StatusItem): number {
  const [left, right] = [itemKey(a), itemKey(b)];
  return left < right ? -1 : Number(left > right);
}

function nextItem(
  subject: Subject,
  judgement: Judgement,
  evidence: Evidence,
  old: StatusItem | undefined,
): StatusItem {
  const { inventory, desired, progress, now } = evidence;
  const key = subject.key as ResourceKey;
  const record = inventory.resources[key];
  const time = new Date(now).toISOString();
  const generation = record?.generation ?? old?.metadata.generation ?? 0;
  const own = progress.get(key);
  const item: StatusItem = {
    apiVersion,
    kind: subject.kind,
    metadata: {
      name: subject.metadata.name,
      source: at(subject.location).replace(/:\d+$/, ''),
      creationTimestamp: record?.createdAt ?? old?.metadata.creationTimestamp ?? time,
      generation,
    },
    status: {
      observedGeneration: generation,
      conditions: nextConditions(old?.status.conditions ?? [], judgement.verdicts, generation, time),
      links: judgement.links,
      units: (desired.unitsOf.get(key) ?? []).map(({ name }) => name).sort(),
      ...retryOf(own, judgement.ok),
      ...warningsOf(desired.readings.get(key)),
    },
  };
  return old && equal(old, item) ? old : item;
}

function warningsOf(reading: Reading | undefined): Pick<StatusItem['status'], 'warnings'> {
  return reading ? { warnings: [...reading.unread, ...reading.warnings].map(problemLine) } : {};
}

function retryOf(own: Progress | undefined, ok: boolean): Pick<StatusItem['status'], 'retry'> {
  if (ok || !own || own.since === 0) return {};
  return { retry: { attempts: own.attempts, nextAt: new Date(own.nextAt).toISOString() } };
}
