import { equal } from '../state/equal.ts';
import type { Observed } from '../state/observed.ts';
import type { Theme, Wants } from '../state/wants.ts';
import type { KernelClient } from './kernel/client.ts';

/** What is observed beside links and units. */
type Facts = Pick<Observed, 'defaultRoutes' | 'routes' | 'rules' | 'sysctls' | 'masqueraded' | 'dhcpServers'>;

/** Reads of the kernel what some document asks for, and that only once it may have changed. */
export interface FactsCache {
  mark(theme: Theme): void;
  /** Links changed: their routes may have gone with an address, and the kernel does not tell of those. */
  markLinks(names: readonly string[] | 'all'): void;
  look(wanted: Wants): Promise<Facts>;
}

const themes: readonly Theme[] = ['routes', 'rules', 'sysctls', 'nat', 'dhcp'];
const none: Facts = { defaultRoutes: [] };

export function createFactsCache(kernel: Pick<KernelClient, 'defaultRoutes' | 'facts'>): FactsCache {
  const stale = new Set<Theme>(themes);
  let facts = none;
  let wants: Wants | undefined;

  async function read(theme: Theme, wanted: Wants): Promise<Partial<Facts>> {
    switch (theme) {
      case 'routes': {
        const { gateways, routeProtocols } = wanted;
        const [defaultRoutes, routes] = await Promise.all([
          gateways ? kernel.defaultRoutes() : [],
          routeProtocols.length > 0 ? kernel.facts.routes(routeProtocols) : undefined,
        ]);
        return { defaultRoutes, routes };
      }
      case 'rules':
        return { rules: wanted.rules ? await kernel.facts.rules() : undefined };
      case 'sysctls':
        return { sysctls: sysctlsOf(wanted) };
      case 'nat': {
        const { natFamilies } = wanted;
        return {
          masqueraded: natFamilies.length > 0 ? await kernel.facts.masqueraded(natFamilies) : undefined,
        };
      }
      case 'dhcp':
        return { dhcpServers: wanted.dhcpServers ? await kernel.facts.dhcpServers() : undefined };
    }
  }

  function sysctlsOf({ sysctls }: Wants): Facts['sysctls'] {
    if (sysctls.length === 0) return undefined;
    const entries = sysctls.map((path) => [path, kernel.facts.sysctl(path)] as const);
    return new Map(entries.flatMap(([path, value]) => (value === undefined ? [] : [[path, value] as const])));
  }

  return {
    mark: (theme) => void stale.add(theme),
    markLinks(names) {
      if (names !== 'all') stale.add('routes');
      else for (const theme of themes) stale.add(theme);
    },
    async look(wanted) {
      for (const theme of themes) if (!isSameWish(theme, wanted, wants)) stale.add(theme);
      wants = wanted;
      const asked = [...stale];
      stale.clear();
      try {
        const parts = await Promise.all(asked.map((theme) => read(theme, wanted)));
        for (const part of parts) facts = Object.assign({ ...facts }, part);
      } catch (cause) {
        for (const theme of asked) stale.add(theme);
        throw cause;
      }
      return facts;
    },
  };
}

/** Whether what was read for one theme answers what is asked now. */
function isSameWish(theme: Theme, now: Wants, before: Wants | undefined): boolean {
  if (before === undefined || now === before) return now === before;
  switch (theme) {
    case 'routes':
      return now.gateways === before.gateways && equal(now.routeProtocols, before.routeProtocols);
    case 'rules':
      return now.rules === before.rules;
    case 'sysctls':
      return equal(now.sysctls, before.sysctls);
    case 'nat':
      return equal(now.natFamilies, before.natFamilies);
    case 'dhcp':
      return now.dhcpServers === before.dhcpServers;
  }
}
