import type { ResourceKey } from '../crds/resource.ts';
import type { FormerUnits } from './former-units.ts';
import type { LinkScene } from './scene.ts';
import type { Transaction } from './transaction.ts';

/**
 * Everything on this host that is ours to change or delete, and which documents it came from. It is written before
 * each change is made (an entry may name something that does not exist yet) and trimmed after, so that a crash at
 * any instant leaves nothing of ours unknown.
 */
export interface Inventory {
  readonly schemaVersion: 1;
  /** Units by file name, with the hash we wrote or were about to write. */
  readonly units: Readonly<Record<string, OwnedUnit>>;
  /** Links that we made, by name. */
  readonly links: Readonly<Record<string, OwnedLink>>;
  readonly resources: Readonly<Partial<Record<ResourceKey, ResourceRecord>>>;
  readonly resolver?: OwnedResolver | undefined;
  /** Units changed since networkd last read them; makes the reload survive a crash between the two. */
  readonly reloadPending: boolean;
  /**
   * networkd must restart before links are made from the new text of their .netdev (v250 to v256); makes that survive
   * a restart that fails, and a crash before it. Absent: it need not.
   */
  readonly restartPending?: true | undefined;
  /**
   * The documents that the last reading of the directory found, sorted, whatever became of them: what the prune guard
   * counts by. Absent: it was not read yet.
   */
  readonly documents?: readonly ResourceKey[] | undefined;
  /** Resources that the prune guard holds, sorted: a restart must not let go of them. Absent: none. */
  readonly held?: readonly ResourceKey[] | undefined;
  /**
   * Ports that others plugged into a bridge of ours which is made anew, by name: they are put back once the new one
   * is there, also by the next life of the operator. Absent: none.
   */
  readonly replug?: Readonly<Record<string, Plug>> | undefined;
  /**
   * Links of others that a document no longer names, by name, and the resource whose bridge they are to leave: networkd
   * may plug one in again that it has just forgotten. Absent: none.
   */
  readonly unplug?: Readonly<Record<string, ResourceKey>> | undefined;
  /**
   * What units of ours asked for, by link and setting (`settingsOf`): some of it may still be there although no unit
   * asks for it any more. Absent: nothing.
   */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, AskedSetting>>>> | undefined;
  /** The last generation of the documents that was applied, counted from 1; absent: none. */
  readonly generation?: number | undefined;
  /** The generation that is applied and not yet known to be good. */
  readonly transaction?: Transaction | undefined;
  /** Units of others that a change which is over took over, and that could not be given back yet. Absent: none. */
  readonly formerUnits?: FormerUnits | undefined;
  /** Specs that were taken back and are not tried again, by resource. */
  readonly rolledBack?: Readonly<Partial<Record<ResourceKey, RolledBack>>> | undefined;
  /** What `osa-net suspend` holds still. */
  readonly suspended?: 'all' | readonly ResourceKey[] | undefined;
  /** The earlier generation that `osa-net rollback` holds the host on. */
  readonly hold?: Hold | undefined;
}

/** A setting of a link that units of ours asked for. */
export interface AskedSetting {
  /** Whose units do, or did last. */
  readonly owner: ResourceKey;
  /** All that were asked for and may still be there. */
  readonly values: readonly string[];
  /** What it was before anybody asked. Absent: nobody knows, or there was no such link. */
  readonly before?: string | undefined;
  /** Of the values of a list those that a link of others had before anybody asked. Absent: none. */
  readonly found?: readonly string[] | undefined;
  /** Which link it was (`identityOf`). Absent: one that we make, and that goes with its document. */
  readonly identity?: string | undefined;
}

/** Where a port belongs that a new bridge has lost. */
export interface Plug {
  readonly master: string;
  /** Whose bridge it is. */
  readonly owner: ResourceKey;
}

