import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { loadFile } from '../crds/load.ts';
import type { SourceFile } from '../state/directory.ts';
import { type History, type HistoryEntry, historyLength } from '../state/history.ts';
import type { Transaction } from '../state/transaction.ts';
import { removeUnfinished, replaceFile } from './atomic.ts';
import { hashOf } from './hash.ts';
import type { Logger } from './log.ts';

/**
 * The applied generations, and the texts that each of them replaced: `history.json` and `history/<sha256>` under the
 * state directory.
 */
export interface HistoryStore {
  prepare(): Promise<void>;
  /** Makes texts durable before they are replaced. */
  keep(files: readonly SourceFile[]): Promise<void>;
  /** The documents that were in force before a transaction; `now` are those that are on disk. */
  before(
    files: Transaction['files'],
    now: ReadonlyMap<string, SourceFile>,
  ): Promise<ReadonlyMap<string, SourceFile>>;
  entries(): Promise<readonly HistoryEntry[]>;
  /** Adds a generation and lets go of texts that none of the last ones needs. */
  append(entry: HistoryEntry): Promise<void>;
}

const none: History = { schemaVersion: 1, entries: [] };

/** Where the generations are listed. */
function historyPath(stateDir: string): string {
  return join(stateDir, 'history.json');
}

export function openHistory(stateDir: string, logger: Logger): HistoryStore {
  const texts = join(stateDir, 'history');
  const path = historyPath(stateDir);
  let known: History | undefined;
  const load = async () => {
    known ??= await loadHistory(path, logger);
    return known;
  };
  return {
    async prepare() {
      await mkdir(texts, { recursive: true, mode: 0o700 });
      await removeUnfinished(texts);
    },
    async keep(files) {
      const there = new Set(await readdir(texts));
      const wanted = files.filter(({ hash }) => !there.has(hash));
      await Promise.all(wanted.map(({ hash, bytes }) => replaceFile(join(texts, hash), bytes, 0o600)));
    },
    async before(files, now) {
      const result = new Map(now);
      for (const [file, { before }] of Object.entries(files)) {
        if (before === undefined) result.delete(file);
        else if (now.get(file)?.hash !== before) result.set(file, await keptText(texts, file, before));
      }
      return new Map([...result].sort(([a], [b]) => (a < b ? -1 : 1)));
    },
    entries: async () => (await load()).entries,
    async append(entry) {
      const { entries } = await load();
      const next: History = { schemaVersion: 1, entries: [...entries, entry].slice(-historyLength) };
      await replaceFile(path, `${JSON.stringify(next)}\n`, 0o600);
      known = next;
      await forgetUnneeded(texts, next);
    },
  };
}

async function keptText(texts: string, file: string, hash: string): Promise<SourceFile> {
  try {
    const bytes = await readFile(join(texts, hash));
    if (hashOf(bytes) !== hash) throw new Error('its bytes are damaged');
    return { file, hash, bytes, loaded: loadFile(file, bytes) };
  } catch (cause) {
    const message = `cannot read the earlier text of ${basename(file)}: ${(cause as Error).message}`;
    throw new Error(message, { cause });
  }
}

/** A history that cannot be read costs the way back to earlier generations, and no more. */
async function loadHistory(path: string, logger: Logger): Promise<History> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') logger.warn(`cannot read the history: ${cause.message}`);
    return undefined;
  });
  if (text === undefined) return none;
  try {
    const value = JSON.parse(text) as History;
    if (Array.isArray(value.entries)) return value;
  } catch {
    // told below
  }
  logger.warn(`the history ${path} is damaged and begins anew`);
  return none;
}

async function forgetUnneeded(texts: string, { entries }: History): Promise<void> {
  const needed = new Set(entries.flatMap(({ files }) => Object.values(files).map(({ before }) => before)));
  const gone = (await readdir(texts)).filter((name) => !needed.has(name));
  await Promise.all(gone.map((name) => rm(join(texts, name), { force: true })));
}
