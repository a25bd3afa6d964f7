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

/** What `osa-net operator` takes beside them, ms. */
interface OperatorTimes {
  readonly confirmTimeout?: number;
  readonly rollbackAfter?: number;
}

/** The settings that a command line asks for. */
export function settingsOf(command: Command): Settings {
  const given = command.optsWithGlobals<Partial<Settings> & OperatorTimes>();
  const { confirmTimeout: confirmTimeoutMs, rollbackAfter: rollbackAfterMs } = given;
  const { configDir, unitDir, stateDir, runtimeDir, enableNetworkd } = { ...defaultSettings, ...given };
  return {
    configDir,
    unitDir,
    stateDir,
    runtimeDir,
    enableNetworkd,
    rollbackAfterMs: rollbackAfterMs ?? defaultSettings.rollbackAfterMs,
    ...(confirmTimeoutMs !== undefined && { confirmTimeoutMs }),
  };
}

function directory(value: string): string {
  if (value === '') throw new InvalidArgumentError('It is empty.');
  return resolve(value);
}
