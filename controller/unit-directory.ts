import { linkSync, lstatSync, readFileSync, readlinkSync, renameSync, rmSync, statSync } from 'node:fs';
import { mkdir, rm, symlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { linksMadeBy } from '../crds/compile/netdev.ts';
import type { Unit } from '../crds/compiled.ts';
import { hashOf } from '../crds/hash.ts';
import { ownerOf } from '../crds/unit.ts';
import type { FormerUnit } from '../state/former-units.ts';
import type { ObservedUnit } from '../state/observed.ts';
import { removeUnfinished, stage, syncDirectory, unfinishedPath } from './atomic.ts';

/** networkd's directory of units: what of ours is there, and the changes to it. */
export interface UnitDirectory {
  /** Units that exist, of those asked for. Files whose inode, size and times stand still are not read again. */
  observe(names: Iterable<string>): ReadonlyMap<string, ObservedUnit>;
  /** Puts units beside their places, durable but not yet in force. @throws the first system error */
  stage(units: readonly Unit[]): Promise<void>;
  /** Puts one staged unit in force. @param isNew nothing stood there: what stands there by now is somebody else's, and stays */
  commit(unit: Unit, isNew?: boolean): Promise<void>;
  remove(name: string): Promise<void>;
  /** What stands under a name, so that it can be put back; undefined where no file or link does. */
  former(name: string): { readonly unit: FormerUnit; readonly bytes: Uint8Array } | undefined;
  /** Puts back what stood under a name; `bytes` are those of a file. */
  restore(name: string, unit: FormerUnit, bytes: Uint8Array): Promise<void>;
  /** Gives a unit new timestamps, which makes networkd look at it again; one that is missing is left out. */
  touch(name: string): Promise<void>;
  /** Makes commits and removals durable, also those that failed half way; costs nothing where all of them are. */
  sync(): Promise<void>;
  /** Makes the directory where it is missing and removes what was left half written. */
  prepare(): Promise<void>;
}

/** How many units are written at a time: enough to share the disk's journal commits. */
const stagedAtOnce = 16;

/** Opens a directory of units; `secretGroup` is the gid that may read units with secrets (systemd-network). */
export function openUnitDirectory(directory: string, secretGroup: number | undefined): UnitDirectory {
  const known = new Map<string, { stamp: string; unit: ObservedUnit }>();
  const secretOwner = secretGroup === undefined ? undefined : { uid: 0, gid: secretGroup };
  const place = (name: string) => join(directory, name);
  /** Units were put beside their places, and some of them may be left there: a step failed, or its removal did. */
  let isLittered = false;
  /** Something was changed since the last sync; whatever became of it, it may be undone by a power loss. */
  let isVolatile = false;
  return {
    observe(names) {
      if (isLittered) isLittered = !swept(directory);
      const seen = new Map<string, ObservedUnit>();
      for (const name of names) {
        const unit = observeUnit(place(name), name, known);
        if (unit) seen.set(name, unit);
      }
      return seen;
    },
    async stage(units) {
      isLittered = true;
      for (let first = 0; first < units.length; first += stagedAtOnce) {
        const batch = units.slice(first, first + stagedAtOnce);
        await Promise.all(
          batch.map(({ name, text, mode }) =>
            stage(place(name), text, mode, mode === 0o640 ? secretOwner : undefined),
          ),
        );
      }
    },
    async commit({ name }, isNew = false) {
      isVolatile = true;
      (isNew ? appear : renameSync)(unfinishedPath(place(name)), place(name));
    },
    remove(name) {
      isVolatile = true;
      return rm(place(name), { force: true });
    },
    former: (name) => formerAt(place(name)),
    async restore(name, unit, bytes) {
      isLittered = isVolatile = true;
      const temporary = unfinishedPath(place(name));
      if (unit.type === 'file') await stage(place(name), bytes, unit.mode, unit);
      else {
        await rm(temporary, { force: true });
        await symlink(unit.target, temporary);
      }
      renameSync(temporary, place(name));
    },
    async touch(name) {
      const now = new Date();
      await utimes(place(name), now, now).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'ENOENT') throw cause;
      });
    },
    async sync() {
      if (!isVolatile) return;
      await syncDirectory(directory);
      isVolatile = false;
    },
    async prepare() {
      await mkdir(directory, { recursive: true });
      removeUnfinished(directory);
      await syncDirectory(directory);
    },
  };
}

/** A rename that replaces nothing. */
function appear(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new Error(`somebody else has just put ${to} there`, { cause });
    // A file system without hard links (link(2)).
    if (code !== 'EPERM') throw cause;
    renameSync(from, to);
    return;
  }
  rmSync(from);
}

/** Whether nothing is left half written any more. */
function swept(directory: string): boolean {
  try {
    removeUnfinished(directory);
    return true;
  } catch {
    return false; // tried again at the next look
  }
}

function formerAt(path: string): ReturnType<UnitDirectory['former']> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isSymbolicLink()) {
    return { unit: { type: 'link', target: readlinkSync(path) }, bytes: new Uint8Array() };
  }
  if (!stat?.isFile()) return undefined;
  const bytes = readFileSync(path);
  const { uid, gid } = stat;
  return { unit: { type: 'file', hash: hashOf(bytes), mode: stat.mode & 0o7777, uid, gid }, bytes };
}

function observeUnit(
  path: string,
  name: string,
  known: Map<string, { stamp: string; unit: ObservedUnit }>,
): ObservedUnit | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) {
    known.delete(name);
    // A mask (a link to /dev/null), a dangling link, a directory: something is there, and it is not ours.
    return lstatSync(path, { throwIfNoEntry: false }) && { hash: '' };
  }
  const stamp = `${stat.ino}:${stat.size}:${stat.mtimeMs}:${stat.ctimeMs}`;
  const before = known.get(name);
  if (before?.stamp === stamp) return before.unit;
  const bytes = readFileSync(path);
  const text = bytes.toString();
  const owner = ownerOf(text);
  const makes = name.endsWith('.netdev') ? linksMadeBy(text) : undefined;
  const unit: ObservedUnit = {
    hash: hashOf(bytes),
    intactOwner: owner?.intact ? owner.owner : undefined,
    ...(makes && { makes }),
  };
  // Times have the resolution of a kernel tick: a file that young is read again next time.
  if (Date.now() - stat.ctimeMs > 50) known.set(name, { stamp, unit });
  else known.delete(name);
  return unit;
}
