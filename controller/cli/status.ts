import type { Command } from 'commander';
import type { StatusList } from '../../state/status.ts';
import { exitCode } from './errors.ts';
import { outputOption, print, say } from './output.ts';
import { isAlive, readPublished } from './published.ts';
import { parseSelector, type Selector } from './selector.ts';
import { settingsOf } from './settings.ts';
import { isReady } from './status-table.ts';
import { isTrouble, renderStatus, type StatusQuery, wanted, warningsOf } from './status-view.ts';

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

function codeOf(list: StatusList, selector: Selector): number {
  if (!isAlive(list.operator)) return exitCode.notRunning;
  const healthy = selector.kind !== undefined || !list.operator.conditions.some(isTrouble);
  return healthy && wanted(list, selector).every(isReady) ? exitCode.ok : exitCode.no;
}
