import { conditionOf, type LinkStatus, type StatusItem } from '../../state/status.ts';
import { ageOf, humanDuration } from './duration.ts';
import type { Style } from './output.ts';
import { type Cell, formatTable } from './table.ts';

const header = ['KIND', 'NAME', 'READY', 'REASON', 'LINKS', 'AGE'] as const;
const wideHeader = ['LINK STATES', 'UNITS', 'RETRY', 'SOURCE'] as const;

/** How the table is made. */
export interface TableOptions {
  readonly wide: boolean;
  /** Columns of the terminal; absent: messages are never cut. */
  readonly width?: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Items as lines, the header first. */
export function statusTable(items: readonly StatusItem[], options: TableOptions): string[] {
  const columns = [...header, ...(options.wide ? wideHeader : []), 'MESSAGE'];
  return formatTable(
    columns,
    items.map((item) => row(item, options)),
    options.width,
  );
}

/** What of an item makes its row new; the clock is not in it. */
export function rowIdentity(item: StatusItem): string {
  return JSON.stringify([item.kind, item.metadata.name, item.status, item.metadata.generation]);
}

export function isReady({ status }: StatusItem): boolean {
  return conditionOf(status, 'Ready')?.status === 'True';
}

/** The colour of a condition's status. */
export function styleOfStatus(status: string, good = 'True'): Style {
  if (status === 'Unknown') return 'yellow';
  return status === good ? 'green' : 'red';
}

/** `in 12s`, or `now` where the time has come. */
export function untilText(time: string, now: number): string {
  const left = Date.parse(time) - now;
  return left <= 0 ? 'now' : `in ${humanDuration(left)}`;
}

/** Whether a link is as its resource wants it. */
export function isLinkReady({ operational, setup, differences }: LinkStatus): boolean {
  return differences.length === 0 && operational !== 'missing' && setup !== 'failed';
}

function row(item: StatusItem, { wide, now }: TableOptions): readonly Cell[] {
  const { metadata, status, kind } = item;
  const condition = conditionOf(status, 'Ready');
  const ready = condition?.status ?? 'Unknown';
  const links = `${status.links.filter(isLinkReady).length}/${status.links.length}`;
  const age = ageOf(metadata.creationTimestamp, now);
  const more = wide ? wideCells(item, now) : [];
  const message = condition?.message ?? '';
  const state = { text: ready, style: styleOfStatus(ready) };
  return [kind, metadata.name, state, condition?.reason ?? '-', links, age, ...more, message];
}

function wideCells({ status, metadata }: StatusItem, now: number): readonly Cell[] {
  const links = status.links.map(({ name, operational, setup }) => `${name}=${operational}/${setup}`);
  const retry = status.retry ? `${untilText(status.retry.nextAt, now)} (${status.retry.attempts})` : '-';
  return [links.join(',') || '-', status.units.join(',') || '-', retry, metadata.source];
}
