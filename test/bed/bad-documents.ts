import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { ProblemCode } from '../../crds/problem.ts';
import { documentOf, mark } from '../crds/marked.ts';

/** Bad input: how a file that held the bridge `br-<name>` turns bad, and what is said about it. */
export interface BadInput {
  /** Name of its file and of the ContainerBridge that stood in it. */
  readonly name: string;
  readonly title: string;
  readonly code: ProblemCode;
  /** The new content, with a mark before each place where a problem is expected … */
  readonly text?: string;
  /** … or what is done to the file, by its path as this process sees it; then `text` is not given. */
  readonly spoil?: (path: string) => void;
  /** Words that a good hint has. */
  readonly hint?: string;
}

const head = 'apiVersion: osa-net.dev/v1alpha1\n';

/** A good document: a bridge of its own for each file. */
export function goodDocument(name: string): string {
  return documentOf('ContainerBridge', name, '{}');
}

/** Nested so deep that a recursive reader ends its process. The 64th level is the last that is read. */
const deep = `a: ${'['.repeat(63)}${mark}${'['.repeat(100_000 - 63)}`;

/** The "billion laughs": each line stands for nine times the line before. Said of the first alias. */
const aliasBomb = [...'abcdefg']
  .map((key, i, keys) => `${key}: &${key} [${Array(9).fill(i === 0 ? 'x' : `*${keys[i - 1]}`)}]`)
  .join('\n')
  .replace('*', `${mark}*`);

/** A file whose text stays readable but breaks a rule. */
const texts: readonly BadInput[] = [
  { name: 'deep', title: '100,000-deep nesting', code: 'NESTING_TOO_DEEP', text: deep },
  { name: 'bomb', title: 'an alias bomb', code: 'TOO_MANY_ALIASES', text: aliasBomb },
  {
    name: 'twice',
    title: 'a duplicate key',
    code: 'DUPLICATE_KEY',
    text: `${documentOf('ContainerBridge', 'twice', 'mtu: 1400')}  ${mark}mtu: 1500\n`,
  },
  {
    name: 'version',
    title: 'an unknown apiVersion',
    code: 'UNKNOWN_API_VERSION',
    text: goodDocument('version').replace('osa-net.dev/v1alpha1', `${mark}osa-net.dev/v1`),
    hint: 'osa-net.dev/v1alpha1',
  },
  {
    name: 'kind',
    title: 'an unknown kind',
    code: 'UNKNOWN_KIND',
    text: goodDocument('kind').replace('ContainerBridge', `${mark}ContainerBrigde`),
    hint: 'ContainerBridge',
  },
  {
    name: 'field',
    title: 'an unknown field',
    code: 'UNKNOWN_FIELD',
    text: documentOf('ContainerBridge', 'field', `${mark}adresses: [10.77.0.1/24]`),
    hint: 'addresses',
  },
  {
    name: 'type',
    title: 'a wrong type',
    code: 'WRONG_TYPE',
    text: documentOf('ContainerBridge', 'type', `mtu: ${mark}large`),
  },
  {
    name: 'long',
    title: 'an interface name of 16 characters',
    code: 'INTERFACE_NAME_TOO_LONG',
    text: documentOf('ContainerBridge', 'long', `interface: ${mark}br-0123456789abc`),
  },
  {
    name: 'no-prefix',
    title: 'an address without prefix',
    code: 'BAD_PREFIX',
    text: documentOf('ContainerBridge', 'no-prefix', `addresses: [${mark}10.77.1.1]`),
  },
  {
    name: 'bad-prefix',
    title: 'an address with an impossible prefix',
    code: 'BAD_PREFIX',
    text: documentOf('ContainerBridge', 'bad-prefix', `addresses: [${mark}10.77.2.1/33]`),
  },
  {
    name: 'octal',
    title: 'an address with a space and zeros in front',
    code: 'BAD_ADDRESS',
    text: documentOf('ContainerBridge', 'octal', `addresses: [${mark}" 010.0.0.1/24"]`),
  },
  {
    name: 'pool',
    title: 'a pool outside the subnet',
    code: 'POOL_OUTSIDE_SUBNET',
    text: documentOf(
      'ContainerBridge',
      'pool',
      `addresses: [10.77.3.1/24]\ndhcpServer: {poolOffset: 200, poolSize: ${mark}100}`,
    ),
  },
  {
    name: 'gateway',
    title: 'a gateway off every subnet',
    code: 'GATEWAY_UNREACHABLE',
    text: documentOf('ContainerBridge', 'gateway', `addresses: [10.77.4.1/24]\ngateway: ${mark}10.78.4.2`),
  },
  {
    name: 'self',
    title: 'a bridge that is its own port',
    code: 'SELF_REFERENCE',
    text: documentOf('ContainerBridge', 'self', `interfaces: [${mark}br-self]`),
  },
  {
    name: 'path',
    title: 'a name that leads to another directory',
    code: 'BAD_NAME',
    text: goodDocument('path').replace('name: path', `name: ${mark}../path`),
  },
  {
    name: 'half',
    title: 'a file that is half written',
    code: 'YAML_SYNTAX',
    text: documentOf('ContainerBridge', 'half', `addresses: [10.77.5.1/24, "10.7${mark}${mark}7`).trimEnd(),
  },
  {
    name: 'many',
    title: 'several problems at once',
    code: 'UNKNOWN_FIELD',
    text: documentOf('ContainerBridge', 'many', `${mark}ipv4: 10.77.6.1\nmtu: ${mark}5\ngateway: ${mark}x`),
  },
  { name: 'empty', title: 'an empty file', code: 'EMPTY_FILE', text: mark },
  {
    name: 'same-port',
    title: 'two documents with one interface',
    code: 'DUPLICATE_INTERFACE',
    text: documentOf('ContainerBridge', 'same-port', `interface: ${mark}br-good`),
  },
  {
    name: 'same-name',
    title: 'two documents with one name',
    code: 'DUPLICATE_NAME',
    text: `${goodDocument('same-name')}---\n${goodDocument('good').replace('good', `${mark}good`)}`,
  },
];

