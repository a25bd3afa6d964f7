import { maxInterfaceName, tooLong } from '../interface-name.ts';
import type { SpecOf } from '../kinds/index.ts';
import type { Fault } from '../problem.ts';
import type { Kind, Metadata } from '../resource.ts';

/** A resource whose fields are valid one by one. */
export interface Checked<K extends Kind> {
  readonly metadata: Metadata;
  readonly spec: SpecOf<K>;
}

/**
 * Takes a problem of a field, by its dotted path: `spec.dhcpServer.poolSize`. It points at the field's value unless told
 * to point at its key; where the field is missing, at the key of the map that should have it.
 */
export type ReportField = (path: string, fault: Fault, where?: 'key') => void;

/** Reports a default name that the kernel would not take; `field` is what to set instead. */
export function checkDefaultName(
  set: string | undefined,
  name: string,
  field: string,
  report: ReportField,
): void {
  if (set !== undefined || name.length <= maxInterfaceName) return;
  report('metadata.name', tooLong(name, `set ${field}, or shorten metadata.name`));
}

/** Reports each text that is in the list for the second time. */
export function checkTwice(items: readonly string[], path: string, report: ReportField): void {
  const seen = new Set<string>();
  items.forEach((item, index) => {
    if (seen.has(item)) {
      report(`${path}.${index}`, {
        code: 'BAD_VALUE',
        message: `${item} is given twice`,
        hint: 'remove one of them',
      });
    }
    seen.add(item);
  });
}
