/** Where everything lives on this host, and how the operator behaves; from flags, then `OSA_NET_*`, then defaults. */
export interface Settings {
  readonly configDir: string;
  readonly unitDir: string;
  readonly stateDir: string;
  readonly runtimeDir: string;
  /** Start and enable systemd-networkd when it is not running. */
  readonly enableNetworkd: boolean;
  /** Each disruptive pass is taken back unless `osa-net confirm` comes within this time, ms; absent: none waits. */
  readonly confirmTimeoutMs?: number;
  /** How long a probe that passed before may fail before a change is taken back, ms. */
  readonly rollbackAfterMs: number;
}

/** The places of a Debian host. */
export const defaultSettings: Settings = {
  configDir: '/etc/osa-net.d',
  unitDir: '/etc/systemd/network',
  stateDir: '/var/lib/osa-net',
  runtimeDir: '/run/osa-net',
  enableNetworkd: false,
  // a port of a bridge with STP takes 30 s until it forwards
  rollbackAfterMs: 45_000,
};
