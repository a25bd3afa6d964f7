import type { Kind } from '../resource.ts';

/** How kubectl speaks of a kind. */
export interface KindNames {
  readonly plural: string;
  readonly shortNames: readonly string[];
  /** Columns of `kubectl get` besides NAME, READY, REASON and AGE: title and field of the spec. */
  readonly columns: readonly (readonly [title: string, field: string])[];
}

export const kindNamesOf: { readonly [K in Kind]: KindNames } = {
  ContainerBridge: {
    plural: 'containerbridges',
    shortNames: ['cbr'],
    columns: [
      ['Interface', 'interface'],
      ['Addresses', 'addresses'],
    ],
  },
  MacvlanIntegration: {
    plural: 'macvlanintegrations',
    shortNames: ['mvi'],
    columns: [
      ['Bridge', 'bridge'],
      ['Mode', 'mode'],
    ],
  },
  LinkPolicy: {
    plural: 'linkpolicies',
    shortNames: ['lpol'],
    columns: [
      ['Unit', 'unitName'],
      ['MAC', 'macAddressPolicy'],
    ],
  },
  Resolver: { plural: 'resolvers', shortNames: ['rslv'], columns: [['Resolv.conf', 'resolvConf']] },
  ConnectivityProbe: {
    plural: 'connectivityprobes',
    shortNames: ['cprobe'],
    columns: [
      ['Ping', 'ping.host'],
      ['TCP', 'tcp.host'],
      ['DNS', 'dns.name'],
      ['URL', 'http.url'],
    ],
  },
  NetDev: {
    plural: 'netdevs',
    shortNames: ['ndev'],
    columns: [
      ['Device', 'NetDev.Name'],
      ['Type', 'NetDev.Kind'],
    ],
  },
  Network: { plural: 'networks', shortNames: ['nnet'], columns: [['Match', 'Match.Name']] },
  Link: { plural: 'links', shortNames: ['nlink'], columns: [['Match', 'Match.OriginalName']] },
};
