import { type Command, InvalidArgumentError } from 'commander';
import { exitCode } from './errors.ts';
import { settingsOf } from './settings.ts';

/** `osa-net rollback [GENERATION]` */
export function addRollback(program: Command): void {
  program
    .command('rollback')
    .summary('go back to a generation and stay there')
    .description(
      'Put the host back to an applied generation of the documents and hold it there, whatever the directory says, ' +
        "until the documents change or 'osa-net resume'.",
    )
    .argument(
      '[GENERATION]',
      "number from 'osa-net history' (default: the one before the current)",
      generation,
    )
    .addHelpText(
      'after',
      `
Examples:
  # Undo the last change
  osa-net rollback

  # Go back to what was right yesterday
  osa-net history
  osa-net rollback 41

Exit codes:
  0  the host is on that generation
  1  there is no such generation, or a probe failed and it was taken back
  3  the operator is not running
  7  it was to be taken back, and could not be`,
    )
    .action(async (asked: number | undefined, _options: unknown, command: Command) => {
      const { ask } = await import('./ask.ts');
      const { runtimeDir } = settingsOf(command);
      const request = { verb: 'rollback', ...(asked !== undefined && { generation: asked }) } as const;
      const { no } = exitCode;
      process.exitCode = await ask(runtimeDir, request, {
        'probe-failed': no,
        'timed-out': no,
        cancelled: no,
      });
    });
}

/** The number of a generation. */
export function generation(value: string): number {
  if (/^[1-9]\d{0,14}$/.test(value)) return Number(value);
  throw new InvalidArgumentError("It is the number of a generation, from 'osa-net history'.");
}
