import type { Command } from 'commander';
import { type Step, targetOf } from '../../state/step.ts';
import type { PlannedNow } from '../diff.ts';
import type { Settings } from '../settings.ts';
import { CliError, explain } from './errors.ts';
import { isDataFormat, listFormats, outputOption, print, say, serialize } from './output.ts';
import { allowRecreateOption, settingsOf } from './settings.ts';
import { terminalWidth } from './status-view.ts';
import { type Cell, formatTable } from './table.ts';
import { problemBlock } from './validate.ts';

/** diff(1)'s exit codes. */
const diffExit = { none: 0, changes: 1, error: 2 } as const;

/** `osa-net diff` */
export function addDiff(program: Command): void {
  program
    .command('diff')
    .summary("print what the operator's next pass would do")
    .description(
      "Print the plan that the operator's next pass would carry out, step by step. Changes nothing.",
    )
    .addOption(allowRecreateOption())
    .addOption(outputOption(listFormats.filter((format) => format !== 'wide')))
    .addHelpText(
      'after',
      `
Examples:
  # What would change?
  osa-net diff

  # What would other documents change on this host?
  osa-net diff --config-dir ./osa-net.d -o yaml

Exit codes:
  0  nothing would change
  1  something would
  2  it cannot be told`,
    )
    .action(async (options: { output: string }, command: Command) => {
      const planned = await planOrFail(settingsOf(command));
      for (const problem of planned.problems) process.stderr.write(`${problemBlock(problem)}\n`);
      for (const line of planned.standing) say(line);
      for (const conflict of planned.conflicts) say(conflict);
      if (planned.blocked !== '') say(`PruneBlocked: ${planned.blocked}`);
      await printSteps(planned.steps, options.output);
      process.exitCode = planned.steps.length > 0 ? diffExit.changes : diffExit.none;
    });
}

async function planOrFail(settings: Settings): Promise<PlannedNow> {
  const { planNow } = await import('../diff.ts');
  const { createLogger } = await import('../winston.ts');
  const logger = createLogger({ level: 'error', stream: process.stderr });
  try {
    return await planNow(settings, logger);
  } catch (cause) {
    throw new CliError(explain(cause), diffExit.error, { cause });
  } finally {
    await logger.close();
  }
}

async function printSteps(steps: readonly Step[], output: string): Promise<void> {
  if (isDataFormat(output)) return print(await serialize(output, steps.map(dataOf)));
  if (steps.length === 0) return say('no changes');
  const header = ['STEP', 'TARGET', 'DISRUPTION', 'OWNER', 'REASON'];
  print(formatTable(header, steps.map(row), terminalWidth()).join('\n'));
}

const styles = { none: undefined, 'link flap': 'yellow', recreate: 'red', 'service restart': 'red' } as const;

function row(step: Step): readonly Cell[] {
  const { kind, disruption, owner, reason } = step;
  return [kind, targetOf(step), { text: disruption, style: styles[disruption] }, owner ?? '-', reason];
}

/** A step without the text of its unit, which may hold a secret; the hash tells whether it is the same. */
function dataOf(step: Step): unknown {
  const { kind, owner, disruption, reason } = step;
  const base = { kind, target: targetOf(step), owner, disruption, reason };
  return step.kind === 'write-unit' ? { ...base, hash: step.unit.hash } : base;
}
