import type { Command } from 'commander';
import { parseResource } from './selector.ts';
import { settingsOf } from './settings.ts';

/** `osa-net suspend [KIND/NAME…]` */
export function addSuspend(program: Command): void {
  program
    .command('suspend')
    .summary('leave resources alone until they are resumed')
    .description(
      "Change nothing of these resources, or of any, until 'osa-net resume'. Their conditions are still shown, and " +
        'a restart of the operator does not end it.',
    )
    .argument('[KIND/NAME...]', 'resources; kinds in any case or short (default: everything)')
    .addHelpText(
      'after',
      `
Examples:
  # Mend a bridge by hand, in peace
  osa-net suspend ContainerBridge/container

  # Leave the whole host alone
  osa-net suspend

Exit codes:
  0  done
  1  there is no such resource
  3  the operator is not running`,
    )
    .action(async (names: string[], _options: unknown, command: Command) => {
      const resources = names.map(parseResource);
      const { ask } = await import('./ask.ts');
      process.exitCode = await ask(settingsOf(command).runtimeDir, { verb: 'suspend', resources });
    });
}
