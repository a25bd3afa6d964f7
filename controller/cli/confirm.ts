import type { Command } from 'commander';
import { exitCode } from './errors.ts';
import { settingsOf } from './settings.ts';

/** `osa-net confirm` */
export function addConfirm(program: Command): void {
  program
    .command('confirm')
    .summary('keep the change that waits for it')
    .description(
      "Keep the change that waits for a word: that of 'osa-net try', or that of an operator with --confirm-timeout.",
    )
    .addHelpText(
      'after',
      `
Examples:
  # Still logged in? Keep it
  osa-net confirm

Exit codes:
  0  it is kept
  1  nothing waits
  3  the operator is not running`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { ask } = await import('./ask.ts');
      const { runtimeDir } = settingsOf(command);
      process.exitCode = await ask(runtimeDir, { verb: 'confirm' }, { unchanged: exitCode.no });
    });
}
