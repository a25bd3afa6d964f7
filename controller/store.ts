import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { hashOf } from '../crds/hash.ts';
import { loadFile } from '../crds/load.ts';
import type { ResourceKey } from '../crds/resource.ts';
import type { SourceFile } from '../state/directory.ts';
import { emptyInventory, type Inventory } from '../state/inventory.ts';
import { removeUnfinished, replaceFile, syncDirectory } from './atomic.ts';
import type { Logger } from './log.ts';

/** What survives a restart: the inventory and the last good documents, under the state directory. */
export interface Store {
  /** Makes the directory where it is missing and clears away what a crash left half written; for the operator only. */
  prepare(): Promise<void>;
  loadInventory(): Promise<Inventory>;
  /** Writes it unless it is what was read or written last; after a failed write nobody knows what is there. */
  saveInventory(inventory: Inventory): Promise<void>;
  loadLastGood(configDir: string): Promise<ReadonlyMap<string, SourceFile>>;
  /** Writes what changed since the last save and removes what is no longer kept. */
  saveLastGood(files: ReadonlyMap<string, SourceFile>): Promise<void>;
}

/** Opens the state directory; reading it changes nothing, so that `osa-net diff` may do it beside the operator. */
export function openStore(stateDir: string, logger: Logger): Store {
  const documents = join(stateDir, 'documents');
  const inventoryFile = join(stateDir, 'inventory.json');
  /** By name, the hashes of the last good documents that are there; empty where a write failed. */
  let saved: ReadonlyMap<string, string> = new Map();
  let written: Inventory | undefined;
  return {
    async prepare() {
      if (!existsSync(documents)) await holdEverything(inventoryFile, logger);
      await mkdir(documents, { recursive: true, mode: 0o700 });
      removeUnfinished(stateDir);
      removeUnfinished(documents);
      // What a life before this one renamed and did not get to sync is believed from here on.
      await syncDirectory(stateDir);
      await syncDirectory(documents);
    },
    async loadInventory() {
      written = await loadInventory(inventoryFile, logger);
      return written;
    },
    async saveInventory(inventory) {
      if (inventory === written) return;
      written = undefined;
      await saveInventory(inventoryFile, inventory);
      written = inventory;
    },
    async loadLastGood(configDir) {
      const files = await loadLastGood(documents, configDir);
      saved = new Map([...files.values()].map(({ file, hash }) => [basename(file), hash]));
      return files;
    },
    async saveLastGood(files) {
      const known = saved;
      const next = new Map([...files.values()].map(({ file, hash }) => [basename(file), hash]));
      saved = new Map(
        [...known, ...next].map(([name, hash]) => [name, next.get(name) === known.get(name) ? hash : '']),
      );
      await saveLastGood(documents, known, files).catch((cause) => {
        throw new Error(`cannot keep the last good documents: ${(cause as Error).message}`, { cause });
      });
      saved = next;
    },
  };
}

/** Without the last good documents nobody knows which of them were removed, and which are only missing. */
async function holdEverything(inventoryFile: string, logger: Logger): Promise<void> {
  const inventory = await loadInventory(inventoryFile, logger);
  const held = (Object.keys(inventory.resources) as ResourceKey[]).sort();
  if (held.length === 0) return;
  logger.warn("the last good documents are gone; nothing is deleted without 'osa-net prune --yes'");
  await saveInventory(inventoryFile, { ...inventory, held });
}

async function saveInventory(path: string, inventory: Inventory): Promise<void> {
  await replaceFile(path, `${JSON.stringify(inventory, undefined, 1)}\n`, 0o600).catch((cause) => {
    throw new Error(`cannot write the inventory: ${(cause as Error).message}`, { cause });
  });
}

async function loadInventory(path: string, logger: Logger): Promise<Inventory> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw new Error(`cannot read the inventory: ${cause.message}`, { cause });
  });
  if (text === undefined) return emptyInventory;
  const parsed = parseInventory(text);
  if (parsed && parsed.schemaVersion > 1) {
    throw new Error(
      `cannot read the inventory ${path}: a later osa-net wrote it (schema ${parsed.schemaVersion}); install that one again`,
    );
  }
  if (parsed) return parsed;
  // Our units are signed, so what they made is still known to be ours (state/foreign.ts).
  await copyFile(path, `${path}.damaged`);
  logger.error('the inventory is damaged; ownership is read from the units instead', {
    copy: `${path}.damaged`,
  });
  return emptyInventory;
}

function parseInventory(text: string): Inventory | undefined {
  try {
    const value = JSON.parse(text) as Inventory;
    const isWhole = value.units && value.links && value.resources;
    return isWhole && Number.isInteger(value.schemaVersion) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function loadLastGood(documents: string, configDir: string): Promise<ReadonlyMap<string, SourceFile>> {
  const files = new Map<string, SourceFile>();
  const names = await readdir(documents).catch((cause: NodeJS.ErrnoException) => {
    // Whoever took what cannot be read for nothing would let the prune guard forget what it guards.
    if (cause.code !== 'ENOENT') throw cause;
    return [];
  });
  for (const name of names.sort()) {
    if (name.startsWith('.')) continue;
    const bytes = await readFile(join(documents, name));
    const file = join(configDir, name);
    // A later version of osa-net may find fault with what an earlier one took: what is left of it stays in force.
    files.set(file, { file, bytes, hash: hashOf(bytes), loaded: loadFile(file, bytes) });
  }
  return files;
}

async function saveLastGood(
  documents: string,
  saved: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, SourceFile>,
): Promise<void> {
  const changed = [...files.values()].filter(({ file, hash }) => saved.get(basename(file)) !== hash);
  await Promise.all(
    changed.map(({ file, bytes }) => replaceFile(join(documents, basename(file)), bytes, 0o600)),
  );
  const kept = new Set([...files.values()].map(({ file }) => basename(file)));
  const gone = [...saved.keys()].filter((name) => !kept.has(name));
  await Promise.all(gone.map((name) => rm(join(documents, name), { force: true })));
  // Whatever came back with the power would be in force again where the directory cannot be read.
  if (gone.length > 0) await syncDirectory(documents);
}
