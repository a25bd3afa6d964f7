import type { Probe } from '../../state/probe.ts';

/** Asks the network whether the host is still connected. */
export interface Prober {
  /** Probes that nobody wrote down: the default gateways, and the peers of established ssh connections. */
  automatic(): Promise<readonly Probe[]>;
  /** Empty when it passes, else why it does not, as the user reads it. Never throws; takes no longer than its timeout. */
  check(probe: Probe): Promise<string>;
}
