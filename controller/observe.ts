import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { capabilitiesOf, newestSystemd } from '../crds/networkd/capabilities.ts';
import type { Desired } from '../state/desired.ts';
import type { Inventory } from '../state/inventory.ts';
import { type Observed, type ObservedLink, unseenResolver } from '../state/observed.ts';
import { type Theme, wantsOf } from '../state/wants.ts';
import { createFactsCache } from './facts-cache.ts';
import type { KernelLink } from './kernel/client.ts';
import type { World } from './world.ts';

/** Reads the host. Knows which links changed since the last look, so that a look costs what changed. */
export interface Observer {
  /** Links that the kernel told of, or everything. */
  markKernel(names: readonly string[] | 'all'): void;
  /** What stands on links changed: it is read anew at the next look. */
  markTheme(theme: Theme): void;
  /** Links whose networkd state changed, or everything. */
  markNetworkd(ifindexes: readonly number[] | 'all'): void;
  /** Everything is read anew at the next look. */
  forget(): void;
  /** When networkd last told of anything (uptime, ms): a networkd that is at work needs no reminding. */
  lastActivity(): number;
  /** Name of a link as of the last look. */
  nameOf(ifindex: number): string | undefined;
  look(desired: Desired, inventory: Inventory): Promise<Observed>;
  /** The same host with the units as they are now. */
  lookAtUnits(before: Observed, desired: Desired, inventory: Inventory): Observed;
}

/** From so many changed links on, one dump of all is cheaper than asking for each. */
const askedSingly = 6;

/** After so long that a link is not there is not taken for granted any more, ms. */
const doubtTime = 5_000;

