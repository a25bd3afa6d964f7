import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { History, HistoryEntry, TrialResult } from '../../state/history.ts';
import { systemMessage } from '../system-message.ts';
import { ageOf, humanDuration } from './duration.ts';
import { CliError, exitCode } from './errors.ts';
import { isDataFormat, print, type Style, say, serialize } from './output.ts';
import { fields, section } from './status-detail.ts';
import { terminalWidth } from './status-view.ts';
import { type Cell, formatTable } from './table.ts';

/** The newest schema of the history that this program reads. */
const knownSchema = 1;

/**
 * Prints the applied generations, or one.
 * @throws CliError when the history cannot be read, or has no such generation
 */
export async function showHistory(
  stateDir: string,
  asked: number | undefined,
  output: string,
): Promise<void> {
  const entries = readHistory(stateDir);
  const entry = entries.find(({ generation }) => generation === asked);
  if (asked !== undefined && entry === undefined) throw unknown(asked, entries);
  if (isDataFormat(output)) return print(await serialize(output, entry ?? entries));
  if (entry !== undefined && output !== 'wide') return print(detail(entry).join('\n'));
  if (entries.length === 0) return say('nothing was applied yet');
  const isWide = output === 'wide';
  const shown = entry === undefined ? entries : [entry];
  const header = ['GENERATION', 'WHEN', 'DURATION', 'RESULT', 'CHANGES', 'WHO'];
  const rows = shown.map((one) => row(one, isWide, Date.now()));
  print(
    formatTable(
      isWide ? [...header, 'FILES', 'MESSAGE'] : header,
      rows,
      isWide ? undefined : terminalWidth(),
    ).join('\n'),
  );
}

function readHistory(stateDir: string): readonly HistoryEntry[] {
  const path = join(stateDir, 'history.json');
  const history = parse(path, read(path)) as Partial<History> | null;
  if ((history?.schemaVersion ?? 0) > knownSchema) throw unreadable(path, 'a later osa-net wrote it');
  if (!Array.isArray(history?.entries)) throw unreadable(path, 'it holds no history');
  return history.entries;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '{"entries":[]}';
    throw unreadable(path, systemMessage(cause), cause);
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unreadable(path, (cause as Error).message, cause);
  }
}

function unreadable(path: string, why: string, cause?: unknown): CliError {
  return new CliError(`cannot read the history ${path}: ${why}`, exitCode.no, { cause });
}

function unknown(asked: number, entries: readonly HistoryEntry[]): CliError {
  const [first, last] = [entries[0]?.generation, entries.at(-1)?.generation];
  const known = first === undefined ? 'nothing was applied yet' : `there are those from ${first} to ${last}`;
  return new CliError(`there is no generation ${asked}: ${known}`, exitCode.no);
}

const styles: Readonly<Record<TrialResult, Style>> = {
  confirmed: 'green',
  cancelled: 'yellow',
  'timed-out': 'yellow',
  interrupted: 'yellow',
  'rolled-back': 'red',
  'revert-failed': 'red',
};

function row(entry: HistoryEntry, isWide: boolean, now: number): readonly Cell[] {
  const { generation, startedAt, result, message } = entry;
  const cells = [
    String(generation),
    isWide ? startedAt : `${ageOf(startedAt, now)} ago`,
    durationOf(entry),
    { text: result, style: styles[result] },
    summaryOf(entry),
    whoOf(entry),
  ];
  return isWide ? [...cells, filesOf(entry).join(',') || '-', message || '-'] : cells;
}

function durationOf({ startedAt, endedAt }: HistoryEntry): string {
  return humanDuration(Date.parse(endedAt) - Date.parse(startedAt));
}

/** The paths of the documents, as far as anything of them changed. */
function filesOf({ changes, files }: HistoryEntry): readonly string[] {
  return [...new Set([...changes.map(({ file }) => file), ...Object.keys(files)])].sort();
}

/** `2 added, 1 changed`, or the resource where there is one. */
function summaryOf({ changes }: HistoryEntry): string {
  const [only, ...more] = changes;
  if (only !== undefined && more.length === 0) return `${only.key} ${only.change}`;
  const counts = (['added', 'changed', 'removed'] as const).map((change) => {
    const count = changes.filter((one) => one.change === change).length;
    return count === 0 ? [] : [`${count} ${change}`];
  });
  return counts.flat().join(', ') || '-';
}

/** What brought it about: how, which files, at which revision. */
function whoOf(entry: HistoryEntry): string {
  const [first, ...more] = filesOf(entry);
  const how = entry.by === 'documents' ? [] : [entry.by];
  const files = first === undefined ? [] : [`${basename(first)}${more.length > 0 ? ` +${more.length}` : ''}`];
  const revision = entry.revision === undefined ? [] : [`(${entry.revision.slice(0, 12)})`];
  return [...how, ...files, ...revision].join(' ') || '-';
}

function detail(entry: HistoryEntry): readonly string[] {
  const { generation, startedAt, endedAt, result, message, by, revision = '-', changes, files } = entry;
  const changed = changes.map(({ change, key, file }) => [change, key, file]);
  const hashed = Object.entries(files).map(([file, { before, after }]) => [
    file,
    short(before),
    short(after),
  ]);
  return [
    ...fields([
      ['Generation', String(generation)],
      ['Started', startedAt],
      ['Ended', `${endedAt} (after ${durationOf(entry)})`],
      ['Result', result],
      ['Message', message || '-'],
      ['By', by],
      ['Revision', revision],
    ]),
    ...section('Changes', ['CHANGE', 'RESOURCE', 'FILE'], changed),
    ...section('Files', ['FILE', 'BEFORE', 'AFTER'], hashed),
  ];
}

/** As much of a sha256 as tells files apart. */
function short(hash: string | undefined): string {
  return hash?.slice(0, 12) ?? '-';
}
