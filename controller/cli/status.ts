import type { Command } from 'commander';
import type { Condition, StatusItem, StatusList } from '../../state/status.ts';
import { CliError, exitCode } from './errors.ts';
import { isDataFormat, outputOption, print, say, serialize } from './output.ts';
import { isAlive, readPublished } from './published.ts';
import { notFound, parseSelector, type Selector, select } from './selector.ts';
import { settingsOf } from './settings.ts';
import { statusDetail } from './status-detail.ts';
import { isReady, statusTable } from './status-table.ts';

/** What of the published status is wanted, and how. */
export interface StatusQuery {
  readonly selector: Selector;
  readonly output: string;
  readonly runtimeDir: string;
}

interface StatusOptions {
  readonly output: string;
  readonly watch?: boolean;
}

/** `osa-net status [KIND/NAME]` */
export function addStatus(program: Command): void {
  program
    .command('status')
    .summary('show the condition of every resource')
    .description(
      'Show the condition of every resource, of one kind, or of one resource in full, as the operator last published it.',
    )
    .argument(
      '[KIND/NAME]',
      'a resource, or a kind; kinds in any case, plural or short (cb, mi, lp, res, nd, net, lk)',
    )
    .addOption(outputOption())
    .option('-w, --watch', 'after listing, go on and show changes as they come')
    .addHelpText(
      'after',
      `
Examples:
  # List every resource
  osa-net status

  # One resource with its conditions, links and units
  osa-net status ContainerBridge/container

  # Watch the macvlan integrations converge
  osa-net status macvlanintegrations --watch

Exit codes:
  0  all of them are Ready
  1  some are not, or there is no such resource
  3  the operator is not running`,
    )
    .action(async (target: string | undefined, options: StatusOptions, command: Command) => {
      const { runtimeDir } = settingsOf(command);
      const query = { selector: parseSelector(target), output: options.output, runtimeDir };
      if (options.watch === true) await (await import('./watch.ts')).watchStatus(query);
      else process.exitCode = await showStatus(query);
    });
}

/**
 * Prints the status once.
 * @returns the exit code
 * @throws CliError when there is no status, or no such resource
 */
export async function showStatus(query: StatusQuery): Promise<number> {
  const list = readPublished(query.runtimeDir);
  print(await renderStatus(list, query, Date.now()));
  for (const warning of warningsOf(list)) say(warning);
  return codeOf(list, query.selector);
}

/** The status as the query wants it. */
export async function renderStatus(list: StatusList, query: StatusQuery, now: number): Promise<string> {
  const items = wanted(list, query.selector);
  const [only] = items;
  const single = query.selector.name !== undefined && only !== undefined;
  if (isDataFormat(query.output)) return serialize(query.output, single ? only : { ...list, items });
  if (items.length === 0) return '';
  const options = { wide: query.output === 'wide', width: terminalWidth(), now };
  const lines = single && !options.wide ? statusDetail(only, now) : statusTable(items, options);
  return `${lines.join('\n')}\n`;
}

/** What the operator's host must know beside the resources. */
export function warningsOf(list: StatusList): readonly string[] {
  const { operator } = list;
  const { networkd, pid, lastPassAt } = operator;
  const gone = `the operator (process ${pid}) is gone; this is the status of ${lastPassAt}; start it with: systemctl start osa-net`;
  return [
    ...(isAlive(operator) ? [] : [gone]),
    ...(networkd.state === 'unavailable' ? [`systemd-networkd is unavailable: ${networkd.message}`] : []),
    ...operator.conditions.filter(isTrouble).map(({ reason, message }) => `${reason}: ${message}`),
    ...(list.items.length === 0 ? ['no resources'] : []),
  ];
}

/** Columns to which lines are cut; a pipe gets them whole. */
export function terminalWidth(): number | undefined {
  return process.stdout.isTTY ? process.stdout.columns : undefined;
}

/** The items that the query means. @throws CliError when it names one that does not exist */
export function wanted(list: StatusList, selector: Selector): readonly StatusItem[] {
  const items = select(list.items, selector);
  if (items.length > 0 || selector.name === undefined) return items;
  throw new CliError(
    notFound(list.items, selector),
    isAlive(list.operator) ? exitCode.no : exitCode.notRunning,
  );
}

function codeOf(list: StatusList, selector: Selector): number {
  if (!isAlive(list.operator)) return exitCode.notRunning;
  const healthy = selector.kind !== undefined || !list.operator.conditions.some(isTrouble);
  return healthy && wanted(list, selector).every(isReady) ? exitCode.ok : exitCode.no;
}

function isTrouble({ type, status }: Condition): boolean {
  const good = type === 'Reconciling' || type === 'Stalled' ? 'False' : 'True';
  return status !== good;
}
