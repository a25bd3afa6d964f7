import { renameSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { StatusList } from '../../state/status.ts';
import { eventually } from './eventually.ts';
import type { Inside } from './inside.ts';
import { bundle } from './places.ts';
import type { InsideProcess } from './process.ts';

export interface OperatorOptions {
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What to run instead of the bundle (a path of the checkout). */
  readonly entry?: string;
  /** A program and its arguments that start it, e.g. setpriv(1). */
  readonly wrapper?: readonly string[];
}

/** One line that the operator logged. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** `osa-net operator`, running in a bed on the default paths. */
export interface Operator {
  readonly process: InsideProcess;
  /** Everything logged so far, in order; a line that is not JSON (a crash) is there as level `raw`. */
  readonly log: readonly LogLine[];
  kill9(): Promise<void>;
  /** SIGTERM; resolves with the exit status. */
  stop(): Promise<number | null>;
  /** `osa-net status -o json`. */
  status(): Promise<StatusList>;
  /** Until these resources (`Kind/name`; default: all there are, at least one) are `Ready=True`, by the word of an operator that runs. */
  waitReady(names?: readonly string[], timeoutMs?: number): Promise<StatusList>;
  /** Writes a document file into /etc/osa-net.d, in one step as an editor does. */
  drop(file: string, yaml: string): void;
  /** Removes a document file. */
  remove(file: string): void;
}

const configDir = '/etc/osa-net.d';

/** Starts the operator and returns at once. */
export function startOperator(bed: Inside, options: OperatorOptions = {}): Operator {
  const { flags = [], env = {}, entry = bundle, wrapper = [] } = options;
  const process_ = bed.spawn([...wrapper, process.execPath, entry, 'operator', ...flags], { env });
  const status = async () => (await readStatus(bed)).list;
  return {
    process: process_,
    log: collectLog(process_),
    async kill9() {
      process_.kill('SIGKILL');
      await process_.ended;
    },
    stop() {
      process_.kill('SIGTERM');
      return process_.ended;
    },
    status,
    waitReady: (names, timeoutMs = 15_000) =>
      eventually(async () => assertReady(await readStatus(bed), names), timeoutMs, 50),
    drop: (file, yaml) => dropDocument(bed, file, yaml),
    remove: (file) => bed.remove(`${configDir}/${file}`),
  };
}

/** Writes a document file into a bed's /etc/osa-net.d, or where that is for now (temporary file, then rename). */
export function dropDocument(bed: Inside, file: string, yaml: string, folder = configDir): void {
  const target = `${folder}/${file}`;
  const temporary = `${folder}/.${file}.tmp`;
  bed.write(temporary, yaml);
  renameSync(bed.root + temporary, bed.root + target);
}

function collectLog(operator: InsideProcess): readonly LogLine[] {
  const log: LogLine[] = [];
  const { stderr, stdout } = operator.child;
  stdout?.resume();
  if (stderr) createInterface({ input: stderr }).on('line', (line) => log.push(parseLine(line)));
  return log;
}

function parseLine(line: string): LogLine {
  try {
    return JSON.parse(line) as LogLine;
  } catch {
    return { level: 'raw', message: line };
  }
}

interface Published {
  readonly list: StatusList;
  /** Who published it still runs. */
  readonly isRunning: boolean;
}

async function readStatus(bed: Inside): Promise<Published> {
  const { stdout, stderr, code } = await bed.sh('osa-net status -o json', { check: false });
  // 0 all Ready, 1 some not, 3 the operator that wrote it is gone
  if (![0, 1, 3].includes(code) || stdout === '')
    throw new Error(`cannot read status: exit ${code}: ${stderr}`);
  return { list: JSON.parse(stdout) as StatusList, isRunning: code !== 3 };
}

function assertReady({ list, isRunning }: Published, names: readonly string[] | undefined): StatusList {
  if (!isRunning) throw new Error('not ready: the operator that published this is gone');
  const ready = new Map(
    list.items.map(({ kind, metadata, status }) => [
      `${kind}/${metadata.name}`,
      status.conditions.find(({ type }) => type === 'Ready'),
    ]),
  );
  const wanted = names ?? [...ready.keys()];
  if (wanted.length === 0) throw new Error('not ready: no resource yet');
  const missing = wanted.filter((name) => ready.get(name)?.status !== 'True');
  if (missing.length === 0) return list;
  const why = missing.map((name) => `${name}: ${ready.get(name)?.reason} ${ready.get(name)?.message}`);
  throw new Error(`not ready: ${why.join('; ')}`);
}
