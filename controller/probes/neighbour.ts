import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseIp } from '../../crds/ip.ts';
import { run } from '../programs.ts';
import { whyOf } from './ask.ts';
import { textOf } from './files.ts';
import { type Hop, type Neighbour, parseAddresses6, parseNeighbour } from './parse.ts';

/** IFF_LOOPBACK, IFF_POINTOPOINT, IFF_NOARP (netdevice(7)): links on which nobody is asked for a hardware address. */
const withoutNeighbours = 0x8 | 0x10 | 0x80;
/** States of an entry that has a hardware address and may be asked to prove it. */
const known = ['REACHABLE', 'STALE', 'DELAY', 'PROBE'];
/** When to look for the answer, ms between looks. One in the same network answers in less than the first. */
const looks = [10, 30, 60, 100, 200, 300, 300] as const;
/** discard (RFC 863): whoever gets the datagram has no use for it. */
const discardPort = 9;

const asked = new Map<string, Promise<boolean>>();

/**
 * Whether a neighbour answers neighbour discovery (ARP, RFC 4861) now, or none is needed to get out by this link.
 * Resolves with true at once when it does, and with false when the signal aborts. Who asks about the same neighbour at
 * the same time shares one asking.
 */
export async function answers(hop: Hop, signal: AbortSignal): Promise<boolean> {
  const key = `${hop.address} ${hop.link}`;
  while (!signal.aborted) {
    const current = asked.get(key) ?? askOnce(hop).finally(() => asked.delete(key));
    asked.set(key, current);
    if (await current) return true;
  }
  return false;
}

/**
 * The entry proves nothing: for half a minute the kernel takes REACHABLE for granted, and STALE for as long as nobody
 * sends. So an entry with a hardware address is put into PROBE (the kernel asks its owner at once, and uses it
 * meanwhile), and one without is made by a datagram; what is REACHABLE afterwards has answered after we asked.
 */
async function askOnce({ link, address }: Hop): Promise<boolean> {
  const flags = Number(textOf(`/sys/class/net/${link}/flags`));
  if (address === undefined || (flags & withoutNeighbours) !== 0) return true;
  const entry = await entryOf(address, link);
  if (entry && (entry.external || entry.state === 'PERMANENT' || entry.state === 'NOARP')) return true;
  if (!entry || !(await verify(entry, address, link))) await provoke(address, link);
  for (const pause of looks) {
    await sleep(pause);
    if ((await entryOf(address, link))?.state === 'REACHABLE') return true;
  }
  return false;
}

async function entryOf(address: string, link: string): Promise<Neighbour | undefined> {
  const { stdout } = await run('ip', ['-json', 'neigh', 'show', 'to', address, 'dev', link]);
  return parseNeighbour(stdout);
}

/** Has the kernel verify an entry with a hardware address; false when there is none, or none any more. */
async function verify({ state, router }: Neighbour, address: string, link: string): Promise<boolean> {
  if (!known.includes(state)) return false;
  const probes = canProbe(address, link);
  if (probes && state === 'PROBE') return true;
  try {
    // What is not named is taken away from an entry, and without its mark a router is no router any more (RFC 4861 §7.3.3).
    const mark = router ? ['router'] : [];
    const next = probes ? 'probe' : 'failed';
    await run('ip', ['neigh', 'change', 'to', address, 'dev', link, ...mark, 'nud', next]);
    return probes;
  } catch (error) {
    // The entry may have failed since we looked; whatever else it is, is told.
    if (known.includes((await entryOf(address, link))?.state ?? '')) throw error;
    return false;
  }
}

/**
 * The kernel asks an IPv6 neighbour from a link-local address only, and where there is none (yet) asks nothing at all
 * (ndisc_send_ns). On behalf of a datagram it asks from the datagram's own address.
 */
function canProbe(address: string, link: string): boolean {
  if (parseIp(address)?.family !== 6) return true;
  const own = parseAddresses6(textOf('/proc/net/if_inet6'));
  return own.some((one) => one.link === link && one.isLinkLocal);
}

/** Sends a neighbour something, for which the kernel has to find it first. */
async function provoke(address: string, link: string): Promise<void> {
  const isV6 = parseIp(address)?.family === 6;
  const scope = isV6 && /^fe[89ab]/i.test(address) ? `%${link}` : '';
  const socket = createSocket(isV6 ? 'udp6' : 'udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.send('\n', discardPort, address + scope, (error) => (error ? reject(error) : resolve()));
    });
  } catch (error) {
    throw new Error(`cannot send to ${address} (${link}): ${whyOf(error)}`, { cause: error });
  } finally {
    socket.close();
  }
}
