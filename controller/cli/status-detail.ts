import type { StatusItem } from '../../state/status.ts';
import { ageOf } from './duration.ts';
import { clean } from './output.ts';
import { isLinkReady, styleOfStatus, untilText } from './status-table.ts';
import { type Cell, formatTable } from './table.ts';

/** One resource in full, as `kubectl describe` does it. */
export function statusDetail(item: StatusItem, now: number): string[] {
  const { metadata, status, kind } = item;
  return [
    ...fields([
      ['Kind', kind],
      ['Name', metadata.name],
      ['Source', metadata.source],
      ['Age', `${ageOf(metadata.creationTimestamp, now)} (since ${metadata.creationTimestamp})`],
      ['Generation', `${metadata.generation} (observed ${status.observedGeneration})`],
      ...retryFields(item, now),
    ]),
    ...section('Conditions', ['TYPE', 'STATUS', 'REASON', 'AGE', 'MESSAGE'], conditionRows(item, now)),
    ...section('Links', ['NAME', 'OPERATIONAL', 'SETUP', 'DIFFERENCES'], linkRows(item)),
    ...section(
      'Units',
      ['NAME'],
      status.units.map((unit) => [unit]),
    ),
    ...(status.warnings ? ['Warnings:', ...status.warnings.map((one) => clean(`  ${one}`))] : []),
  ];
}

/** `Name:        value` lines. */
export function fields(pairs: readonly (readonly [string, string])[]): string[] {
  return pairs.map(([name, value]) => clean(`${`${name}:`.padEnd(13)}${value}`));
}

function retryFields({ status: { retry } }: StatusItem, now: number): readonly (readonly [string, string])[] {
  if (!retry) return [];
  const failures = retry.attempts === 1 ? '1 try has failed' : `${retry.attempts} tries have failed`;
  return [['Next retry', `${untilText(retry.nextAt, now)} (${failures})`]];
}

/** A table under its title, indented. */
export function section(
  title: string,
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
): string[] {
  if (rows.length === 0) return [`${title}:`.padEnd(13).concat('<none>')];
  return [`${title}:`, ...formatTable(header, rows).map((line) => `  ${line}`)];
}

function conditionRows({ status }: StatusItem, now: number): readonly (readonly Cell[])[] {
  return status.conditions.map(({ type, status: state, reason, lastTransitionTime, message }) => {
    const good = type === 'Reconciling' || type === 'Stalled' ? 'False' : 'True';
    return [
      type,
      { text: state, style: styleOfStatus(state, good) },
      reason,
      ageOf(lastTransitionTime, now),
      message,
    ];
  });
}

function linkRows({ status }: StatusItem): readonly (readonly Cell[])[] {
  return status.links.map((link) => {
    const style = isLinkReady(link) ? 'green' : 'red';
    return [link.name, { text: link.operational, style }, link.setup, link.differences.join('; ') || '-'];
  });
}
