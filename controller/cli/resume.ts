import type { Command } from 'commander';
import { parseResource } from './selector.ts';
import { settingsOf } from './settings.ts';

/** `osa-net resume [KIND/NAME…]` */
export function addResume(program: Command): void {
  program
    .command('resume')
    .summary('go on with resources that are suspended, held or rolled back')
    .description(
      'Go on with suspended resources, or with everything. Ends the hold of osa-net rollback too, and lets the ' +
        'operator try resources again that it has rolled back.',
    )
    .argument('[KIND/NAME...]', 'resources; kinds in any case or short (default: everything)')
    .addHelpText(
      'after',
      `
Examples:
  # Go on with everything
  osa-net resume

  # Try a change again that was rolled back, now that its switch port is up
  osa-net resume MacvlanIntegration/mgmt

Exit codes:
  0  done
  1  there is no such resource
  3  the operator is not running`,
    )
    .action(async (names: string[], _options: unknown, command: Command) => {
      const resources = names.map(parseResource);
      const { ask } = await import('./ask.ts');
      process.exitCode = await ask(settingsOf(command).runtimeDir, { verb: 'resume', resources });
    });
}
