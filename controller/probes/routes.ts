import { createSocket } from 'node:dgram';
import { type Family, parseIp } from '../../crds/ip.ts';
import { ProgramError, run } from '../programs.ts';
import { type Ask, codeOf } from './ask.ts';
import { textOf } from './files.ts';
import { answers } from './neighbour.ts';
import {
  type DefaultRoute,
  hasDefaultRoute6,
  parseAddresses6,
  parseDefaultRoutes,
  parseRouteGet,
  parseRoutes4,
  preferred,
} from './parse.ts';

/** Far away, and not to be routed by anything but a default route (RFC 5737, RFC 3849). Nothing is ever sent there. */
const farAway = { 4: '192.0.2.1', 6: '2001:db8::1' } as const;

/** Whether there is a default route. Costs no process, and next to nothing where there is no way out at all. */
export async function hasDefaultRoute(family: Family): Promise<boolean> {
  // Each link has routes of its own: with 1,000 links reading them takes 11 ms (measured), and this 0.1 ms.
  if (await isOutOfReach(family)) return false;
  if (family === 4) return parseRoutes4(textOf('/proc/net/route')).length > 0;
  return hasDefaultRoute6(textOf('/proc/net/ipv6_route'));
}

/** Whether the kernel finds no route at all to somewhere far away: connecting a datagram socket looks one up. */
async function isOutOfReach(family: Family): Promise<boolean> {
  const socket = createSocket(family === 4 ? 'udp4' : 'udp6');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      // Not as a callback: Node would hand it the error as well (undocumented).
      socket.once('connect', () => resolve());
      socket.connect(1, farAway[family]);
    });
    return false;
  } catch (error) {
    return codeOf(error) === 'ENETUNREACH';
  } finally {
    socket.close();
  }
}

/** Whether the default gateway answers: one of them, where several are equally good. */
export async function askGateway(family: Family, ask: Ask): Promise<string> {
  const routes = await defaultRoutes(family, ask.signal);
  const [first] = routes;
  if (!first) return 'there is no default route any more';
  ask.silence = `${first.address} (${first.link}) does not answer`;
  return await new Promise((resolve, reject) => {
    const all = routes.map(async (route) => {
      if (await answers(route, ask.signal)) resolve('');
    });
    Promise.all(all).then(() => resolve(ask.silence), reject);
  });
}

async function defaultRoutes(family: Family, signal: AbortSignal): Promise<readonly DefaultRoute[]> {
  if (family === 4) return preferred(parseRoutes4(textOf('/proc/net/route')), family);
  // /proc/net/ipv6_route does not tell the tables apart, and a VRF has a default route of its own.
  const { stdout } = await run('ip', ['-6', '-json', 'route', 'show', 'default', 'table', 'main'], {
    signal,
  });
  return preferred(parseDefaultRoutes(stdout), family);
}

/** Whether this host still has an address, and the neighbour through which it reaches a peer from there answers. */
export async function askWayTo(peer: string, local: string, ask: Ask): Promise<string> {
  if (!(await isHere(local))) return `${local} is no longer an address of this host`;
  const hop = await hopTo(peer, local, ask.signal);
  if (!hop) return `there is no route from ${local} to ${peer} any more`;
  if (hop.local) return `${peer} is an address of this host now`;
  const who = hop.address === undefined ? peer : `${hop.address}, the next hop to ${peer},`;
  ask.silence = `${who} does not answer (${hop.link})`;
  const neighbour = { link: hop.link, address: hop.address ?? peer };
  return (await answers(neighbour, ask.signal)) ? '' : ask.silence;
}

/** A socket can only be bound to an address of this host (unless ip_nonlocal_bind is set: then the route tells). */
async function isHere(address: string): Promise<boolean> {
  if (parseIp(address)?.family === 6) {
    return linkOf(address) !== undefined;
  }
  const socket = createSocket('udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address, exclusive: true }, resolve);
    });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EADDRNOTAVAIL') return false;
    throw error;
  } finally {
    socket.close();
  }
}

/** The link that has an IPv6 address. */
function linkOf(address: string): string | undefined {
  const all = parseAddresses6(textOf('/proc/net/if_inet6'));
  return all.find((one) => one.address === address)?.link;
}

async function hopTo(
  peer: string,
  local: string,
  signal: AbortSignal,
): Promise<ReturnType<typeof parseRouteGet>> {
  if (/^fe[89ab]/i.test(peer)) {
    // A connection between link-local addresses is bound to its link, which /proc/net/tcp6 does not name.
    const link = linkOf(local);
    return link === undefined ? undefined : { link, local: false };
  }
  try {
    return parseRouteGet(
      (await run('ip', ['-json', 'route', 'get', peer, 'from', local], { signal })).stdout,
    );
  } catch (error) {
    if (error instanceof ProgramError && /^RTNETLINK answers/m.test(error.stderr)) return undefined;
    throw error;
  }
}
