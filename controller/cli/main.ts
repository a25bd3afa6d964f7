import { CommanderError } from 'commander';
import { CliError, exitCode, explain } from './errors.ts';
import { clean } from './output.ts';
import { createProgram } from './program.ts';

/** `osa-net`: what runs when the program is called. */
async function main(): Promise<void> {
  // the reader of `osa-net status | head` has seen enough
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    fail(error);
  });
  // a message that nobody can read is no reason to stop
  process.stderr.on('error', () => undefined);
  process.on('uncaughtException', fail);
  await createProgram().parseAsync();
}

function fail(error: unknown): never {
  process.stderr.write(`osa-net: ${clean(explain(error))}\n`);
  process.exit(codeOf(error));
}

function codeOf(error: unknown): number {
  return error instanceof CliError ? error.exitCode : exitCode.no;
}

main().catch((error: unknown) => {
  // commander has already written its message
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  else fail(error);
});
