import { readFileSync } from 'node:fs';
import type { LinkNames } from '../../crds/compiled.ts';

/**
 * networkd's own notes on a link, `/run/systemd/netif/links/<ifindex>`. They say "private data, do not parse", and are
 * the only place that tells without asking networkd; their keys are the same from v247 to v262.
 */
function textOf(directory: string, ifindex: number): string {
  try {
    // A thousand of these through the thread pool take 60 ms, and 10 ms like this.
    return readFileSync(`${directory}/${ifindex}`, 'utf8');
  } catch {
    return '';
  }
}

/** The .network file that is applied to a link; undefined where there is none. */
export function networkFileIn(directory: string, ifindex: number): string | undefined {
  return /^NETWORK_FILE=(.+)$/m.exec(textOf(directory, ifindex))?.[1];
}

/** Servers and domains of a link; undefined where nothing is written of it. */
export function namesIn(directory: string, ifindex: number): LinkNames | undefined {
  const text = textOf(directory, ifindex);
  if (text === '') return undefined;
  const words = (key: string) => {
    const line = new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? '';
    const bare = line.replace(/^"(.*)"$/, '$1').toLowerCase();
    return bare.split(/\s+/).filter((word) => word !== '');
  };
  const routing = words('ROUTE_DOMAINS').map((domain) => `~${domain}`);
  return { dns: words('DNS'), domains: [...words('DOMAINS'), ...routing], ntp: words('NTP') };
}
