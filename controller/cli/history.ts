import type { Command } from 'commander';
import { outputOption } from './output.ts';
import { generation } from './rollback.ts';
import { settingsOf } from './settings.ts';

/** `osa-net history [GENERATION]` */
export function addHistory(program: Command): void {
  program
    .command('history')
    .summary('list what was applied, when and with what result')
    .description('List the last 50 generations of the documents that were applied, or show one in full.')
    .argument('[GENERATION]', 'number of a generation', generation)
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  # What was changed, and did it hold?
  osa-net history

  # What exactly was changed?
  osa-net history 42

Exit codes:
  0  shown, or nothing was applied yet
  1  there is no such generation, or the history cannot be read`,
    )
    .action(async (asked: number | undefined, { output }: { output: string }, command: Command) => {
      const { showHistory } = await import('./history-view.ts');
      await showHistory(settingsOf(command).stateDir, asked, output);
    });
}
