import type { Command } from 'commander';
import { type AnyResource, apiVersion } from '../../crds/resource.ts';
import type { Desired } from '../../state/desired.ts';
import type { Settings } from '../settings.ts';
import { CliError, exitCode } from './errors.ts';
import { outputOption, print, say, serialize } from './output.ts';
import { printUnits } from './render.ts';
import { parseSelector, type Selector, unknownResource } from './selector.ts';
import { settingsOf } from './settings.ts';
import { systemdOf, systemdOption } from './systemd-option.ts';

interface Options {
  readonly output: 'yaml' | 'json';
  readonly units?: true;
  readonly systemd?: number;
}

/** `osa-net get [KIND[/NAME]]` */
export function addGet(program: Command): void {
  program
    .command('get')
    .summary('print the documents in force')
    .description(
      'Print the documents that are in force on this host with their defaults filled in: those of the directory, and the ' +
        'last good text of one that cannot be used as it stands there. Or print the units that they make.',
    )
    .argument('[KIND[/NAME]]', 'a kind, or one resource')
    .addOption(outputOption(['yaml', 'json']))
    .option('--units', 'print the units instead')
    .addOption(systemdOption())
    .addHelpText(
      'after',
      `
Examples:
  # What does osa-net keep this host like?
  osa-net get

  # Which units does this document make?
  osa-net get ContainerBridge/container --units

Exit codes:
  0  printed
  1  there is no such resource, or the record cannot be read`,
    )
    .action(async (what: string | undefined, options: Options, command: Command) => {
      const selector = parseSelector(what);
      const settings = settingsOf(command);
      const desired = await desiredNow(settings, await systemdOf(options.systemd));
      const chosen = [...desired.resources.values()].filter((one) => isChosen(one, selector));
      if (chosen.length === 0 && selector.name !== undefined)
        throw new CliError(unknownResource([...desired.resources.keys()], selector), exitCode.no);
      if (options.units)
        printUnits(
          chosen.flatMap(({ key }) => desired.unitsOf.get(key) ?? []),
          settings.unitDir,
        );
      else await printDocuments(chosen, options.output);
    });
}

async function desiredNow(settings: Settings, version: number): Promise<Desired> {
  const { findInForce } = await import('../in-force.ts');
  const { openStore } = await import('../store.ts');
  const { openHistory } = await import('../history.ts');
  const { createLogger } = await import('../winston.ts');
  const { desire } = await import('../../state/desired.ts');
  const { capabilitiesOf } = await import('../../crds/networkd/capabilities.ts');
  const logger = createLogger({ level: 'error', stream: process.stderr });
  try {
    const store = openStore(settings.stateDir, logger);
    const history = openHistory(settings.stateDir, logger);
    const { force } = await findInForce(settings, { store, history, logger }, version);
    return desire(force, capabilitiesOf(version));
  } finally {
    await logger.close();
  }
}

function isChosen(resource: AnyResource, { kind, name }: Selector): boolean {
  return (
    (kind ?? resource.kind) === resource.kind && (name ?? resource.metadata.name) === resource.metadata.name
  );
}

/** As YAML they are a file of documents, which osa-net reads again; as JSON a list. */
async function printDocuments(resources: readonly AnyResource[], output: Options['output']): Promise<void> {
  const documents = resources.map(documentOf);
  if (output === 'json')
    return print(await serialize('json', { apiVersion, kind: 'List', items: documents }));
  if (documents.length === 0)
    return say("no such documents are in force; what is refused says 'osa-net status'");
  const texts = await Promise.all(documents.map((one) => serialize('yaml', one)));
  print(texts.join('---\n'));
}

function documentOf({ kind, metadata: { name, labels, annotations }, spec }: AnyResource): unknown {
  const metadata = {
    name,
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
  return { apiVersion, kind, metadata, spec };
}
