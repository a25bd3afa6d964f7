import type { Command } from 'commander';
import { settingsOf } from './settings.ts';
import { timeOption } from './time-option.ts';
import { pathsDescription } from './validate.ts';

/** How long a change waits for a word, ms: as `netplan try` does. */
const presetTimeout = 120_000;

/** `osa-net try [PATH…]` */
export function addTry(program: Command): void {
  program
    .command('try')
    .summary('apply documents, and take them back unless they are confirmed')
    .description(
      'Apply documents beside those of this host, and take them back unless they are confirmed in time: with Enter on ' +
        "the terminal, or with 'osa-net confirm' from anywhere. Ctrl-C takes them back at once, and so does the end of " +
        'the connection.',
    )
    .argument('[PATH...]', pathsDescription)
    .addOption(timeOption('--timeout <time>', 'how long the change waits for a word', presetTimeout))
    .addHelpText(
      'after',
      `
Examples:
  # Change the network that you are logged in through
  osa-net try ./mgmt.yaml

  # From a script, with five minutes to come back in and say 'osa-net confirm'
  osa-net try - --timeout 5min <mgmt.yaml

Exit codes:
  0  confirmed, or nothing to try
  1  it cannot be applied
  3  the operator is not running
  4  taken back by the user
  5  taken back because nobody confirmed it in time
  6  taken back because a probe failed
  7  it could not be taken back`,
    )
    .action(async (paths: string[], { timeout }: { timeout: number }, command: Command) => {
      const { tryDocuments } = await import('./trial.ts');
      process.exitCode = await tryDocuments(settingsOf(command), paths, timeout);
    });
}
