import type { Command } from 'commander';
import type { ResourceKey } from '../../crds/resource.ts';
import { ask, trialExit } from './ask.ts';
import { usageError } from './errors.ts';
import { parseSelector } from './selector.ts';
import { settingsOf } from './settings.ts';

/** `osa-net suspend [KIND/NAME…]` */
export function addSuspend(program: Command): void {
  addVerb(program, 'suspend')
    .summary('change nothing of some resources, or of all, until they are resumed')
    .description(
      'Leave resources as they are, whatever their documents say, until they are resumed; all of them when none is named.',
    )
    .addHelpText(
      'after',
      `
Examples:
  # Nothing changes while the documents are rewritten; then all of it is tried
  osa-net suspend
  osa-net try

  # One resource is left alone
  osa-net suspend ContainerBridge/container

${exitCodes}`,
    );
}

/** `osa-net resume [KIND/NAME…]` */
export function addResume(program: Command): void {
  addVerb(program, 'resume')
    .summary('go on with what was suspended, held or taken back')
    .description(
      "Go on with resources that were suspended, and try those again whose change was taken back. When none is named, everything goes on, also after 'osa-net rollback'.",
    )
    .addHelpText(
      'after',
      `
Examples:
  # Everything goes on as the documents say
  osa-net resume

  # Try a document again that was taken back
  osa-net resume ContainerBridge/container

${exitCodes}`,
    );
}

const exitCodes = `Exit codes:
  0  done
  1  there is no such resource, or it is not suspended
  3  the operator is not running`;

function addVerb(program: Command, verb: 'suspend' | 'resume'): Command {
  return program
    .command(verb)
    .argument('[KIND/NAME...]', 'resources; kinds in any case, plural or short')
    .action(async (names: string[], _options: unknown, command: Command) => {
      const request = { verb, resources: names.map(keyOf) };
      process.exitCode = trialExit[await ask(settingsOf(command).runtimeDir, request)];
    });
}

function keyOf(text: string): ResourceKey {
  const { kind, name } = parseSelector(text);
  if (kind === undefined || kind === 'File' || name === undefined) {
    throw usageError(`'${text}' is no resource; name it as KIND/NAME`);
  }
  return `${kind}/${name}`;
}
