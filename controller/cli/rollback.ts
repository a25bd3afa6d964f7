import type { Command } from 'commander';
import { ask, trialExit } from './ask.ts';
import { usageError } from './errors.ts';
import { settingsOf } from './settings.ts';

/** `osa-net rollback [GENERATION]` */
export function addRollback(program: Command): void {
  program
    .command('rollback')
    .summary('go back to an earlier generation of the documents')
    .description(
      "Put an earlier generation in force, and hold the host on it until the documents change or 'osa-net resume' is given.",
    )
    .argument('[GENERATION]', "a number that 'osa-net history' lists (default: the one before the current)")
    .addHelpText(
      'after',
      `
Examples:
  # Undo the last change
  osa-net rollback

  # Go back further
  osa-net history
  osa-net rollback 17

Exit codes:
  0  the host is held on that generation
  1  there is no such generation
  3  the operator is not running
  6  it was taken back itself by a probe
  7  that failed too`,
    )
    .action(async (text: string | undefined, _options: unknown, command: Command) => {
      const generation = text === undefined ? undefined : generationOf(text);
      const request = { verb: 'rollback', ...(generation && { generation }) } as const;
      process.exitCode = trialExit[await ask(settingsOf(command).runtimeDir, request)];
    });
}

/** @throws CliError (usage) when it is no generation */
export function generationOf(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw usageError(`'${text}' is no generation; see: osa-net history`);
  return Number(text);
}
