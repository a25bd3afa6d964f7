import { newestSystemd } from '../crds/networkd/capabilities.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { inForce } from '../state/force.ts';
import type { Inventory } from '../state/inventory.ts';
import { asRead } from '../state/unread.ts';
import { createDocuments } from './documents-view.ts';
import type { Logger } from './log.ts';
import { programVersion } from './networkd/probe.ts';
import type { Settings } from './settings.ts';
import { openStore } from './store.ts';

/** Resources that stay although their documents are gone, because too many went at once. */
export interface HeldBack {
  readonly held: readonly ResourceKey[];
  /** Why the directory cannot be read; empty when it can. */
  readonly trouble: string;
  readonly inventory: Inventory;
}

/** What a blocked prune holds back, approved or not; changes nothing and asks nobody. */
export async function heldBack(settings: Settings, logger: Logger): Promise<HeldBack> {
  const store = openStore(settings.stateDir, logger);
  const lastGood = await store.loadLastGood(settings.configDir);
  const written = await createDocuments(settings.configDir, lastGood).view();
  const view = asRead(written, lastGood, (await programVersion()) ?? newestSystemd);
  const inventory = await store.loadInventory();
  const { prune } = inForce(view, lastGood, new Set(), inventory);
  return { held: prune.held, trouble: view.trouble, inventory };
}
