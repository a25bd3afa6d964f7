/** Where everything lives on this host, and how the operator behaves; from flags, then `OSA_NET_*`, then defaults. */
export interface Settings {
  readonly configDir: string;
  readonly unitDir: string;
  readonly stateDir: string;
  readonly runtimeDir: string;
  /** Start and enable systemd-networkd when it is not running. */
  readonly enableNetworkd: boolean;
}

/** The places of a Debian host. */
export const defaultSettings: Settings = {
  configDir: '/etc/osa-net.d',
  unitDir: '/etc/systemd/network',
  stateDir: '/var/lib/osa-net',
  runtimeDir: '/run/osa-net',
  enableNetworkd: false,
};
