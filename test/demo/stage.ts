import { conditionOf, type StatusItem, type StatusList } from '../../state/status.ts';
import type { Bed } from '../bed/bed.ts';
import type { IpEntry } from '../bed/ip.ts';
import type { LogLine, Operator } from '../bed/operator.ts';
import { type ExampleDocument, exampleDocuments } from './documents.ts';
import { output, prompt } from './screen.ts';

/** What the scenes play on. */
export interface Stage {
  readonly bed: Bed;
  readonly operator: Operator;
}

/** The published status; read as the file that it is, since the demo looks often. */
export function statusOf(bed: Bed): StatusList | undefined {
  const file = '/run/osa-net/status.json';
  return bed.exists(file) ? (JSON.parse(bed.read(file)) as StatusList) : undefined;
}

export function itemOf(bed: Bed, key: string): StatusItem | undefined {
  return statusOf(bed)?.items.find(({ kind, metadata }) => `${kind}/${metadata.name}` === key);
}

/** @throws with the condition as message while a resource is not Ready, or not that of this generation */
export function assertReady(bed: Bed, key: string, generation = 1): StatusItem {
  const item = itemOf(bed, key);
  if (!item) throw new Error(`${key} is not in the status`);
  const ready = conditionOf(item.status, 'Ready');
  if (ready?.status !== 'True') throw new Error(`${key}: ${ready?.reason}: ${ready?.message}`);
  if (item.metadata.generation < generation)
    throw new Error(`${key} is still of generation ${item.metadata.generation}`);
  return item;
}

/** A document of the example by its resource. */
export function documentOf(key: string): ExampleDocument {
  const found = exampleDocuments().find((document) => document.key === key);
  if (!found) throw new Error(`cannot find ${key} in the example`);
  return found;
}

/** The links of the bed, by name. */
export async function linksOf(bed: Bed): Promise<ReadonlyMap<string, IpEntry>> {
  return new Map((await bed.ip('link')).map((link) => [link.ifname, link]));
}

/** Runs a command in the bed and shows it as typed, with what it printed (stderr last). */
export async function show(
  bed: Bed,
  command: string,
  print: (text: string) => void = output,
): Promise<string> {
  prompt(command);
  const { stdout, stderr } = await bed.sh(command, { check: false });
  print(stdout + stderr);
  return stdout;
}

/** What the operator has logged since the mark was taken, as a terminal would show it. */
export function logSince({ operator }: Stage, mark: number): string {
  return operator.log.slice(mark).map(lineOf).join('\n');
}

/** The end of what the operator logged, for when it should not have ended. */
export function lastWords({ log }: Operator): string {
  return log.slice(-5).map(lineOf).join('\n');
}

function lineOf({ level, message }: LogLine): string {
  return `${level} ${message}`;
}
