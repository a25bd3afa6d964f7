import type { ResourceKey } from '../crds/resource.ts';
export type ControlRequest =
  | { verb: 'try'; documents: readonly { name: string; text: string }[]; timeoutMs: number } // no documents: the directory's
  | { verb: 'confirm' }
  | { verb: 'cancel' }
  | { verb: 'rollback'; generation?: number }
  | { verb: 'suspend' | 'resume'; resources: readonly ResourceKey[] }; // none: everything
export type ControlOutcome =
  | 'done'
  | 'unchanged'
  | 'refused'
  | 'confirmed'
  | 'cancelled'
  | 'timed-out'
  | 'probe-failed'
  | 'revert-failed';
export interface ControlResult {
  outcome: ControlOutcome;
  message: string;
}
export type ControlHandler = (
  request: ControlRequest,
  tell: (message: string) => void,
  gone: AbortSignal,
) => Promise<ControlResult>;