/** A spec that was tried and taken back. */
export interface RolledBack {
  /** Empty: what was taken back is the removal of the document. */
  readonly specHash: string;
  /** Path of the document. */
  readonly file: string;
  /** Why it was taken back. */
  readonly message: string;
  /** Of the text that the directory had when this one was tried. */
  readonly earlier?: RolledBack | undefined;
}

/** Whether a spec was taken back for good: what it made must go, although its document is there. */
export function isRefused(entry: RolledBack | undefined): boolean {
  return entry !== undefined && entry.specHash !== '';
}

/** Whether what a change did for a resource is being taken back. */
export function goesBack(
  owner: ResourceKey,
  { transaction, rolledBack }: Pick<Inventory, 'transaction' | 'rolledBack'>,
): boolean {
  return transaction?.phase === 'reverting' || isRefused(rolledBack?.[owner]);
}

/** Whether a link was taken over from others by a change that does not last: no document wants it any more. */
export function isReturning(
  name: string,
  { links }: Pick<Inventory, 'links'>,
  made: { has(name: string): boolean },
): boolean {
  return links[name]?.former !== undefined && !made.has(name);
}

/** An earlier generation in force instead of the directory's documents. */
export interface Hold {
  readonly generation: number;
  /** What the directory held when the hold began (`fingerprint`): it ends when that changes. */
  readonly directory: string;
}

export interface OwnedUnit {
  readonly owner: ResourceKey;
  readonly hash: string;
}

export interface OwnedLink {
  readonly owner: ResourceKey;
  /** Kernel kind we asked for: a link of this name and another kind is not ours. */
  readonly kind: string;
  /** Another kind that its .netdev makes by now: networkd may have done so while nobody looked. */
  readonly becomes?: string | undefined;
  /**
   * Hash of the .netdev, of that other kind, that networkd knew while this link was still there: whatever takes its place
   * is made from that.
   */
  readonly outlived?: string | undefined;
  /** The .netdev that makes it. */
  readonly netdev: string;
  /** Hash of that .netdev when the link was made: a later text needs a new link where networkd cannot change it. */
  readonly madeFrom: string;
  /**
   * Which link it was when it was last seen (`identityOf`): after a reboot, or in a state directory from an old backup,
   * a name and a kind alone say nothing about who made a link. From when networkd was told
   * to make it, `unseenIdentity`, until it is seen.
   */
  readonly identity?: string | undefined;
  /**
   * How it was before it was taken over from others, until the change that did so is confirmed: while this is here,
   * it is put back so and given back where no document wants it any more, and never deleted.
   */
  readonly former?: LinkScene | undefined;
}

export interface ResourceRecord {
  readonly specHash: string;
  /**
   * `specHash` of the spec that was last put on the host; empty: none was yet (its names are taken, it is suspended).
   * Absent in inventories of earlier versions: `specHash`.
   */
  readonly applied?: string | undefined;
  /** Counts spec changes from 1. */
  readonly generation: number;
  /** RFC 3339, UTC: when osa-net first saw it. */
  readonly createdAt: string;
  /** Path of the file that its text in force is from: while that file is broken nobody knows whether it is gone. */
  readonly file: string;
  /** The document was annotated `osa-net.dev/prune: disabled`: removing it leaves everything in place. */
  readonly keep?: boolean | undefined;
}

/** What the Resolver replaced, to be put back when its document goes. */
export interface OwnedResolver {
  readonly owner: ResourceKey;
  readonly previous?: PreviousResolvConf | undefined;
  /**
   * What we put there last and were about to put there: anything else is somebody's by now. Absent: in records of earlier
   * versions, and where nothing was to be put there.
   */
  readonly written?: readonly PreviousResolvConf[] | undefined;
  /** Our drop-in is on disk, or about to be. */
  readonly dropIn: boolean;
}

export type PreviousResolvConf =
  | { readonly type: 'absent' }
  | { readonly type: 'link'; readonly target: string }
  | { readonly type: 'file'; readonly text: string };

export const emptyInventory: Inventory = {
  schemaVersion: 1,
  units: {},
  links: {},
  resources: {},
  reloadPending: false,
};
