import type { Command } from 'commander';
import type { Explanation, FieldBrief } from '../../crds/explain.ts';
import { apiVersion } from '../../crds/resource.ts';
import { usageError } from './errors.ts';
import { print } from './output.ts';
import { parseSelector } from './selector.ts';

/** `osa-net explain KIND[.FIELD…]` */
export function addExplain(program: Command): void {
  program
    .command('explain')
    .summary('say what a kind of document and its fields mean')
    .description(
      "Say what a kind of document or a field of one means, which values it takes, and what it becomes in networkd's files.",
    )
    .argument('<KIND[.FIELD...]>', 'a kind, and a field below its spec')
    .addHelpText(
      'after',
      `
Examples:
  # What can a ContainerBridge have?
  osa-net explain ContainerBridge

  # What is this field for?
  osa-net explain ContainerBridge.dhcpServer.poolSize

  # What does networkd take for a key, and since when?
  osa-net explain Network.DHCPServer.PersistLeases

Exit codes:
  0  said
  2  there is no such kind or field`,
    )
    .action(async (what: string) => {
      const { explain, UnknownFieldError } = await import('../../crds/explain.ts');
      const [word = '', ...path] = what.split('.');
      const { kind } = parseSelector(word);
      if (kind === undefined || kind === 'File') throw usageError(`'${word}' is no kind of document`);
      try {
        print(textOf(explain(kind, path[0] === 'spec' ? path.slice(1) : path)));
      } catch (cause) {
        throw cause instanceof UnknownFieldError ? usageError(cause.message) : cause;
      }
    });
}

function textOf(explanation: Explanation): string {
  const { kind, path, type, description, fields, unseen = [] } = explanation;
  return [
    row('KIND', kind),
    row('VERSION', apiVersion),
    ...(path === '' ? [] : [row('FIELD', `${path} <${type}>`)]),
    '',
    'DESCRIPTION:',
    `  ${description}`,
    ...block(factsOf(explanation)),
    ...(fields.length === 0 ? [] : ['', 'FIELDS:', ...fields.flatMap(briefOf)]),
    ...(unseen.length === 0 ? [] : ['', 'NOT COMPARED WITH THE HOST:', ...unseen.map((one) => `  ${one}`)]),
  ].join('\n');
}

function factsOf({ path, isRequired, values, default: preset, example, becomes }: Explanation): string[] {
  if (path === '') return [];
  const name = path.split('.').at(-1) ?? '';
  return [
    ...(isRequired ? [row('REQUIRED', 'yes')] : []),
    ...(values === undefined ? [] : [row('VALUES', values)]),
    ...(preset === undefined ? [] : [row('DEFAULT', JSON.stringify(preset))]),
    ...becomes.map((one, i) => row(i === 0 ? 'NETWORKD' : '', one)),
    ...(example === undefined ? [] : [row('EXAMPLE', `${name}: ${JSON.stringify(example)}`)]),
  ];
}

function block(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function row(name: string, value: string): string {
  return `${(name === '' ? '' : `${name}:`).padEnd(10)}${value}`;
}

function briefOf({ name, type, isRequired, description }: FieldBrief): readonly string[] {
  const head = `  ${name} <${type}>${isRequired ? ' -required-' : ''}`;
  return description === '' ? [head] : [head, `    ${description}`];
}
