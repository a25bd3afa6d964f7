import { Command } from 'commander';
import { version } from '../version.ts';
import { addCancel } from './cancel.ts';
import { addConfirm } from './confirm.ts';
import { addDiff } from './diff.ts';
import { addExplain } from './explain.ts';
import { addGet } from './get.ts';
import { addHistory } from './history.ts';
import { addOperator } from './operator.ts';
import { addPrune } from './prune.ts';
import { addRender } from './render.ts';
import { addResume } from './resume.ts';
import { addRollback } from './rollback.ts';
import { directoryOptions } from './settings.ts';
import { addStatus } from './status.ts';
import { addSuspend } from './suspend.ts';
import { addTry } from './try.ts';
import { addValidate } from './validate.ts';
import { addVersion } from './version.ts';

/** In the order of the help. */
const verbs = [
  addStatus,
  addGet,
  addValidate,
  addRender,
  addExplain,
  addDiff,
  addTry,
  addConfirm,
  addCancel,
  addHistory,
  addRollback,
  addSuspend,
  addResume,
  addPrune,
  addOperator,
  addVersion,
] as const;

/** The whole command line. Usage errors are thrown (CommanderError) after their message has been written. */
export function createProgram(): Command {
  const program = new Command('osa-net')
    .description('Keeps the network of a systemd-networkd host as its operator wrote it down.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [verb]', 'print the help of a verb')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (command) => command.name() })
    .configureOutput({ outputError: (message, write) => write(message.replace(/^error: /, 'osa-net: ')) })
    .usage('[options] <verb>');
  for (const option of directoryOptions()) program.addOption(option);
  for (const add of verbs) add(program);
  for (const command of [program, ...program.commands]) command.showHelpAfterError(seeHelp(command));
  program.addHelpText(
    'after',
    `
Examples:
  # What is the matter with the network of this host?
  osa-net status

  # What would the documents of this directory make of a host?
  osa-net render ./osa-net.d

  # Change the network that you are logged in through: it comes back unless you confirm
  osa-net try ./mgmt.yaml

Use 'osa-net <verb> --help' for more about a verb.`,
  );
  return program;
}

function seeHelp(command: Command): string {
  const name = command.parent === null ? command.name() : `${command.parent.name()} ${command.name()}`;
  return `See '${name} --help'.`;
}
