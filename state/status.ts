import type { Kind } from '../crds/resource.ts';

/** Why a condition is as it is; closed, and explained one by one in deploy/docs/reference.md. */
export type Reason =
  | 'ReconciliationSucceeded'
  | 'Progressing'
  | 'ProgressingWithRetry'
  | 'ValidationFailed'
  | 'Conflict'
  | 'DependencyNotReady'
  | 'ApplyFailed'
  | 'VerificationFailed'
  | 'DriftDetected'
  | 'DriftCorrected'
  | 'RecreateRequired'
  | 'InUse'
  | 'ShadowedByOtherFile'
  | 'ConflictDetected'
  | 'PruneBlocked'
  | 'PruneFailed'
  | 'ReconciliationSuspended'
  | 'AwaitingConfirmation'
  | 'ProbeFailed'
  | 'RolledBack'
  | 'NetworkdUnavailable'
  | 'UnsupportedBySystemd';

/** kstatus's three, plus `Synced`: files and links equal the spec. */
export type ConditionType = 'Ready' | 'Reconciling' | 'Stalled' | 'Synced';

/** A condition as Kubernetes has it. `lastTransitionTime` (RFC 3339, UTC) moves only with `status`. */
export interface Condition {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: Reason;
  /** Deterministic: sorted, no clock in it; starts with `file:line:column: ` when it is about the document. */
  readonly message: string;
  readonly lastTransitionTime: string;
  readonly observedGeneration: number;
}

/** One link of a resource, in the words of `networkctl list`. */
export interface LinkStatus {
  readonly name: string;
  /** networkd's OperationalState; `missing` where there is no such link. */
  readonly operational: string;
  /** networkd's AdministrativeState (the SETUP column); `-` where networkd does not know it. */
  readonly setup: string;
  /** What of the link differs from the spec, sorted; empty when nothing does. */
  readonly differences: readonly string[];
}

/** When a resource that is not as it should be is looked at again. */
export interface RetryStatus {
  /** How many tries have failed in a row. */
  readonly attempts: number;
  /** RFC 3339, UTC. */
  readonly nextAt: string;
}

export interface ResourceStatus {
  readonly observedGeneration: number;
  /** Sorted by type. */
  readonly conditions: readonly Condition[];
  readonly links: readonly LinkStatus[];
  /** Unit file names, sorted. */
  readonly units: readonly string[];
  readonly retry?: RetryStatus;
  /** What systemd warns of or leaves out of a document that is in force, each `file:line:column: message; what to do`. */
  readonly warnings?: readonly string[];
}

export interface StatusItem {
  readonly apiVersion: string;
  readonly kind: Kind | 'File';
  readonly metadata: {
    readonly name: string;
    /** `file:line` where the document stands. */
    readonly source: string;
    /** RFC 3339, UTC: when osa-net first saw it. */
    readonly creationTimestamp: string;
    readonly generation: number;
  };
  readonly status: ResourceStatus;
}

/** A change that may still be taken back. */
export interface TrialStatus {
  readonly generation: number;
  readonly phase: 'trial' | 'reverting';
  /** RFC 3339, UTC: it is taken back unless it is confirmed by then. */
  readonly confirmBy?: string;
  /** Ids of the probes that have to pass. */
  readonly probes: readonly string[];
  /** Why it is being taken back. */
  readonly failure?: string;
}

export interface OperatorStatus {
  readonly version: string;
  readonly pid: number;
  /** Start time of that process in clock ticks since boot (proc(5), stat field 22): tells a reused pid from the operator. */
  readonly pidStart: string;
  readonly startedAt: string;
  /** When the last pass that changed something ended; the file's mtime tells when the last quiet one did. */
  readonly lastPassAt: string;
  readonly networkd: {
    /** systemd's version; 0 while unknown. */
    readonly version: number;
    readonly state: 'running' | 'unavailable';
    /** Why it is unavailable; empty otherwise. */
    readonly message: string;
  };
  /** The generation that is applied and not yet known to be good. */
  readonly trial?: TrialStatus;
  /** The earlier generation that the host is held on. */
  readonly heldOn?: number;
  /** Problems of the directory as a whole, e.g. a blocked prune; empty when there are none. */
  readonly conditions: readonly Condition[];
}

/**
 * The published status: `/run/osa-net/status.json`, and what `osa-net status -o json` prints.
 * A file that cannot be read or parsed and names no resource is an item of kind `File`, and so is one with a document
 * that has another's name.
 */
export interface StatusList {
  readonly apiVersion: string;
  readonly kind: 'StatusList';
  /** Schema of this file; raised when a field changes its meaning. */
  readonly schemaVersion: 1;
  readonly operator: OperatorStatus;
  /** Sorted by kind, then name. */
  readonly items: readonly StatusItem[];
}

/** The condition of a type, if the resource has one. */
export function conditionOf(status: ResourceStatus, type: ConditionType): Condition | undefined {
  return status.conditions.find((condition) => condition.type === type);
}
