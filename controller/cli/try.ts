import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { ask, trialExit } from './ask.ts';
import { CliError, exitCode } from './errors.ts';
import { say } from './output.ts';
import { settingsOf } from './settings.ts';
import { timeOption } from './time-option.ts';
import { problemBlock } from './validate.ts';

const defaultTimeout = 120_000;

/** `osa-net try [PATH…]` */
export function addTry(program: Command): void {
  program
    .command('try')
    .summary('apply documents, and take them back unless they are confirmed in time')
    .description(
      'Apply documents and take them back unless they are confirmed in time: with Enter on a terminal, or with ' +
        "'osa-net confirm' from anywhere. Confirmed, files that were named become files of the config directory. " +
        "Without a file, what was written into the config directory while 'osa-net suspend' was in force is tried.",
    )
    .argument('[PATH...]', 'files, or directories of *.yaml and *.yml')
    .addOption(
      timeOption('--timeout', 'how long to wait for the confirmation').default(defaultTimeout, '2min'),
    )
    .addHelpText(
      'after',
      `
Examples:
  # Try a new version of a document
  osa-net try ./uplink.yaml

  # Try everything that was written meanwhile
  osa-net suspend
  vi /etc/osa-net.d/uplink.yaml
  osa-net try --timeout 5min

Exit codes:
  0  confirmed, or nothing would change
  1  it cannot be applied
  3  the operator is not running
  4  taken back by the user (osa-net cancel, Ctrl-C)
  5  taken back because nobody confirmed it in time
  6  taken back because a probe failed
  7  taken back, and what passed before it still does not pass`,
    )
    .action(async (paths: string[], { timeout }: { timeout: number }, command: Command) => {
      process.exitCode = await tryOut(settingsOf(command).runtimeDir, paths, timeout);
    });
}

async function tryOut(runtimeDir: string, paths: readonly string[], timeoutMs: number): Promise<number> {
  const documents = await documentsOf(paths);
  const stop = listenToUser(runtimeDir);
  try {
    return trialExit[await ask(runtimeDir, { verb: 'try', documents, timeoutMs })];
  } finally {
    stop();
  }
}

/** @throws CliError when a file cannot be read or has problems, which have been said then */
async function documentsOf(paths: readonly string[]): Promise<{ name: string; text: string }[]> {
  if (paths.length === 0) return [];
  const { readSources } = await import('./sources.ts');
  const { problems, texts } = await readSources(paths);
  for (const problem of problems) process.stderr.write(`${problemBlock(problem)}\n`);
  if (problems.length > 0) throw new CliError('nothing is tried', exitCode.no);
  return [...texts].map(([file, text]) => ({ name: basename(file), text }));
}

/** Enter confirms, Ctrl-C takes back; either way the answer to the trial itself tells how it ended. */
function listenToUser(runtimeDir: string): () => void {
  const send = (verb: 'confirm' | 'cancel') => {
    ask(runtimeDir, { verb }).catch((error: Error) => say(error.message));
  };
  const cancel = () => send('cancel');
  process.on('SIGINT', cancel);
  const lines = process.stdin.isTTY ? createInterface({ input: process.stdin }) : undefined;
  lines?.on('line', () => send('confirm'));
  lines?.on('SIGINT', cancel);
  if (lines) say('press Enter to keep the change, Ctrl-C to take it back');
  return () => {
    process.off('SIGINT', cancel);
    lines?.close();
  };
}
