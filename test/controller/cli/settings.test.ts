import { expect } from 'chai';
import { createProgram } from '../../../controller/cli/program.ts';
import { settingsOf } from '../../../controller/cli/settings.ts';
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
    expect(settings).to.include({ rollbackAfterMs: 45_000, enableNetworkd: false });
    expect(settings).to.not.have.property('confirmTimeoutMs');
    expect(await settingsFrom(['status'])).to.deep.equal(settings);
  });

  it('take times from variables, and rather from flags', async () => {
    const env = { OSA_NET_CONFIRM_TIMEOUT: '5min', OSA_NET_ROLLBACK_AFTER: '30' };
    expect(await settingsFrom(['operator'], env)).to.include({
      confirmTimeoutMs: 300_000,
      rollbackAfterMs: 30_000,
    });
    const flags = ['operator', '--confirm-timeout', '1min 30s', '--rollback-after', '1.5'];
    expect(await settingsFrom(flags, env)).to.include({ confirmTimeoutMs: 90_000, rollbackAfterMs: 1_500 });
  });
});
