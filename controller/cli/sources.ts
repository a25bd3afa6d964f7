import { statSync } from 'node:fs';
import { type LoadedFile, loadFile } from '../../crds/load.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import type { Problem } from '../../crds/problem.ts';
import { type Desired, desire } from '../../state/desired.ts';
import { everythingOf } from '../../state/force.ts';
import { type FileReading, readDocument, readDocuments } from '../documents.ts';
import { contentOf } from '../file-content.ts';
import { CliError, exitCode } from './errors.ts';

/** Everything that files say, checked on its own and against each other. */
export interface Checked {
  readonly files: number;
  readonly documents: number;
  /** In file order; those between documents come last. */
  readonly problems: readonly Problem[];
  /** What systemd would leave out of the units, so that a document does not do all that it says. */
  readonly unread: readonly Problem[];
  /** What works, and should be written otherwise. */
  readonly warnings: readonly Problem[];
  /** What the valid ones make of a host. */
  readonly desired: Desired;
}

/** Files by the names that positions carry. */
export type Sources = ReadonlyMap<string, FileReading>;

/** What the user calls the standard input, and the file that it stands for. */
const standardInput = { path: '-', file: 'stdin.yaml' } as const;

/**
 * Reads files, the directories' files and the standard input (`-`); a file that is named twice counts once.
 * @throws CliError when a directory cannot be read
 */
export async function readSources(paths: readonly string[]): Promise<Sources> {
  const files = new Map<string, FileReading>();
  for (const path of paths) for (const [file, reading] of await readPath(path)) files.set(file, reading);
  return files;
}

/**
 * Checks files, each on its own and all against each other.
 * @param systemd version whose units are meant
 */
export function checkSources(files: Sources, systemd: number): Checked {
  const loaded = [...files].map(([file, reading]) => load(file, reading));
  const resources = loaded.flatMap((file) => file.resources);
  const desired = desire(everythingOf(resources), capabilitiesOf(systemd));
  const refusals = [...desired.refused.values()].flatMap(({ problems }) => problems);
  const readings = [...desired.readings.values()];
  return {
    files: files.size,
    documents: loaded.reduce((count, { documents }) => count + documents.length, 0),
    problems: [...loaded.flatMap(({ problems }) => problems), ...refusals],
    unread: readings.flatMap(({ unread }) => unread),
    warnings: readings.flatMap(({ warnings }) => warnings),
    desired,
  };
}

async function readPath(path: string): Promise<Sources> {
  if (path === standardInput.path) return new Map([[standardInput.file, await readStandardInput()]]);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return new Map([[path, await readDocument(path)]]);
  }
  return readDirectory(path);
}

async function readStandardInput(): Promise<FileReading> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return contentOf(Buffer.concat(chunks), standardInput.file);
}

async function readDirectory(path: string): Promise<Sources> {
  const reading = await readDocuments(path);
  if (reading.state !== 'ok') throw new CliError(reading.message, exitCode.no);
  return reading.files;
}

function load(file: string, reading: FileReading): LoadedFile {
  if (reading.ok) return loadFile(file, reading.bytes);
  return { file, resources: [], documents: [], problems: [reading.problem] };
}