export function createObserver(
  world: Pick<World, 'networkd' | 'kernel' | 'units' | 'resolver' | 'clock'>,
): Observer {
  const { networkd, kernel, units, resolver, clock } = world;
  let stale: Set<string> | 'all' = 'all';
  let links = new Map<string, KernelLink>();
  let activity = Number.NEGATIVE_INFINITY;
  let doubtedAt = Number.NEGATIVE_INFINITY;
  let names = new Map<number, string>();
  const networkFiles = new Map<number, string | undefined>();
  const facts = createFactsCache(kernel);

  /** That a link is not there is asked for anew from time to time: the kernel's word of a new one may be lost. */
  async function lookAtKernel(wanted: Iterable<string>): Promise<ReadonlyMap<string, KernelLink>> {
    if (stale !== 'all' && clock.uptime() - doubtedAt >= doubtTime) {
      doubtedAt = clock.uptime();
      for (const name of wanted) if (!links.has(name)) stale.add(name);
    }
    const asked = stale;
    stale = new Set();
    try {
      if (asked === 'all' || asked.size > askedSingly) links = new Map(await kernel.links());
      else if (asked.size > 0) links = await renewed(links, [...asked]);
    } catch (cause) {
      stale = 'all';
      throw cause;
    }
    return links;
  }

  async function renewed(
    before: Map<string, KernelLink>,
    names: readonly string[],
  ): Promise<Map<string, KernelLink>> {
    const seen = await kernel.links(names);
    const next = new Map(before);
    for (const name of names) {
      const link = seen.get(name);
      if (link) next.set(name, link);
      else next.delete(name);
    }
    return next;
  }

  function unitsOf(desired: Desired, inventory: Inventory): Observed['units'] {
    return units.observe(new Set([...desired.units.keys(), ...Object.keys(inventory.units)]));
  }

  async function lookedAtUnits(desired: Desired, inventory: Inventory): Promise<Observed['units']> {
    return unitsOf(desired, inventory);
  }

  async function networkFileOf(ifindex: number, setup: string): Promise<string | undefined> {
    if (setup !== 'configured' && setup !== 'failed') return undefined;
    if (!networkFiles.has(ifindex)) networkFiles.set(ifindex, await networkd.networkFile(ifindex));
    return networkFiles.get(ifindex);
  }

  async function joined(
    link: KernelLink,
    isNamed: boolean,
    desired: Desired,
    isInteresting: boolean,
  ): Promise<ObservedLink> {
    const state = networkd.snapshot().links.get(link.ifindex);
    const setup = state?.setup ?? '-';
    const networkFile = isInteresting ? await networkFileOf(link.ifindex, setup) : undefined;
    const isGone = networkFile !== undefined && isOthersAndGone(networkFile, desired);
    const addresses = link.addresses.map(({ cidr }) => cidr);
    const leased = link.addresses.filter(({ isLeased }) => isLeased).map(({ cidr }) => cidr);
    // Not kept: nobody tells when it changes.
    const names = isNamed && setup === 'configured' ? networkd.names(link.ifindex) : undefined;
    const operational = state?.operational ?? '-';
    return {
      ...link,
      addresses,
      leased,
      setup,
      operational,
      networkFile,
      ...(isGone && { isNetworkFileGone: true }),
      names,
    };
  }

  return {
    markKernel(names) {
      facts.markLinks(names);
      if (names === 'all') stale = 'all';
      else if (stale !== 'all') for (const name of names) stale.add(name);
    },
    markTheme: (theme) => facts.mark(theme),
    markNetworkd(ifindexes) {
      activity = clock.uptime();
      // networkd's own doing, of which nothing else tells.
      facts.mark('dhcp');
      facts.mark('nat');
      if (ifindexes === 'all') {
        networkFiles.clear();
        // One that started has made what was missing, and the kernel's word of it may be lost.
        stale = 'all';
      } else for (const ifindex of ifindexes) networkFiles.delete(ifindex);
    },
    forget() {
      stale = 'all';
      facts.markLinks('all');
      networkFiles.clear();
    },
    lastActivity: () => activity,
    nameOf: (ifindex) => names.get(ifindex),
    async look(desired, inventory) {
      const { run } = networkd.snapshot();
      const ours = interestingLinks(desired);
      const wanted = wantsOf(desired, inventory.settings);
      // The units are read while `ip` works.
      const [kernelLinks, seenFacts, seenUnits] = await Promise.all([
        lookAtKernel(new Set([...desired.made.keys(), ...Object.keys(inventory.links)])),
        facts.look(wanted),
        lookedAtUnits(desired, inventory),
      ]);
      const seen = [...kernelLinks.values()];
      names = new Map(seen.map(({ ifindex, name }) => [ifindex, name]));
      const unknown = seen.filter(
        ({ name, ifindex }) => ours.has(name) && !networkd.snapshot().links.has(ifindex),
      );
      if (unknown.length > 0 && networkd.snapshot().state === 'running') {
        await networkd.refresh(unknown.map(({ ifindex }) => ifindex));
      }
      const { state, message, version } = networkd.snapshot();
      const observed = await Promise.all(
        seen.map((link) => joined(link, wanted.named.has(link.name), desired, ours.has(link.name))),
      );
      return {
        networkd: { state, message, capabilities: capabilitiesOf(version || newestSystemd), run },
        epoch: kernel.epoch,
        links: new Map(observed.map((link) => [link.name, link])),
        units: seenUnits,
        ...seenFacts,
        resolver: desired.resolver || inventory.resolver ? await resolver.observe() : unseenResolver,
      };
    },
    lookAtUnits: (before, desired, inventory) => ({ ...before, units: unitsOf(desired, inventory) }),
  };
}

function interestingLinks(desired: Desired): ReadonlySet<string> {
  return new Set([...desired.linksOf.values()].flatMap((links) => links.map(({ link }) => link)));
}

/** Whether networkd goes by a unit of somebody else that was deleted since. */
function isOthersAndGone(networkFile: string, { units }: Desired): boolean {
  if (networkFile === '' || units.has(basename(networkFile))) return false;
  return statSync(networkFile, { throwIfNoEntry: false }) === undefined;
}
