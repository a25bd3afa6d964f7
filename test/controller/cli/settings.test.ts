import { expect } from 'chai';
import { Command } from 'commander';
import { CliError } from '../../../controller/cli/errors.ts';
import { createProgram } from '../../../controller/cli/program.ts';
import { allowRecreateOption, settingsOf } from '../../../controller/cli/settings.ts';
import type { Settings } from '../../../controller/settings.ts';

/** The settings that a command line gives its verb, which itself is not carried out. */
async function settingsFrom(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const program = createProgram();
  let settings: Settings | undefined;
  for (const verb of program.commands)
    verb.action((...all: unknown[]) => {
      settings = settingsOf(all.at(-1) as typeof verb);
    });
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    await program.parseAsync(args, { from: 'user' });
  } finally {
    for (const name of Object.keys(env)) delete process.env[name];
    Object.assign(process.env, before);
  }
  return settings;
}

describe('the settings of a command line', () => {
  it('wait for nobody and give a bridge with STP its time, unless told', async () => {
    const settings = await settingsFrom(['operator']);
    expect(settings).to.include({ rollbackAfter: 45_000, enableNetworkd: false });
    expect(settings).to.not.have.property('confirmTimeout');
    expect(await settingsFrom(['status'])).to.deep.equal(settings);
  });

  it('take times from variables, and rather from flags', async () => {
    const env = { OSA_NET_CONFIRM_TIMEOUT: '5min', OSA_NET_ROLLBACK_AFTER: '30' };
    expect(await settingsFrom(['operator'], env)).to.include({
      confirmTimeout: 300_000,
      rollbackAfter: 30_000,
    });
    const flags = ['operator', '--confirm-timeout', '1min 30s', '--rollback-after', '1.5'];
    expect(await settingsFrom(flags, env)).to.include({ confirmTimeout: 90_000, rollbackAfter: 1_500 });
  });
});

/** Whether this command line and this value of the variable give leave to make links anew. */
function leave(args: readonly string[], value?: string): boolean {
  const before = process.env['OSA_NET_ALLOW_RECREATE'];
  if (value === undefined) delete process.env['OSA_NET_ALLOW_RECREATE'];
  else process.env['OSA_NET_ALLOW_RECREATE'] = value;
  try {
    const command = new Command().addOption(allowRecreateOption());
    command.parse(args, { from: 'user' });
    return settingsOf(command).allowRecreate;
  } finally {
    if (before === undefined) delete process.env['OSA_NET_ALLOW_RECREATE'];
    else process.env['OSA_NET_ALLOW_RECREATE'] = before;
  }
}

describe('leave to make links anew', () => {
  it('is given by the flag or by the variable, and not else', () => {
    expect(leave([])).to.equal(false);
    expect(leave(['--allow-recreate'])).to.equal(true);
    for (const yes of ['1', 'true', 'yes', 'on']) expect(leave([], yes), yes).to.equal(true);
    for (const no of ['0', 'false', 'no', 'off', '']) expect(leave([], no), no).to.equal(false);
    expect(leave(['--allow-recreate'], '0')).to.equal(true);
  });

  it('is not guessed from another value', () => {
    expect(() => leave([], 'maybe'))
      .to.throw(CliError, 'OSA_NET_ALLOW_RECREATE: "maybe" is neither 1 nor 0')
      .with.property('exitCode', 2);
  });
});
