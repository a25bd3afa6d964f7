import { join } from 'node:path';
import { createDocuments } from '../../controller/documents-view.ts';
import { openHistory } from '../../controller/history.ts';
import type { KernelLink } from '../../controller/kernel/parse.ts';
import { type Memory, newMemory } from '../../controller/memory.ts';
import { createObserver } from '../../controller/observe.ts';
import type { PassInput } from '../../controller/reconcile.ts';
import { openStore } from '../../controller/store.ts';
import { Trial } from '../../controller/trial.ts';
import { openUnitDirectory } from '../../controller/unit-directory.ts';
import type { World } from '../../controller/world.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import type { Verdict } from '../../state/trial.ts';
import { keepingLogger } from './logger.ts';

/** Real directories, beside a networkd and a kernel that have no links unless told, and can be told to fail. */
export interface PassHost {
  readonly place: (name: string) => string;
  networkd: { state: string; message: string; version: number; run: number; links: Map<number, unknown> };
  memory: Memory;
  /** The clock, ms since the epoch. */
  now: number;
  /** What the kernel shows. */
  links: ReadonlyMap<string, KernelLink>;
  /** What happens while the kernel is asked for its links. */
  onLook: () => void;
  /** What systemd does when it is to restart networkd. */
  restart: () => Promise<void>;
  /** Asked before a change. */
  probes: Pick<World['probes'], 'automatic' | 'check'>;
  /** The inventories that were written before the first step of a pass. */
  readonly told: Inventory[];
  input(fields?: {
    onStep?: PassInput['onStep'];
    /** On the open transaction, one each time that the pass asks; empty: those of a trial that has just begun. */
    verdicts?: readonly Verdict[];
  }): Promise<PassInput>;
}

/** @param root of the directories `documents` and `units`, which exist, and `state` */
export function passHost(root: string): PassHost {
  const place = (name: string) => join(root, name);
  const host: PassHost = {
    place,
    networkd: { state: 'running', message: '', version: 252, run: 1, links: new Map() },
    memory: newMemory(emptyInventory, new Map()),
    now: 1_000_000,
    links: new Map(),
    onLook: () => undefined,
    restart: async () => undefined,
    probes: { automatic: async () => [], check: async () => '' },
    told: [],
    async input({ onStep = () => undefined, verdicts = [] } = {}) {
      const logger = keepingLogger();
      const store = openStore(place('state'), logger);
      await store.prepare();
      const history = openHistory(place('state'), logger);
      await history.prepare();
      const world = {
        settings: { enableNetworkd: false },
        logger,
        clock: { now: () => host.now, uptime: () => host.now, after: () => () => undefined },
        random: () => 1,
        networkd: {
          snapshot: () => host.networkd,
          reload: async () => undefined,
          refresh: async () => undefined,
        },
        systemd: { restartUnit: () => host.restart() },
        kernel: {
          epoch: 'boot',
          links: async () => {
            host.onLook();
            return host.links;
          },
          defaultRoutes: async () => [],
        },
        units: openUnitDirectory(place('units'), undefined),
        store,
        history,
        probes: host.probes,
      } as unknown as World;
      const trial = new Trial(world, () => undefined);
      const words = [...verdicts];
      if (words.length > 0) trial.verdict = () => words.shift() ?? { kind: 'pending' };
      return {
        world,
        documents: createDocuments(place('documents'), host.memory.lastGood),
        observer: createObserver(world),
        memory: host.memory,
        approved: new Set(),
        onStep,
        onHeld: (held) => {
          host.memory = { ...host.memory, inventory: { ...host.memory.inventory, held } };
        },
        onIntent: ({ inventory }) => host.told.at(-1) !== inventory && host.told.push(inventory),
        trial,
        answers: new Map(),
      };
    },
  };
  return host;
}
