import { type Probe, type ProbeTarget, sessionEnded } from '../../state/probe.ts';
import type { Ask } from './ask.ts';
import { namesIn, textOf } from './files.ts';
import { type Connection, parseConnections, parseEstablished, parseSshPorts, perPeer } from './parse.ts';
import { askWayTo } from './routes.ts';

/** How long the kernel's own questions may take, ms: it repeats each after a second. */
export const automaticTimeoutMs = 2_000;

type Session = Extract<ProbeTarget, { type: 'session' }>;

/** One probe for each pair of addresses between which there is an ssh connection to this host. */
export function sessionProbes(): readonly Probe[] {
  // The kernel takes 4 ms to list the connections, even if there are none (measured): it walks its whole hash table.
  if (parseEstablished(textOf('/proc/net/snmp')) === 0) return [];
  const connections = connectionsTo(sshPorts()).filter(isRemote);
  return perPeer(connections).map(({ local, peer }) => ({
    id: `ssh from ${peer.address.includes(':') ? `[${peer.address}]` : peer.address}:${peer.port}`,
    target: { type: 'session', local, peer },
    timeoutMs: automaticTimeoutMs,
  }));
}

/**
 * Whether the way to the other end of a session is still there. Where neither that nor the connection is there, nobody
 * knows which went first: sshd ends a session whose client does not answer (ClientAliveInterval), and a client that
 * went leaves nobody to save.
 */
export async function askSession({ local, peer }: Session, ask: Ask): Promise<string> {
  const isOpen = connectionsTo(new Set([local.port])).some(
    (one) => one.local.address === local.address && one.peer.address === peer.address,
  );
  if (isOpen) return askWayTo(peer.address, local.address, ask);
  ask.silence = sessionEnded;
  const why = await askWayTo(peer.address, local.address, { ...ask });
  return why === '' ? '' : sessionEnded;
}

function connectionsTo(ports: ReadonlySet<number>): readonly Connection[] {
  return ['tcp', 'tcp6'].flatMap((table) => parseConnections(textOf(`/proc/net/${table}`), ports));
}

function isRemote({ local, peer }: Connection): boolean {
  return !/^127\.|^::1$/.test(peer.address) && peer.address !== local.address;
}

/** 22, and whatever sshd is told to listen on. */
function sshPorts(): ReadonlySet<number> {
  const directory = '/etc/ssh/sshd_config.d';
  const parts = namesIn(directory).filter((name) => name.endsWith('.conf'));
  const texts = ['/etc/ssh/sshd_config', ...parts.map((name) => `${directory}/${name}`)].map(textOf);
  return new Set([22, ...texts.flatMap(parseSshPorts)]);
}
