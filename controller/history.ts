import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { hashOf } from '../crds/hash.ts';
import { loadFile } from '../crds/load.ts';
import type { SourceFile } from '../state/directory.ts';
import { type History, type HistoryEntry, withEntry } from '../state/history.ts';
import type { Transaction } from '../state/transaction.ts';
import { removeUnfinished, replaceFile, syncDirectory } from './atomic.ts';
import type { Logger } from './log.ts';
import { systemMessage } from './system-message.ts';

/**
 * The applied generations, and the texts that each of them replaced: `history.json` and `history/<sha256>` under the
 * state directory.
 */
export interface HistoryStore {
  prepare(): Promise<void>;
  /** Makes texts durable before they are replaced. */
  keep(files: readonly Pick<SourceFile, 'hash' | 'bytes'>[]): Promise<void>;
  /** A text that was kept. @throws Error naming the file whose text it was, when it is lost or damaged */
  text(file: string, hash: string): Promise<Uint8Array>;
  /** The documents that were in force before a transaction; `now` are those that are on disk. */
  before(
    files: Transaction['files'],
    now: ReadonlyMap<string, SourceFile>,
  ): Promise<ReadonlyMap<string, SourceFile>>;
  /** @throws Error when the history is there and cannot be read */
  entries(): Promise<readonly HistoryEntry[]>;
  /**
   * Adds a generation, or replaces what was said of it, and lets go of texts that none of the last ones needs. While
   * the history cannot be read nothing is written over it: that is logged, and the next generation brings this one
   * along.
   * @throws the system's error when it cannot be written
   */
  append(entry: HistoryEntry): Promise<void>;
}

/** Where the generations are listed. */
function historyPath(stateDir: string): string {
  return join(stateDir, 'history.json');
}

export function openHistory(stateDir: string, logger: Logger): HistoryStore {
  const texts = join(stateDir, 'history');
  let known: readonly HistoryEntry[] | undefined;
  /** Ended generations that are not written yet. */
  let owed: readonly HistoryEntry[] = [];
  const load = async () => {
    known ??= await loadHistory(stateDir, logger);
    return owed.reduce(withEntry, known);
  };
  return {
    async prepare() {
      await mkdir(texts, { recursive: true, mode: 0o700 });
      removeUnfinished(texts);
      // `keep` believes what is there, also what a life before this one did not get to sync.
      await syncDirectory(texts);
    },
    async keep(files) {
      const there = new Set(await readdir(texts));
      const wanted = files.filter(({ hash }) => !there.has(hash));
      await Promise.all(wanted.map(({ hash, bytes }) => replaceFile(join(texts, hash), bytes, 0o600)));
    },
    text: (file, hash) => keptText(texts, file, hash),
    async before(files, now) {
      const result = new Map(now);
      for (const [file, { before }] of Object.entries(files)) {
        if (before === undefined) result.delete(file);
        else if (now.get(file)?.hash !== before) {
          const bytes = await keptText(texts, file, before);
          result.set(file, { file, hash: before, bytes, loaded: loadFile(file, bytes) });
        }
      }
      return new Map([...result].sort(([a], [b]) => (a < b ? -1 : 1)));
    },
    entries: load,
    async append(entry) {
      owed = withEntry(owed, entry);
      const entries = await load().catch((cause: Error) => {
        logger.error(`cannot keep generation ${entry.generation} in the history: ${cause.message}`);
        return undefined;
      });
      if (!entries) return;
      const next: History = { schemaVersion: 1, entries };
      await replaceFile(historyPath(stateDir), `${JSON.stringify(next)}\n`, 0o600);
      known = entries;
      owed = [];
      await forgetUnneeded(texts, entries).catch((cause: Error) => {
        logger.warn(`cannot clear away earlier texts: ${cause.message}`);
      });
    },
  };
}

async function keptText(texts: string, file: string, hash: string): Promise<Uint8Array> {
  try {
    const bytes = await readFile(join(texts, hash));
    if (hashOf(bytes) !== hash) throw new Error('its bytes are damaged');
    return bytes;
  } catch (cause) {
    const message = `cannot read the earlier text of ${basename(file)}: ${(cause as Error).message}`;
    throw new Error(message, { cause });
  }
}

/** A history that is damaged costs the way back to earlier generations, and no more. */
async function loadHistory(stateDir: string, logger: Logger): Promise<readonly HistoryEntry[]> {
  const path = historyPath(stateDir);
  const unreadable = (why: string, cause?: unknown) =>
    new Error(`cannot read the history ${path}: ${why}`, { cause });
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw unreadable(systemMessage(cause), cause);
  });
  if (text === undefined) return [];
  const history = parsed(text);
  if (history && history.schemaVersion > 1) throw unreadable('a later osa-net wrote it');
  if (history) return history.entries;
  try {
    await rename(path, `${path}.damaged`);
    await syncDirectory(stateDir);
  } catch (cause) {
    throw unreadable(`it is damaged and cannot be set aside: ${systemMessage(cause)}`, cause);
  }
  logger.error('the history is damaged and begins anew', { copy: `${path}.damaged` });
  return [];
}

function parsed(text: string): History | undefined {
  try {
    const value = JSON.parse(text) as History;
    const isLater = value.schemaVersion > 1;
    return isLater || (value.schemaVersion === 1 && value.entries.every(isEntry)) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether something has what is read of an entry, here and for a way back. */
function isEntry({ generation, result, files }: HistoryEntry): boolean {
  return Number.isInteger(generation) && typeof result === 'string' && files instanceof Object;
}

function textsOf({ files, formerUnits = {} }: HistoryEntry): readonly (string | undefined)[] {
  const units = Object.values(formerUnits).map((unit) => (unit.type === 'file' ? unit.hash : undefined));
  return [...Object.values(files).map(({ before }) => before), ...units];
}

/**
 * Not synced: a text that comes back with the power is what its name says and nobody asks for it, and the next generation
 * clears it away.
 */
async function forgetUnneeded(texts: string, entries: readonly HistoryEntry[]): Promise<void> {
  const needed = new Set(entries.flatMap(textsOf));
  const gone = (await readdir(texts)).filter((name) => !needed.has(name));
  await Promise.all(gone.map((name) => rm(join(texts, name), { force: true })));
}
