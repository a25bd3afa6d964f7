import type { Command } from 'commander';
import type { ResourceKey } from '../../crds/resource.ts';
import type { Inventory } from '../../state/inventory.ts';
import type { Settings } from '../settings.ts';
import { CliError, exitCode } from './errors.ts';
import { print, say } from './output.ts';
import { isAlive, readPublished } from './published.ts';
import { settingsOf } from './settings.ts';
import { formatTable } from './table.ts';

/** `osa-net prune` */
export function addPrune(program: Command): void {
  program
    .command('prune')
    .summary('list what a blocked prune would delete, or let it')
    .description(
      'When more than half of the documents vanish at once, the operator keeps their links and says PruneBlocked. ' +
        'List what would be deleted, or let it be deleted.',
    )
    .option('--yes', 'let the operator delete what is listed')
    .addHelpText(
      'after',
      `
Examples:
  # What is held back?
  osa-net prune

  # Let it go
  osa-net prune --yes

Exit codes:
  0  nothing is held back, or it may be deleted now
  1  something is held back`,
    )
    .action(async (options: { yes?: boolean }, command: Command) => {
      process.exitCode = await prune(settingsOf(command), options.yes === true);
    });
}

async function prune(settings: Settings, yes: boolean): Promise<number> {
  const { heldBack } = await import('../held-back.ts');
  const { createLogger } = await import('../winston.ts');
  const logger = createLogger({ level: 'warn', stream: process.stderr });
  const { held, trouble, inventory } = await heldBack(settings, logger);
  if (trouble !== '') {
    const how = 'bring it back, or make it empty (mkdir) if all documents are meant to go';
    throw new CliError(`cannot tell which documents are meant to go: ${trouble}; ${how}`, exitCode.no);
  }
  if (held.length === 0) {
    say('nothing is held back');
    return exitCode.ok;
  }
  print(tableOf(held, inventory));
  if (!yes) {
    say(`${held.length} resources are held back; let them be deleted with: osa-net prune --yes`);
    return exitCode.no;
  }
  await approve(settings, held);
  return exitCode.ok;
}

/** Leaves word for the operator and wakes it. */
async function approve({ stateDir, runtimeDir }: Settings, held: readonly ResourceKey[]): Promise<void> {
  const { approvePrune } = await import('../approval.ts');
  await approvePrune(stateDir, held);
  const pid = operatorPid(runtimeDir);
  if (pid === undefined) return say('the operator is not running; it deletes them when it starts');
  process.kill(pid, 'SIGHUP');
  say('the operator deletes them now; see: osa-net status');
}

function operatorPid(runtimeDir: string): number | undefined {
  try {
    const { operator } = readPublished(runtimeDir);
    return isAlive(operator) ? operator.pid : undefined;
  } catch (error) {
    if (error instanceof CliError) return undefined; // no status, no operator
    throw error;
  }
}

function tableOf(held: readonly ResourceKey[], { links, units }: Inventory): string {
  const namesOf = (owned: Readonly<Record<string, { owner: ResourceKey }>>, key: ResourceKey): string =>
    Object.keys(owned)
      .filter((name) => owned[name]?.owner === key)
      .sort()
      .join(',') || '-';
  const rows = held.map((key) => [key, namesOf(links, key), namesOf(units, key)]);
  return formatTable(['RESOURCE', 'LINKS', 'UNITS'], rows).join('\n');
}
