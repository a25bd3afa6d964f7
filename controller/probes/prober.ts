import type { Probe, ProbeTarget } from '../../state/probe.ts';
import { automaticProbes, gatewayTrouble, sessionTrouble } from './automatic.ts';
import { dns, http, ping, tcp } from './requests.ts';

/** Asks the network whether the host is still connected. */
export interface Prober {
  /** Probes that nobody wrote down: the default gateways, and the peers of established ssh connections. */
  automatic(): Promise<readonly Probe[]>;
  /** Empty when it passes, else why it does not, as the user reads it. Never throws; takes little longer than its timeout. */
  check(probe: Probe): Promise<string>;
}

export function createProber(): Prober {
  return {
    automatic: automaticProbes,
    async check({ id, target, timeoutMs }) {
      try {
        return await troubleOf(target, timeoutMs);
      } catch (cause) {
        return `${id}: ${(cause as Error).message}`;
      }
    },
  };
}

async function troubleOf(target: ProbeTarget, timeoutMs: number): Promise<string> {
  switch (target.type) {
    case 'gateway':
      return gatewayTrouble(target.family, timeoutMs);
    case 'session':
      return sessionTrouble(target.local, target.peer, timeoutMs);
    case 'tcp':
      await tcp(target.host, target.port, timeoutMs);
      return '';
    case 'http':
      await http(target.url, target.status, timeoutMs);
      return '';
    case 'dns':
      await dns(target.name, target.server, timeoutMs);
      return '';
    case 'ping':
      await ping(target.host, timeoutMs);
      return '';
  }
}
