import type { ResourceKey } from '../crds/resource.ts';
import { onHostBefore } from '../state/changes.ts';
import { type DirectoryView, keysOf, type SourceFile } from '../state/directory.ts';
import { liftedBetween, readyToTry } from '../state/suspension.ts';
import { asRead } from '../state/unread.ts';
import type { Documents } from './documents-view.ts';
import { fingerprintOf } from './fingerprint.ts';
import { withoutHold } from './hold.ts';
import type { Memory } from './memory.ts';

/** The documents that a pass works on, and the memory that goes with them. */
export interface Viewed {
  readonly view: DirectoryView;
  readonly memory: Memory;
  /** Resources that go because a hold ends: that their documents are not there is no accident. */
  readonly letGo: ReadonlySet<ResourceKey>;
}

const nothing: ReadonlySet<ResourceKey> = new Set();

/**
 * What stands for the documents: those from before a change that is being taken back (the directory is not even read
 * then), those of an earlier generation while the directory stands still, else the directory, with what is only tried, as
 * systemd of a version reads it.
 */
export async function viewInForce(documents: Documents, memory: Memory, version: number): Promise<Viewed> {
  const { inventory, base, held, overlay } = memory;
  if (inventory.transaction?.phase === 'reverting' && base) {
    return { view: standIn(onHostBefore(base, inventory)), memory, letGo: nothing };
  }
  const written = await documents.view(inventory.held);
  const read = (view: DirectoryView) => asRead(view, memory.lastGood, version);
  if (inventory.hold && held) {
    const stands = written.trouble !== '' || fingerprintOf(written) === inventory.hold.directory;
    if (stands) return { view: standIn(held), memory, letGo: nothing };
    const letGo = new Set(keysOf(held.values()));
    // What was in the directory when the hold began and is not now did not go because it ends; nor did what is held back.
    for (const key of [...(inventory.documents ?? letGo), ...(inventory.held ?? [])]) letGo.delete(key);
    return { view: read(written), memory: released(memory), letGo };
  }
  return {
    view: read(overlay ? covered(written, overlay) : written),
    memory: readied(memory),
    letGo: nothing,
  };
}

function standIn(files: ReadonlyMap<string, SourceFile>): DirectoryView {
  return { trouble: '', files, isStandIn: true };
}

function covered(view: DirectoryView, overlay: ReadonlyMap<string, SourceFile>): DirectoryView {
  const files = [...new Map([...view.files, ...overlay])].sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...view, files: new Map(files), isCovered: true };
}

/** What speaks against documents from earlier is lifted to try them; it comes back with a change that is taken back. */
function readied(memory: Memory): Memory {
  const { inventory, overlay = new Map<string, SourceFile>(), wish } = memory;
  if (wish?.by !== 'try' || inventory.transaction) return memory;
  const ready = readyToTry(inventory, [...keysOf(overlay.values())]);
  return { ...memory, inventory: ready, wish: { ...wish, lifted: liftedBetween(inventory, ready) } };
}

/** The memory after a hold: what the directory has comes by itself. */
function released(memory: Memory): Memory {
  const { held: _, wish: __, ...rest } = memory;
  return { ...rest, inventory: withoutHold(memory.inventory) };
}
