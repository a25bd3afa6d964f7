import { statSync } from 'node:fs';
import { type LoadedFile, loadFile } from '../../crds/load.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import type { Problem } from '../../crds/problem.ts';
import { type Desired, desire } from '../../state/desired.ts';
import { everythingOf } from '../../state/force.ts';
import { type FileReading, readDocument, readDocuments } from '../documents.ts';
import { CliError, exitCode } from './errors.ts';

/** Everything that files say, checked on its own and against each other. */
export interface Checked {
  readonly files: number;
  readonly documents: number;
  /** In file order; those between documents come last. */
  readonly problems: readonly Problem[];
  /** What the valid ones make of a host. */
  readonly desired: Desired;
}

/**
 * Reads and checks files and the directories' files; a file that is named twice counts once.
 * @param systemd version whose units are meant
 * @throws CliError when a directory cannot be read
 */
export async function checkSources(paths: readonly string[], systemd: number): Promise<Checked> {
  const files = new Map<string, FileReading>();
  for (const path of paths) for (const [file, reading] of await readPath(path)) files.set(file, reading);
  const loaded = [...files].map(([file, reading]) => load(file, reading));
  const resources = loaded.flatMap((file) => file.resources);
  const desired = desire(everythingOf(resources), capabilitiesOf(systemd));
  const refusals = [...desired.refused.values()].flatMap(({ problems }) => problems);
  return {
    files: files.size,
    documents: loaded.reduce((count, { documents }) => count + documents.length, 0),
    problems: [...loaded.flatMap(({ problems }) => problems), ...refusals],
    desired,
  };
}

/** What files say as they are, and what is wrong with each on its own. */
export async function readSources(
  paths: readonly string[],
): Promise<{ readonly problems: readonly Problem[]; readonly texts: ReadonlyMap<string, string> }> {
  const problems: Problem[] = [];
  const texts = new Map<string, string>();
  for (const path of paths) {
    for (const [file, reading] of await readPath(path)) {
      problems.push(...load(file, reading).problems);
      if (reading.ok) texts.set(file, new TextDecoder().decode(reading.bytes));
    }
  }
  return { problems, texts };
}

async function readPath(path: string): Promise<ReadonlyMap<string, FileReading>> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return new Map([[path, await readDocument(path)]]);
  }
  return readDirectory(path);
}

async function readDirectory(path: string): Promise<ReadonlyMap<string, FileReading>> {
  const reading = await readDocuments(path);
  if (reading.state !== 'ok') throw new CliError(reading.message, exitCode.no);
  return reading.files;
}

function load(file: string, reading: FileReading): LoadedFile {
  if (reading.ok) return loadFile(file, reading.bytes);
  return { file, resources: [], documents: [], problems: [reading.problem] };
}
