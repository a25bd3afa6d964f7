import { readdir, readFile } from 'node:fs/promises';
import type { Endpoint, Probe } from '../../state/probe.ts';
import { record, rows, text } from '../kernel/json.ts';
import { ProgramError, run } from '../programs.ts';
import { answers } from './neighbour.ts';
import { type Connection, connectionsTo, defaultGateway, readNet } from './proc.ts';

/** Three questions to a neighbour, a second apart, are the kernel's own measure. */
const timeoutMs = 3_000;

/** The default gateways, and the peers of established ssh connections. Reads a few files and starts no program. */
export async function automaticProbes(): Promise<readonly Probe[]> {
  const [route4, route6, tcp4, tcp6, ports] = await Promise.all([
    readNet('route'),
    readNet('ipv6_route'),
    readNet('tcp'),
    readNet('tcp6'),
    sshPorts(),
  ]);
  const gateways = ([4, 6] as const).filter((family) =>
    defaultGateway(family, family === 4 ? route4 : route6),
  );
  const sessions = [tcp4, tcp6].flatMap((table) => connectionsTo(ports, table)).filter(isRemote);
  const peers = new Map(sessions.map((one) => [`${one.local.address} ${one.peer.address}`, one]));
  return [
    ...gateways.map((family) => ({
      id: `default gateway (IPv${family})`,
      target: { type: 'gateway', family } as const,
      timeoutMs,
    })),
    ...[...peers.values()].map(({ local, peer }) => ({
      id: `ssh session from ${peer.address}`,
      target: { type: 'session', local, peer } as const,
      timeoutMs,
    })),
  ];
}

function isRemote({ local, peer }: Connection): boolean {
  return local.address !== peer.address && !peer.address.startsWith('127.');
}

const sshConfig = '/etc/ssh';

/** The ports of sshd_config(5); 22 where it names none. */
async function sshPorts(): Promise<ReadonlySet<number>> {
  const more = await readdir(`${sshConfig}/sshd_config.d`).catch(() => []);
  const files = ['sshd_config', ...more.map((name) => `sshd_config.d/${name}`)];
  const texts = await Promise.all(
    files.map((file) => readFile(`${sshConfig}/${file}`, 'utf8').catch(() => '')),
  );
  return portsIn(texts.join('\n'));
}

/** Ports that a text of sshd_config(5) names. */
export function portsIn(config: string): ReadonlySet<number> {
  const ports = [...config.matchAll(/^[ \t]*Port[ \t=]+(\d+)/gim)].map(([, port]) => Number(port));
  return new Set(ports.length > 0 ? ports : [22]);
}

/** Why the default gateway cannot be reached; empty when it can. */
export async function gatewayTrouble(family: 4 | 6, timeout: number): Promise<string> {
  const gateway = defaultGateway(family, await readNet(family === 4 ? 'route' : 'ipv6_route'));
  if (!gateway) return `there is no IPv${family} default route any more`;
  const { address, link } = gateway;
  if (address === undefined || (await answers(address, link, timeout))) return '';
  return `the default gateway ${address} (${link}) does not answer`;
}

/**
 * Why the peer of a connection cannot be reached any more; empty when it can, and when the connection is closed: its
 * user went, which says nothing.
 */
export async function sessionTrouble(local: Endpoint, peer: Endpoint, timeout: number): Promise<string> {
  if (!(await isOpen(local, peer))) return '';
  const who = `the ssh session from ${peer.address}`;
  const route = await routeTo(peer.address, local.address);
  if (typeof route === 'string') return `${who} is cut: ${route}`;
  const hop = route.gateway ?? peer.address;
  if (route.link === 'lo' || (await answers(hop, route.link, timeout))) return '';
  return `${who} is cut: ${hop} (${route.link}) does not answer`;
}

async function isOpen(local: Endpoint, peer: Endpoint): Promise<boolean> {
  const tables = await Promise.all([readNet('tcp'), readNet('tcp6')]);
  const open = tables.flatMap((table) => connectionsTo(new Set([local.port]), table));
  return open.some((one) => same(one.local, local) && one.peer.address === peer.address);
}

function same(a: Endpoint, b: Endpoint): boolean {
  return a.address === b.address && a.port === b.port;
}

/** Where packets of a connection go, or why they go nowhere. */
async function routeTo(
  peer: string,
  local: string,
): Promise<{ readonly link: string; readonly gateway: string | undefined } | string> {
  try {
    const { stdout } = await run('ip', ['-json', 'route', 'get', peer, 'from', local]);
    const [row] = rows(stdout);
    const link = text(row?.['dev']);
    if (link === undefined) return `there is no route to ${peer}`;
    return { link, gateway: text(row?.['gateway']) ?? text(record(row?.['via'])['host']) };
  } catch (cause) {
    if (!(cause instanceof ProgramError)) throw cause;
    return (await isOurs(local))
      ? `there is no route to ${peer}`
      : `${local} is not an address of this host any more`;
  }
}

async function isOurs(address: string): Promise<boolean> {
  const { stdout } = await run('ip', ['-json', 'address', 'show', 'to', address]);
  return rows(stdout).some((row) => text(row['ifname']) !== undefined);
}
