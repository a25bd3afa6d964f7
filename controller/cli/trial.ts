import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { askOperator, type ControlRequest } from '../control.ts';
import type { Settings } from '../settings.ts';
import { ask } from './ask.ts';
import { humanDuration } from './duration.ts';
import { CliError, exitCode, explain, usageError } from './errors.ts';
import { say } from './output.ts';
import { checkSources, readSources, type Sources } from './sources.ts';
import { systemdOf } from './systemd-option.ts';
import { problemBlock, summaryOf } from './validate.ts';

type Documents = Extract<ControlRequest, { verb: 'try' }>['documents'];

/**
 * Has the operator try documents, those of the directory when none are given, and waits for what becomes of them.
 * @returns the exit code
 */
export async function tryDocuments(
  { configDir, runtimeDir }: Settings,
  paths: readonly string[],
  timeoutMs: number,
): Promise<number> {
  const sources = await validSources(paths.length > 0 ? paths : [configDir]);
  const documents = paths.length > 0 ? documentsOf(sources) : [];
  const hasTerminal = process.stdin.isTTY && !paths.includes('-');
  const ears = listen(runtimeDir, hasTerminal);
  try {
    say(`the change is taken back unless it is confirmed within ${humanDuration(timeoutMs)}`);
    say(
      hasTerminal
        ? 'Enter keeps it, Ctrl-C takes it back'
        : 'keep it with: osa-net confirm; take it back with: osa-net cancel',
    );
    return await ask(runtimeDir, { verb: 'try', documents, timeoutMs });
  } finally {
    ears.close();
  }
}

async function validSources(paths: readonly string[]): Promise<Sources> {
  const sources = await readSources(paths);
  const checked = checkSources(sources, await systemdOf(undefined));
  if (checked.problems.length === 0) return sources;
  process.stderr.write(`${checked.problems.map(problemBlock).join('\n')}\n`);
  throw new CliError(`nothing tried: ${summaryOf(checked)}`, exitCode.no);
}

/** Documents under the names that they would have in the directory. */
function documentsOf(sources: Sources): Documents {
  // To the operator none would mean those of the directory.
  if (sources.size === 0) throw new CliError('nothing tried: there are no documents', exitCode.no);
  const byName = new Map<string, string>();
  const texts = [...sources].flatMap(([file, reading]) => {
    if (!reading.ok) return [];
    const name = basename(file);
    const other = byName.get(name);
    if (other !== undefined) throw usageError(`${other} and ${file} have the same name`);
    if (!/^[^.].*\.ya?ml$/s.test(name)) throw usageError(`${file} is named neither *.yaml nor *.yml`);
    byName.set(name, file);
    return [{ name, text: Buffer.from(reading.bytes).toString() }];
  });
  return texts;
}

/**
 * Waits for the user's word: an empty line on the terminal keeps the change; Ctrl-C and SIGTERM take it back, a second
 * one does not even wait for that. Hanging up ends this program, which the operator sees.
 */
function listen(runtimeDir: string, hasTerminal: boolean): { close(): void } {
  const cancel = (): void => {
    say('taking it back');
    pass(runtimeDir, 'cancel');
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, cancel);
  const lines = hasTerminal ? createInterface({ input: process.stdin }) : undefined;
  lines?.on('line', (line) => {
    if (line === '') pass(runtimeDir, 'confirm');
    else say('Enter alone keeps the change, Ctrl-C takes it back');
  });
  return {
    close() {
      lines?.close();
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.removeListener(name, cancel);
    },
  };
}

/** How the trial itself ends is told where it was asked for; here only that the word did not count. */
function pass(runtimeDir: string, verb: 'confirm' | 'cancel'): void {
  askOperator(runtimeDir, { verb }, () => undefined).then(
    ({ outcome, message }) => {
      if (outcome === 'refused' || outcome === 'unchanged') say(message);
    },
    (error: unknown) => say(explain(error)),
  );
}
