import { basename } from 'node:path';
import type { Command } from 'commander';
import type { History, HistoryEntry } from '../../state/history.ts';
import { ageOf, humanDuration } from './duration.ts';
import { CliError, exitCode } from './errors.ts';
import { isDataFormat, outputOption, print, type Style, say, serialize } from './output.ts';
import { generationOf } from './rollback.ts';
import { settingsOf } from './settings.ts';
import { terminalWidth } from './status-view.ts';
import { type Cell, formatTable } from './table.ts';

/** `osa-net history [GENERATION]` */
export function addHistory(program: Command): void {
  program
    .command('history')
    .summary('list the generations of the documents that were applied')
    .description('List the last 50 generations of the documents that were applied, or show one in full.')
    .argument('[GENERATION]', 'one of them')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  # What changed lately, and did it last?
  osa-net history

  # What was in generation 17?
  osa-net history 17

Exit codes:
  0  shown
  1  there is no such generation`,
    )
    .action(async (text: string | undefined, { output }: { output: string }, command: Command) => {
      const history = await readHistory(settingsOf(command).stateDir);
      if (text === undefined) return list(history, output);
      return show(history, generationOf(text), output);
    });
}

async function readHistory(stateDir: string): Promise<History> {
  const [{ readFile }, { historyPath }] = await Promise.all([
    import('node:fs/promises'),
    import('../history.ts'),
  ]);
  const path = historyPath(stateDir);
  try {
    return JSON.parse(await readFile(path, 'utf8')) as History;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { schemaVersion: 1, entries: [] };
    throw new CliError(`cannot read the history ${path}: ${(cause as Error).message}`, exitCode.no, {
      cause,
    });
  }
}

async function list({ entries }: History, output: string): Promise<void> {
  const newestFirst = [...entries].reverse();
  if (isDataFormat(output)) return print(await serialize(output, newestFirst));
  if (newestFirst.length === 0) return say('nothing has been applied yet');
  const isWide = output === 'wide';
  const header = ['GENERATION', 'AGE', 'TOOK', 'RESULT', 'CHANGES', 'WHO', ...(isWide ? ['MESSAGE'] : [])];
  const rows = newestFirst.map((entry) => row(entry, isWide));
  print(formatTable(header, rows, isWide ? undefined : terminalWidth()).join('\n'));
}

async function show({ entries }: History, generation: number, output: string): Promise<void> {
  const entry = entries.find((one) => one.generation === generation);
  if (!entry) throw new CliError(`there is no generation ${generation}; see: osa-net history`, exitCode.no);
  if (isDataFormat(output)) return print(await serialize(output, entry));
  const changes = entry.changes.map(({ key, change, file }) => [`  ${key}`, change, file]);
  const facts = [
    ['Generation:', String(entry.generation)],
    ['Started:', entry.startedAt],
    ['Took:', tookOf(entry)],
    ['Result:', entry.result],
    ...(entry.message === '' ? [] : [['Message:', entry.message]]),
    ['Who:', whoOf(entry)],
  ];
  print([...aligned(facts), 'Changes:', ...aligned(changes)].join('\n'));
}

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const [first] = rows;
  return first ? formatTable(first, rows.slice(1)) : [];
}

function styleOf(result: HistoryEntry['result']): Style {
  return result === 'confirmed' ? 'green' : result === 'revert-failed' ? 'red' : 'yellow';
}

function row(entry: HistoryEntry, isWide: boolean): readonly Cell[] {
  const { generation, endedAt, result, changes, message } = entry;
  const signs = { added: '+', changed: '~', removed: '-' } as const;
  return [
    String(generation),
    ageOf(endedAt, Date.now()),
    tookOf(entry),
    { text: result, style: styleOf(result) },
    changes.map(({ key, change }) => `${signs[change]}${key}`).join(' ') || '-',
    whoOf(entry),
    ...(isWide ? [message || '-'] : []),
  ];
}

function tookOf({ startedAt, endedAt }: HistoryEntry): string {
  return humanDuration(Date.parse(endedAt) - Date.parse(startedAt));
}

/** The files that changed, and the revision that they came with. */
function whoOf({ by, changes, revision }: HistoryEntry): string {
  const files = [...new Set(changes.map(({ file }) => basename(file)))].filter((file) => file !== '');
  const how = by === 'documents' ? [] : [`osa-net ${by}`];
  const from = revision === undefined ? [] : [`git ${revision.slice(0, 12)}`];
  return [...how, ...files, ...from].join(' ') || '-';
}
