import type { Command } from 'commander';
import { version } from '../version.ts';
import { isDataFormat, outputOption, print, serialize } from './output.ts';

/** `osa-net version` */
export function addVersion(program: Command): void {
  program
    .command('version')
    .summary('print the versions of osa-net, Node and systemd')
    .description('Print the versions of osa-net, of Node and of the installed systemd.')
    .addOption(outputOption(['text', 'json', 'yaml']))
    .addHelpText(
      'after',
      `
Examples:
  # For a bug report
  osa-net version`,
    )
    .action(async ({ output }: { output: string }) => {
      const { programVersion } = await import('../networkd/probe.ts');
      const versions = {
        osaNet: version,
        node: process.versions.node,
        systemd: (await programVersion()) ?? null,
      };
      if (isDataFormat(output)) print(await serialize(output, versions));
      else print(`osa-net ${version}\nnode ${versions.node}\nsystemd ${versions.systemd ?? 'not installed'}`);
    });
}
