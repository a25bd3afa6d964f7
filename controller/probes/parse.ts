import { endianness } from 'node:os';
import { type Family, format } from '../../crds/ip.ts';
import type { Endpoint } from '../../state/probe.ts';

/** What the kernel and `ip -json` say about connections and routes, taken apart. What is not understood is left out. */

/** The way out of this host: a link, and the router on it where there is one. */
export interface Hop {
  readonly link: string;
  readonly address?: string;
}

export type DefaultRoute = Hop & { readonly metric: number };

/** Flags of the two route files (linux/route.h). */
const routeFlag = { up: 0x1, gateway: 0x2, reject: 0x200 } as const;

/**
 * Default routes of the main table out of /proc/net/route; of a multipath route the first hop. The router of a route
 * `via inet6` does not stand there.
 */
export function parseRoutes4(text: string, order = endianness()): readonly DefaultRoute[] {
  return rowsOf(text).flatMap(([link = '', destination, gateway = '', flags = '', , , metric, mask]) => {
    if (destination !== '00000000' || mask !== '00000000' || !isUsable(flags)) return [];
    const router = addressOf(gateway, order);
    const known = (Number.parseInt(flags, 16) & routeFlag.gateway) !== 0 && router !== '0.0.0.0';
    return [{ link, metric: Number(metric), ...(known && { address: router }) }];
  });
}

/** Whether /proc/net/ipv6_route, which has all tables in it, has a default route in any of them. */
export function hasDefaultRoute6(text: string): boolean {
  return [...text.matchAll(/^0{32} 00 .*$/gm)].some(([line]) => isUsable(line.split(/\s+/)[8] ?? ''));
}

function isUsable(flags: string): boolean {
  return (Number.parseInt(flags, 16) & (routeFlag.up | routeFlag.reject)) === routeFlag.up;
}

/** An established connection, with IPv4 addresses as such even on a socket of IPv6. */
export interface Connection {
  readonly local: Endpoint;
  readonly peer: Endpoint;
}

/** Established connections of /proc/net/tcp or tcp6 to these local ports. */
export function parseConnections(
  text: string,
  ports: ReadonlySet<number>,
  order = endianness(),
): readonly Connection[] {
  const established = /^ *\d+: ([0-9A-F]+):([0-9A-F]{4}) ([0-9A-F]+):([0-9A-F]{4}) 01 /gm;
  return [...text.matchAll(established)].flatMap(
    ([, local = '', localPort = '', peer = '', peerPort = '']) => {
      const port = Number.parseInt(localPort, 16);
      if (!ports.has(port)) return [];
      return {
        local: { address: addressOf(local, order), port },
        peer: { address: addressOf(peer, order), port: Number.parseInt(peerPort, 16) },
      };
    },
  );
}

/** An address as the kernel prints its memory, in words of 32 bits. */
function addressOf(hex: string, order: 'LE' | 'BE'): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.map((word) => (order === 'BE' ? word : (word.match(/../g) ?? []).reverse().join('')));
  const value = BigInt(`0x${bytes.join('') || 0}`);
  if (words.length === 1) return format(4, value);
  return value >> 32n === 0xffffn ? format(4, value & 0xffff_ffffn) : format(6, value);
}

/** How many connections are established, of either family: `CurrEstab` of /proc/net/snmp. */
export function parseEstablished(text: string): number {
  const [names = [], values = []] = rowsOf(text, 0).filter(([protocol]) => protocol === 'Tcp:');
  return Number(values[names.indexOf('CurrEstab')] ?? 0);
}

/** An IPv6 address of this host that may be used: not one that is still being checked (DAD) or has failed that. */
interface Address6 {
  readonly address: string;
  readonly link: string;
  readonly isLinkLocal: boolean;
}

