import { linksOfIntegration, unitsOfIntegration } from '../bed/origin.ts';
import { between, pick, type Random } from './random.ts';

/** The foreign bridge that integrations may plug into. */
export const foreignBridge = 'br-foreign';

/** A document of a schedule, as far as the kernel must show it. */
export type Spec = BridgeSpec | IntegrationSpec;

export interface BridgeSpec {
  readonly kind: 'ContainerBridge';
  readonly name: string;
  readonly addresses: readonly string[];
  readonly mtu?: number;
  readonly dhcp: boolean;
  /** Changes the text and nothing else. */
  readonly label: number;
}

export interface IntegrationSpec {
  readonly kind: 'MacvlanIntegration';
  readonly name: string;
  readonly bridge: string;
  readonly mode: 'bridge' | 'private' | 'vepa';
  readonly mtu?: number;
  readonly label: number;
}

/** What stands together in one file, by the name of the file without `.yaml`: kinds and names. */
const files: Readonly<Record<string, readonly (readonly [Spec['kind'], string])[]>> = {
  a: [['ContainerBridge', 'a']],
  b: [['ContainerBridge', 'b']],
  pair: [
    ['ContainerBridge', 'c'],
    ['MacvlanIntegration', 'c'],
  ],
  plug: [['MacvlanIntegration', 'plug']],
  outer: [['MacvlanIntegration', 'outer']],
  two: [
    ['MacvlanIntegration', 't1'],
    ['MacvlanIntegration', 't2'],
  ],
};

export const fileNames: readonly string[] = Object.keys(files);

/** Every link that the documents of a schedule may make. */
export const possibleLinks: readonly string[] = Object.values(files)
  .flat()
  .flatMap(([kind, name]) => linksOf(kind, name));

/** Every unit that they may make. */
export const possibleUnits: readonly string[] = Object.values(files)
  .flat()
  .flatMap(([kind, name]) => unitsOf(kind, name));

export function linksOf(kind: Spec['kind'], name: string): readonly string[] {
  return kind === 'ContainerBridge' ? [`br-${name}`] : linksOfIntegration(name);
}

export function unitsOf(kind: Spec['kind'], name: string): readonly string[] {
  if (kind === 'MacvlanIntegration') return unitsOfIntegration(name);
  return [`05-osa-net-br-${name}.netdev`, `05-osa-net-br-${name}.network`];
}

/** A valid content of a file, at random. */
export function randomSpecs(random: Random, file: string): readonly Spec[] {
  return (files[file] ?? []).map(([kind, name]) =>
    kind === 'ContainerBridge' ? randomBridge(random, name) : randomIntegration(random, name),
  );
}

function randomBridge(random: Random, name: string): BridgeSpec {
  const net = name.charCodeAt(0);
  const addresses = [`10.${net}.0.${between(random, 1, 3)}/24`];
  if (random() < 0.3) addresses.push(`10.${net}.1.1/24`);
  if (random() < 0.2) addresses.push(`fd00:${net}::1/64`);
  const mtu = random() < 0.6 ? { mtu: pick(random, [1400, 1450, 1500]) } : {};
  const rest = { addresses: random() < 0.1 ? [] : addresses, label: between(random, 0, 9), ...mtu };
  return { kind: 'ContainerBridge', name, dhcp: rest.addresses.length > 0 && random() < 0.2, ...rest };
}

function randomIntegration(random: Random, name: string): IntegrationSpec {
  const mtu = random() < 0.3 ? { mtu: pick(random, [1400, 1450, 1500]) } : {};
  return {
    kind: 'MacvlanIntegration',
    name,
    bridge: name === 'c' ? 'br-c' : pick(random, ['br-a', 'br-b', foreignBridge]),
    mode: pick(random, ['bridge', 'bridge', 'private', 'vepa']),
    label: between(random, 0, 9),
    ...mtu,
  };
}

/** The documents as a person would write them. */
export function textOf(specs: readonly Spec[]): string {
  return specs.map(documentOf).join('---\n');
}

function documentOf(spec: Spec): string {
  const fields = spec.kind === 'ContainerBridge' ? bridgeFields(spec) : integrationFields(spec);
  const head = `apiVersion: osa-net.dev/v1alpha1\nkind: ${spec.kind}\nmetadata: {name: ${spec.name}, labels: {edit: "${spec.label}"}}\n`;
  return `${head}spec: {${fields.join(', ')}}\n`;
}

function bridgeFields({ addresses, mtu, dhcp }: BridgeSpec): readonly string[] {
  return [
    `addresses: [${addresses.map((one) => `"${one}"`).join(', ')}]`,
    ...(mtu === undefined ? [] : [`mtu: ${mtu}`]),
    ...(dhcp ? ['dhcpServer: {poolOffset: 100, poolSize: 50}'] : []),
  ];
}

function integrationFields({ bridge, mode, mtu }: IntegrationSpec): readonly string[] {
  return [`bridge: ${bridge}`, `mode: ${mode}`, ...(mtu === undefined ? [] : [`mtu: ${mtu}`])];
}

/** How the content of a file may be spoiled. */
export const damages = ['syntax', 'field', 'value', 'half', 'binary'] as const;
export type Damage = (typeof damages)[number];

/** The documents with a mistake in them: no valid document may come out of it that says something else. */
export function damaged(specs: readonly Spec[], damage: Damage): string {
  const text = textOf(specs);
  switch (damage) {
    case 'syntax':
      return text.replace('spec: {', 'spec: [{');
    case 'field':
      return text.replace('spec: {', 'spec: {adresses: [], ');
    case 'value':
      return text.replace('spec: {', 'spec: {mtu: 12, ').replaceAll(/, mtu: 1[0-9]+/g, '');
    case 'half':
      return text.slice(0, text.lastIndexOf('}'));
    case 'binary':
      return `\u0000\u0001${text}`;
  }
}
