import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Unit } from '../../crds/compiled.ts';
import { systemMessage } from '../system-message.ts';
import { CliError, exitCode } from './errors.ts';
import { print, say } from './output.ts';
import { settingsOf } from './settings.ts';
import { systemdOf, systemdOption } from './systemd-option.ts';
import { pathsDescription, problemBlock, summaryOf } from './validate.ts';

/** `osa-net render [PATH…]` */
export function addRender(program: Command): void {
  program
    .command('render')
    .summary('print the units that documents make')
    .description(
      'Print the systemd-networkd units that documents make, or write them to a directory. Needs no networkd and ' +
        'changes nothing on this host. Where a document has a problem, nothing is rendered.',
    )
    .argument('[PATH...]', pathsDescription)
    .option('--out <dir>', 'write the units to this directory instead of printing them')
    .addOption(systemdOption())
    .addHelpText(
      'after',
      `
Examples:
  # The units of this host's documents
  osa-net render

  # The units that a Debian 13 host would get, as files
  osa-net render ./origin.yaml --systemd 257 --out ./units

Exit codes:
  0  rendered
  1  a document has a problem`,
    )
    .action(async (paths: string[], options: { out?: string; systemd?: number }, command: Command) => {
      const { checkSources, readSources } = await import('./sources.ts');
      const { configDir, unitDir } = settingsOf(command);
      const sources = await readSources(paths.length > 0 ? paths : [configDir]);
      const checked = checkSources(sources, await systemdOf(options.systemd));
      if (checked.problems.length > 0) {
        process.stderr.write(`${checked.problems.map(problemBlock).join('\n')}\n`);
        throw new CliError(`nothing rendered: ${summaryOf(checked)}`, exitCode.no);
      }
      const units = [...checked.desired.units.values()];
      if (options.out === undefined) printUnits(units, unitDir);
      else writeUnits(units, options.out);
    });
}

/** As `systemctl cat` prints files: each under its path. */
export function printUnits(units: readonly Unit[], unitDir: string): void {
  if (units.length === 0) say('no units');
  else print(units.map(({ name, text }) => `# ${join(unitDir, name)}\n${text.trimEnd()}\n`).join('\n'));
}

function writeUnits(units: readonly Unit[], out: string): void {
  try {
    mkdirSync(out, { recursive: true });
    for (const { name, text, mode } of units) {
      const path = join(out, name);
      writeFileSync(path, text, { mode });
      chmodSync(path, mode); // the umask, or a file that was there before
    }
  } catch (cause) {
    throw new CliError(`cannot write units to ${out}: ${systemMessage(cause)}`, exitCode.no, { cause });
  }
  say(`${units.length} unit${units.length === 1 ? '' : 's'} written to ${out}`);
}
