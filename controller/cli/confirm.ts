import type { Command } from 'commander';
import { ask, trialExit } from './ask.ts';
import { settingsOf } from './settings.ts';

/** `osa-net confirm` */
export function addConfirm(program: Command): void {
  program
    .command('confirm')
    .summary('keep the change that waits for it')
    .description("Keep the change that 'osa-net try', or an operator with --confirm-timeout, has applied.")
    .addHelpText(
      'after',
      `
Exit codes:
  0  it is kept
  1  nothing waits for a confirmation
  3  the operator is not running
  6  it was taken back by a probe meanwhile`,
    )
    .action(async (_options: unknown, command: Command) => {
      const outcome = await ask(settingsOf(command).runtimeDir, { verb: 'confirm' });
      process.exitCode = trialExit[outcome];
    });
}

/** `osa-net cancel` */
export function addCancel(program: Command): void {
  program
    .command('cancel')
    .summary('take back the change that is on trial, now')
    .description(
      'Take back the change that is on trial, and wait until what was before it is in force again.',
    )
    .addHelpText(
      'after',
      `
Exit codes:
  0  it is taken back
  1  nothing is on trial
  3  the operator is not running
  7  it is taken back, and what passed before it still does not pass`,
    )
    .action(async (_options: unknown, command: Command) => {
      const outcome = await ask(settingsOf(command).runtimeDir, { verb: 'cancel' });
      process.exitCode = outcome === 'cancelled' ? 0 : trialExit[outcome];
    });
}
