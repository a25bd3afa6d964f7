import type { Command } from 'commander';
import { byPlace, type Problem, problemText } from '../../crds/problem.ts';
import { exitCode } from './errors.ts';
import { clean, isDataFormat, outputOption, print, serialize } from './output.ts';
import { settingsOf } from './settings.ts';
import type { Checked } from './sources.ts';
import { systemdOf, systemdOption } from './systemd-option.ts';

/** What PATH stands for, wherever documents are read. */
export const pathsDescription =
  'files, directories of *.yaml and *.yml, or - for the standard input (default: the config directory)';

/** `osa-net validate [PATH…]` */
export function addValidate(program: Command): void {
  program
    .command('validate')
    .summary('check documents and say everything that is wrong')
    .description(
      'Check documents, each on its own and all against each other, and say everything that is wrong.',
    )
    .argument('[PATH...]', pathsDescription)
    .addOption(outputOption(['text', 'json', 'yaml']))
    .addOption(systemdOption())
    .addHelpText(
      'after',
      `
Examples:
  # Check the documents of this host
  osa-net validate

  # Check a change before it is pushed, for hosts that run Debian 13
  osa-net validate ./osa-net.d --systemd 257 -o json

Exit codes:
  0  nothing is wrong
  1  something is`,
    )
    .action(async (paths: string[], options: { output: string; systemd?: number }, command: Command) => {
      const { checkSources, readSources } = await import('./sources.ts');
      const sources = paths.length > 0 ? paths : [settingsOf(command).configDir];
      const checked = checkSources(await readSources(sources), await systemdOf(options.systemd));
      print(
        isDataFormat(options.output) ? await serialize(options.output, dataOf(checked)) : textOf(checked),
      );
      process.exitCode = wrongIn(checked).length > 0 ? exitCode.no : exitCode.ok;
    });
}

function textOf(checked: Checked): string {
  const warnings = checked.warnings.map((one) => ({ ...one, message: `warning: ${one.message}` }));
  return [...[...wrongIn(checked), ...warnings].map(problemBlock), summaryOf(checked)].join('\n');
}

/** What keeps documents from doing what they say: what osa-net cannot act on, and what systemd would leave out. */
function wrongIn({ problems, unread }: Checked): readonly Problem[] {
  return inOrder([...problems, ...unread]);
}

/** In the order in which files first have problems, and of the lines in each. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  const files = [...new Set(problems.map(({ location }) => location.file))];
  return files.flatMap((file) => problems.filter(({ location }) => location.file === file).sort(byPlace));
}

/** A problem with its source line, and an empty line after it. */
export function problemBlock(problem: Problem): string {
  return `${clean(problemText(problem))}\n`;
}

/** `2 files, 7 documents: 1 problem, 2 warnings` */
export function summaryOf(checked: Checked): string {
  const { files, documents, warnings } = checked;
  const problems = wrongIn(checked);
  const found = problems.length === 0 ? 'no problems' : count(problems.length, 'problem');
  const also = warnings.length === 0 ? '' : `, ${count(warnings.length, 'warning')}`;
  return `${count(files, 'file')}, ${count(documents, 'document')}: ${found}${also}`;
}

function count(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

function dataOf(checked: Checked): unknown {
  const { files, documents, warnings } = checked;
  return { files, documents, problems: wrongIn(checked), warnings };
}
