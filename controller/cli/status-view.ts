import { holdMessage } from '../../state/generations.ts';
import type { Condition, OperatorStatus, StatusItem, StatusList } from '../../state/status.ts';
import { CliError, exitCode } from './errors.ts';
import { isDataFormat, serialize } from './output.ts';
import { isAlive } from './published.ts';
import { notFound, type Selector, select } from './selector.ts';
import { statusDetail } from './status-detail.ts';
import { statusTable } from './status-table.ts';

/** What of the published status is wanted, and how. */
export interface StatusQuery {
  readonly selector: Selector;
  readonly output: string;
  readonly runtimeDir: string;
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
    ...trialOf(operator),
    ...operator.conditions.filter(isTrouble).map(({ reason, message }) => `${reason}: ${message}`),
    ...(list.items.length === 0 ? ['no resources'] : []),
  ];
}

/** What may change by itself, or does not although documents do. */
function trialOf({ trial, heldOn }: OperatorStatus): readonly string[] {
  const held = heldOn === undefined ? [] : [holdMessage(heldOn)];
  if (!trial) return held;
  const { generation, phase, confirmBy, failure } = trial;
  if (phase === 'reverting') return [`generation ${generation} is being taken back: ${failure}`, ...held];
  const end = confirmBy === undefined ? '' : `; taken back at ${confirmBy} unless 'osa-net confirm' is given`;
  return [`generation ${generation} is on trial${end}`, ...held];
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

/** Whether a condition of the operator speaks of trouble. */
export function isTrouble({ type, status }: Condition): boolean {
  const good = type === 'Reconciling' || type === 'Stalled' ? 'False' : 'True';
  return status !== good;
}
