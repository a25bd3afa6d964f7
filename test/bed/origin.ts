import { type Condition, conditionOf, type StatusItem, type StatusList } from '../../state/status.ts';
import { type ExampleDocument, exampleDocuments, withoutDummies } from '../demo/documents.ts';
import { makeForeignBridges } from '../demo/surroundings.ts';
import { type Bed, type Release, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { type Operator, startOperator } from './operator.ts';

/** Bridges of the origin that osa-net does not make, by the integration that plugs into them. */
export const foreign = ['mgmt', 'vlan', 'vxlan', 'storage', 'flat'] as const;

/** The links that the documents of `startOrigin` make. */
export const originLinks: readonly string[] = [
  'br-container',
  ...['container', ...foreign].flatMap((name) => linksOfIntegration(name)),
];

/** A bed in which the operator has made the origin's topology. */
export interface Origin {
  readonly bed: Bed;
  readonly operator: Operator;
}

/** The links of a MacvlanIntegration. */
export function linksOfIntegration(name: string): readonly string[] {
  return [`mv-${name}`, `mv-${name}-v1`, `mv-${name}-v2`];
}

/** The units of a MacvlanIntegration. */
export function unitsOfIntegration(name: string): readonly string[] {
  const [macvlan, bridgeSide, macvlanSide] = linksOfIntegration(name);
  const units = [`${macvlan}.netdev`, `${macvlan}.network`, `${bridgeSide}.netdev`, `${bridgeSide}.network`];
  return [...units, `${macvlanSide}.network`].map((unit) => `05-osa-net-${unit}`);
}

/**
 * The documents of deploy/examples/origin.yaml as any bed can have them: without the Resolver, for there is no systemd
 * to ask, and without dummy links, which some kernels lack.
 */
export function originDocuments(): readonly ExampleDocument[] {
  return exampleDocuments()
    .filter(({ key }) => !key.startsWith('Resolver/'))
    .map((document) => (document.key === 'ContainerBridge/container' ? withoutDummies(document) : document));
}

/** The origin's topology, each document in a file of its own, converged. */
export async function startOrigin(release: Release): Promise<Origin> {
  const bed = await startBed({ release });
  try {
    await makeForeignBridges(bed);
    for (const { file, text } of originDocuments()) bed.write(`/etc/osa-net.d/${file}`, text);
    const operator = startOperator(bed, { flags: ['--log-level', 'debug'] });
    await ready(bed);
    return { bed, operator };
  } catch (error) {
    await bed.stop();
    throw error;
  }
}

/** Ends the operator as a service manager does, then the bed. */
export async function stopOrigin({ bed, operator }: Origin): Promise<void> {
  await operator.stop();
  await bed.stop();
}

/** The published status, read as the file that it is: a test looks often. */
export function published(bed: Pick<Bed, 'read'>): StatusList {
  return JSON.parse(bed.read('/run/osa-net/status.json')) as StatusList;
}

/** One resource of the published status, by `Kind/name`. @throws when it is not there */
export function itemOf(bed: Pick<Bed, 'read'>, key: string): StatusItem {
  const { items } = published(bed);
  const item = items.find(({ kind, metadata }) => `${kind}/${metadata.name}` === key);
  if (!item) throw new Error(`${key} is not in the status`);
  return item;
}

/** The Ready condition of a resource. */
export function readiness(bed: Pick<Bed, 'read'>, key: string): Condition {
  const condition = conditionOf(itemOf(bed, key).status, 'Ready');
  if (!condition) throw new Error(`${key} has no Ready condition`);
  return condition;
}

/** Until these resources (default: all there are, at least one) are `Ready=True`. */
export async function ready(
  bed: Pick<Bed, 'read'>,
  keys?: readonly string[],
  timeoutMs = 20_000,
): Promise<void> {
  await eventually(() => {
    const wanted = keys ?? published(bed).items.map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    if (wanted.length === 0) throw new Error('no resource yet');
    const waiting = wanted
      .map((key) => ({ key, ...readiness(bed, key) }))
      .filter(({ status }) => status !== 'True')
      .map(({ key, reason, message }) => `${key}: ${reason}: ${message}`);
    if (waiting.length > 0) throw new Error(`not ready: ${waiting.join('; ')}`);
  }, timeoutMs);
}