/** Something else where the file was. */
function instead(make: (path: string) => void): (path: string) => void {
  return (path) => {
    rmSync(path);
    make(path);
  };
}

/** A file that cannot be read as text at all: everything is said of line 1, column 1. */
const files: readonly BadInput[] = [
  {
    name: 'secret',
    title: 'a file that may not be read',
    code: 'UNREADABLE_FILE',
    spoil: (path) => chmodSync(path, 0),
  },
  {
    name: 'loop',
    title: 'a symlink that leads to itself',
    code: 'UNREADABLE_FILE',
    spoil: instead((path) => symlinkSync('loop.yaml', path)),
  },
  {
    name: 'dangling',
    title: 'a symlink to nothing',
    code: 'UNREADABLE_FILE',
    spoil: instead((path) => symlinkSync('nothing', path)),
  },
  {
    name: 'directory',
    title: 'a directory in place of a file',
    code: 'NOT_A_FILE',
    spoil: instead((path) => mkdirSync(path)),
  },
  {
    name: 'outside',
    title: 'a symlink out of the directory',
    code: 'OUTSIDE_DIRECTORY',
    spoil: instead((path) => symlinkSync('/etc/hostname', path)),
  },
  {
    name: 'large',
    title: 'a file of 2 MiB',
    code: 'FILE_TOO_LARGE',
    spoil: (path) => writeFileSync(path, `${head}${'# padding\n'.repeat(210_000)}`),
  },
  {
    name: 'latin-1',
    title: 'a file that is not UTF-8',
    code: 'NOT_UTF8',
    spoil: (path) => writeFileSync(path, Buffer.from('\xe4', 'latin1')),
  },
];

export const badInputs: readonly BadInput[] = [...files, ...texts];
