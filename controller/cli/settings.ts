import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { defaultSettings, type Settings } from '../settings.ts';
import { usageError } from './errors.ts';

type Directory = 'configDir' | 'unitDir' | 'stateDir' | 'runtimeDir';

/** The directories that every verb takes; each has a flag, then a variable, then a default. */
const directories: readonly { name: Directory; flag: string; variable: string; what: string }[] = [
  { name: 'configDir', flag: '--config-dir', variable: 'OSA_NET_CONFIG_DIR', what: 'the documents' },
  { name: 'unitDir', flag: '--unit-dir', variable: 'OSA_NET_UNIT_DIR', what: "systemd-networkd's units" },
  {
    name: 'stateDir',
    flag: '--state-dir',
    variable: 'OSA_NET_STATE_DIR',
    what: 'the inventory and last good documents',
  },
  {
    name: 'runtimeDir',
    flag: '--runtime-dir',
    variable: 'OSA_NET_RUNTIME_DIR',
    what: 'the published status',
  },
];

/** The options that set the directories. */
export function directoryOptions(): readonly Option[] {
  return directories.map(({ name, flag, variable, what }) =>
    new Option(`${flag} <dir>`, `directory of ${what}`)
      .env(variable)
      .default(defaultSettings[name])
      .argParser(directory),
  );
}

const allowRecreateVariable = 'OSA_NET_ALLOW_RECREATE';

/** Leave for all documents; one gives it for its own links by the annotation `osa-net.dev/recreate: allowed`. */
export function allowRecreateOption(): Option {
  const what = 'make links anew where nothing else helps, although others use them';
  return new Option('--allow-recreate', `${what} (env: ${allowRecreateVariable})`);
}

/** The settings that a command line asks for. @throws CliError (usage) for a variable that is neither yes nor no */
export function settingsOf(command: Command): Settings {
  const given = command.optsWithGlobals<Partial<Settings>>();
  const allowRecreate = switchIn(allowRecreateVariable) ?? defaultSettings.allowRecreate;
  const merged = { ...defaultSettings, allowRecreate, ...given };
  const { configDir, unitDir, stateDir, runtimeDir, enableNetworkd, rollbackAfter, confirmTimeout } = merged;
  return {
    configDir,
    unitDir,
    stateDir,
    runtimeDir,
    enableNetworkd,
    allowRecreate: merged.allowRecreate,
    rollbackAfter,
    ...(confirmTimeout !== undefined && { confirmTimeout }),
  };
}

/** What a variable says; commander would take any value of it for yes, `0` too. Undefined where it is not set. */
function switchIn(variable: string): boolean | undefined {
  const value = process.env[variable] ?? '';
  if (value === '') return undefined;
  if (['1', 'true', 'yes', 'on'].includes(value)) return true;
  if (['0', 'false', 'no', 'off'].includes(value)) return false;
  throw usageError(`cannot read ${variable}: ${JSON.stringify(value)} is neither 1 nor 0`);
}

function directory(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return resolve(value);
}
