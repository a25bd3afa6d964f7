import { readFile } from 'node:fs/promises';
import type { Endpoint } from '../../state/probe.ts';

/** A default route of the main table. */
export interface Gateway {
  readonly link: string;
  /** Undefined where the route leads straight onto the link (a tunnel, a point-to-point link). */
  readonly address: string | undefined;
}

/** An established TCP connection. IPv4 in IPv6 counts as IPv4. */
export interface Connection {
  readonly local: Endpoint;
  readonly peer: Endpoint;
}

/** RTF_UP, RTF_GATEWAY and RTF_REJECT of linux/route.h. */
const flag = { up: 0x1, gateway: 0x2, reject: 0x200 } as const;

/** The default route of /proc/net/route or /proc/net/ipv6_route that is used: the one with the lowest metric. */
export function defaultGateway(family: 4 | 6, text: string): Gateway | undefined {
  const routes = family === 4 ? defaultRoutes4(text) : defaultRoutes6(text);
  return routes.sort((a, b) => a.metric - b.metric)[0];
}

type Ranked = Gateway & { readonly metric: number };

/** Columns: Iface Destination Gateway Flags RefCnt Use Metric Mask …, addresses as words of this machine's byte order. */
function defaultRoutes4(text: string): Ranked[] {
  return rowsOf(text).flatMap(([link = '', destination, gateway = '', flags = '', , , metric, mask]) => {
    if (destination !== '00000000' || mask !== '00000000') return [];
    const bits = Number.parseInt(flags, 16);
    if (!(bits & flag.up) || bits & flag.reject) return [];
    return [{ link, address: bits & flag.gateway ? ipv4Of(gateway) : undefined, metric: Number(metric) }];
  });
}

/** Columns: destination length source length next-hop metric refs use flags link, addresses as 32 hex digits. */
function defaultRoutes6(text: string): Ranked[] {
  return rowsOf(text).flatMap(
    ([destination = '', length, , , gateway = '', metric = '', , , flags = '', link = '']) => {
      const bits = Number.parseInt(flags, 16);
      if (!/^0+$/.test(destination) || length !== '00' || !(bits & flag.up) || bits & flag.reject) return [];
      const address = bits & flag.gateway ? ipv6Of(gateway) : undefined;
      return link === 'lo' ? [] : [{ link, address, metric: Number.parseInt(metric, 16) }];
    },
  );
}

const established = '01';

/** Established connections of /proc/net/tcp or /proc/net/tcp6 with one of these local ports. */
export function connectionsTo(ports: ReadonlySet<number>, text: string): readonly Connection[] {
  return rowsOf(text).flatMap(([, local = '', peer = '', state]) => {
    const [ours, theirs] = [endpointOf(local), endpointOf(peer)];
    return state === established && ours && theirs && ports.has(ours.port)
      ? [{ local: ours, peer: theirs }]
      : [];
  });
}

/** `0100007F:0016`; the addresses are words of this machine's byte order. */
function endpointOf(text: string): Endpoint | undefined {
  const [hex = '', port = ''] = text.split(':');
  if (!/^([0-9A-F]{8}|[0-9A-F]{32})$/.test(hex)) return undefined;
  const address = hex.length === 8 ? ipv4Of(hex) : ipv6Of((hex.match(/.{8}/g) ?? []).map(swapped).join(''));
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  return { address: mapped ?? address, port: Number.parseInt(port, 16) };
}

function swapped(word: string): string {
  return (word.match(/../g) ?? []).reverse().join('');
}

function ipv4Of(word: string): string {
  return (swapped(word).match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).join('.');
}

/** 32 hex digits in network order → the canonical text (RFC 5952), which URL gives. */
function ipv6Of(hex: string): string {
  const lower = hex.toLowerCase();
  if (lower.startsWith('00000000000000000000ffff')) return `::ffff:${ipv4Of(swapped(lower.slice(24)))}`;
  return new URL(`http://[${(lower.match(/.{4}/g) ?? []).join(':')}]`).hostname.slice(1, -1);
}

function rowsOf(text: string): readonly string[][] {
  return text.split('\n').map((line) => line.trim().split(/\s+/));
}

/** A file of /proc/net; empty where the kernel has none (no IPv6). */
export async function readNet(name: string): Promise<string> {
  return readFile(`/proc/net/${name}`, 'utf8').catch(() => '');
}
