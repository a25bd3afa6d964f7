/** Where everything lives on this host, and how the operator behaves; from flags, then `OSA_NET_*`, then defaults. */
export interface Settings {
  readonly configDir: string;
  readonly unitDir: string;
  readonly stateDir: string;
  readonly runtimeDir: string;
  /** Start and enable systemd-networkd when it is not running. */
  readonly enableNetworkd: boolean;
  /** Make links anew where nothing else helps, although others use them. */
  readonly allowRecreate: boolean;
  /** A change is taken back when a probe that passed before it has failed for so long, ms. */
  readonly rollbackAfter: number;
  /** A disruptive change is taken back unless it is confirmed within so many ms; undefined: none has to be. */
  readonly confirmTimeout?: number | undefined;
}

/** The places of a Debian host. */
export const defaultSettings: Settings = {
  configDir: '/etc/osa-net.d',
  unitDir: '/etc/systemd/network',
  stateDir: '/var/lib/osa-net',
  runtimeDir: '/run/osa-net',
  enableNetworkd: false,
  allowRecreate: false,
  // an STP port of a switch needs 30 s until it forwards
  rollbackAfter: 45_000,
};