/** The usable addresses out of /proc/net/if_inet6. */
export function parseAddresses6(text: string): readonly Address6[] {
  const unusable = 0x40 | 0x08; // IFA_F_TENTATIVE, IFA_F_DADFAILED
  return rowsOf(text, 0).flatMap(([hex = '', , , scope, flags = '', link = '']) => {
    if ((Number.parseInt(flags, 16) & unusable) !== 0) return [];
    return { address: format(6, BigInt(`0x${hex}`)), link, isLinkLocal: scope === '20' };
  });
}

/** Ports that sshd_config(5) has sshd listen on. */
export function parseSshPorts(text: string): readonly number[] {
  const settings = /^\s*(?:port[\s=]+"?|listenaddress[\s=]+\S*[^\s:]:)(\d{1,5})"?\s*(?:#.*)?$/gim;
  return [...text.matchAll(settings)].map(([, port]) => Number(port));
}

/** What `ip -json route get` answers; `local`: the destination is an address of this host. */
export function parseRouteGet(json: string): (Hop & { readonly local: boolean }) | undefined {
  const [route] = recordsOf(json);
  return route && hopOf(route).map((hop) => ({ ...hop, local: route['type'] === 'local' }))[0];
}

/** Default routes as `ip -json route show default` lists them, every hop of a multipath route. */
export function parseDefaultRoutes(json: string): readonly DefaultRoute[] {
  return recordsOf(json).flatMap((route) => {
    const hops = Array.isArray(route['nexthops']) ? route['nexthops'].filter(isRecord) : [route];
    const metric = typeof route['metric'] === 'number' ? route['metric'] : 0;
    return hops.flatMap(hopOf).map((hop) => ({ ...hop, metric }));
  });
}

function hopOf(route: Json): Hop[] {
  const via = isRecord(route['via']) ? route['via']['host'] : undefined;
  const address = route['gateway'] ?? via;
  const link = route['dev'];
  if (typeof link !== 'string') return [];
  return [{ link, ...(typeof address === 'string' && { address }) }];
}

/** The entry of a neighbour. */
export interface Neighbour {
  /** `REACHABLE`, `STALE`, `FAILED` … (ip-neighbour(8)) */
  readonly state: string;
  /** Marked as a router (IPv6): a mark that must not be lost. */
  readonly router: boolean;
  /** Somebody else keeps it: another program, or an EVPN. */
  readonly external: boolean;
}

/** The first entry that `ip -json neigh show` lists. */
export function parseNeighbour(json: string): Neighbour | undefined {
  const [entry] = recordsOf(json);
  if (!entry) return undefined;
  const states = Array.isArray(entry['state']) ? entry['state'] : [];
  return {
    state: String(states[0] ?? 'NONE'),
    router: 'router' in entry,
    external: ['extern_learn', 'managed', 'offload'].some((flag) => flag in entry),
  };
}

/** One connection of each pair of addresses. */
export function perPeer(connections: readonly Connection[]): readonly Connection[] {
  const first = new Map<string, Connection>();
  for (const connection of connections) {
    const pair = `${connection.local.address} ${connection.peer.address}`;
    if (!first.has(pair)) first.set(pair, connection);
  }
  return [...first.values()];
}

/** Routes of the lowest metric, which the kernel takes. */
export function preferred(routes: readonly DefaultRoute[], family: Family): readonly DefaultRoute[] {
  // Without a metric of its own an IPv6 route has 1024 (IP6_RT_PRIO_USER).
  const metricOf = ({ metric }: DefaultRoute): number => (family === 6 && metric === 0 ? 1024 : metric);
  const least = Math.min(...routes.map(metricOf));
  return routes.filter((route) => metricOf(route) === least);
}

function rowsOf(text: string, headings = 1): readonly (readonly string[])[] {
  const lines = text.split('\n').slice(headings);
  return lines.filter((line) => line.trim() !== '').map((line) => line.trim().split(/\s+/));
}

type Json = Readonly<Record<string, unknown>>;

function recordsOf(json: string): readonly Json[] {
  const value: unknown = json.trim() === '' ? [] : JSON.parse(json);
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
