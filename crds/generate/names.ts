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
  Interface: {
    plural: 'interfaces',
    shortNames: ['nif'],
    columns: [['Link', 'interface']],
  },
  Bond: {
    plural: 'bonds',
    shortNames: ['bnd'],
    columns: [['Mode', 'mode']],
  },
  Bridge: {
    plural: 'bridges',
    shortNames: ['nbr'],
    columns: [['Addresses', 'addresses']],
  },
  Vlan: {
    plural: 'vlans',
    shortNames: ['vln'],
    columns: [
      ['Parent', 'parent'],
      ['Id', 'id'],
    ],
  },
  Vxlan: {
    plural: 'vxlans',
    shortNames: ['vxl'],
    columns: [['VNI', 'vni']],
  },
  Macvlan: {
    plural: 'macvlans',
    shortNames: ['mvl'],
    columns: [
      ['Parent', 'parent'],
      ['Mode', 'mode'],
    ],
  },
  Dummy: {
    plural: 'dummies',
    shortNames: ['dmy'],
    columns: [['Addresses', 'addresses']],
  },
  Veth: {
    plural: 'veths',
    shortNames: ['vth'],
    columns: [['Peer', 'peer']],
  },
  Vrf: {
    plural: 'vrfs',
    shortNames: ['nvrf'],
    columns: [['Table', 'table']],
  },
  WireGuard: {
    plural: 'wireguards',
    shortNames: ['wg'],
    columns: [['Addresses', 'addresses']],
  },
  Tunnel: {
    plural: 'tunnels',
    shortNames: ['tun'],
    columns: [
      ['Mode', 'mode'],
      ['Remote', 'remote'],
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
