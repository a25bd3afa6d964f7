import type { Command } from 'commander';
import { exitCode } from './errors.ts';
import { settingsOf } from './settings.ts';

/** `osa-net cancel` */
export function addCancel(program: Command): void {
  program
    .command('cancel')
    .summary('take the change back that waits for a word')
    .description('Take the change back that waits for a word, now, and wait until the host is as it was.')
    .addHelpText(
      'after',
      `
Examples:
  # Do not wait for the timeout
  osa-net cancel

Exit codes:
  0  it is taken back
  1  nothing waits
  3  the operator is not running
  7  it could not be taken back`,
    )
    .action(async (_options: unknown, command: Command) => {
      const { ask } = await import('./ask.ts');
      const { runtimeDir } = settingsOf(command);
      const own = { cancelled: exitCode.ok, unchanged: exitCode.no };
      process.exitCode = await ask(runtimeDir, { verb: 'cancel' }, own);
    });
}
