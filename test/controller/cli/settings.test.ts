import { expect } from 'chai';
import { Command } from 'commander';
import { CliError } from '../../../controller/cli/errors.ts';
import { allowRecreateOption, settingsOf } from '../../../controller/cli/settings.ts';

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
