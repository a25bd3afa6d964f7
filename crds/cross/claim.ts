import type { Fault } from '../problem.ts';
import type { AnyResource } from '../resource.ts';
import { locate } from '../resource.ts';

/** A field of an accepted resource by which it has something. */
export interface Holder {
  readonly resource: AnyResource;
  readonly field: string;
}

/** What a resource cannot have because an earlier one has it. */
export interface Conflict {
  /** The field of the later resource. */
  readonly field: string;
  readonly first: Holder;
  readonly fault: Fault;
}

/** `Kind/name (file:line)`. */
export function nameOf({ resource, field }: Holder): string {
  const { file, line } = locate(resource, field);
  return `${resource.key} (${file}:${line})`;
}
