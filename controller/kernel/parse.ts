/**
 * What `ip -json` prints, taken apart. It is input from outside: every field is checked, what is not understood is left
 * out, and only a text that is no JSON at all is an error. Keys as in iproute2 5.10 (Debian 11) … 6.15 (Debian 13).
 */

import { isRecord, type Json, list, record, rows, text, whole } from './json.ts';

export interface KernelAddress {
  /** `10.0.3.1/24`, as `ip address` prints it. */
  readonly cidr: string;
  /** `global`, `link`, `host`, `site`, or a number. */
  readonly scope: string;
  /** It was given for a time. */
  readonly isLeased?: boolean | undefined;
}

export interface KernelLink {
  readonly ifindex: number;
  readonly name: string;
  /** IFLA_INFO_KIND: bridge, macvlan, veth, …; absent for hardware. */
  readonly kind?: string;
  readonly up: boolean;
  /** IFF_LOWER_UP. */
  readonly carrier: boolean;
  /** IFLA_LINK by name: the parent of a macvlan or VLAN, the peer of a veth. */
  readonly parent?: string;
  /** The parent or peer lives in another network namespace, so that it has no name here. */
  readonly parentElsewhere?: boolean;
  readonly master?: string;
  /** The mode of a macvlan or macvtap. */
  readonly mode?: string;
  /** info_data: the settings of its kind, as `ip` prints them. */
  readonly data?: Json;
  readonly mtu: number;
  /** Lower case, as the kernel prints it; absent for links without one. */
  readonly mac?: string;
  /** In the kernel's order, link-local ones too. */
  readonly addresses: readonly KernelAddress[];
}

export interface DefaultRoute {
  readonly link: string;
  readonly gateway: string;
}

/**
 * The links of `ip -json -details address show`, by name. Reads several arrays one after another too, which is what
 * `ip -batch` prints.
 * @throws SyntaxError if a line is no JSON
 */
export function parseLinks(json: string): Map<string, KernelLink> {
  const links = rows(json).flatMap(linkOf);
  return new Map(links.map((link) => [link.name, link]));
}

/** The gateways of `ip -json route show default`; those of every hop for a multipath route. @throws SyntaxError */
export function parseDefaultRoutes(json: string): readonly DefaultRoute[] {
  return rows(json).flatMap((route) => {
    const hops = list(route['nexthops']).filter(isRecord);
    return (hops.length > 0 ? hops : [route]).flatMap(hopOf);
  });
}

/** Protocols of routes that networkd sets for what its files say, or that the kernel does. */
const ownProtocols = ['static', 'kernel', 'ra'];

/** The default routes that somebody else set: a DHCP client, zebra, bird, `ip` (which says boot). @throws SyntaxError */
export function parseForeignRoutes(
  json: string,
): readonly { readonly link: string; readonly gateway: string; readonly protocol: string }[] {
  return rows(json).flatMap((route) => {
    const protocol = text(route['protocol']) ?? String(route['protocol'] ?? 'boot');
    if (ownProtocols.includes(protocol)) return [];
    const hops = list(route['nexthops']).filter(isRecord);
    return (hops.length > 0 ? hops : [route]).flatMap(hopOf).map((hop) => ({ ...hop, protocol }));
  });
}

/**
 * The unicast addresses of `bridge -json fdb show` that links receive beside their own, by link; those that a bridge has
 * learned of its ports are none. @throws SyntaxError
 */
export function parseHeldAddresses(json: string): ReadonlyMap<string, readonly string[]> {
  const held = new Map<string, readonly string[]>();
  for (const row of rows(json)) {
    const name = text(row['ifname']);
    const mac = text(row['mac']);
    const isOwn = list(row['flags']).includes('self') && row['master'] === undefined;
    if (name === undefined || mac === undefined || !isOwn || isMulticast(mac)) continue;
    held.set(name, [...(held.get(name) ?? []), mac]);
  }
  return held;
}

/** The lowest bit of the first byte (IEEE 802). */
function isMulticast(mac: string): boolean {
  return (Number.parseInt(mac.slice(0, 2), 16) & 1) === 1;
}

/** iproute2 prints an empty object for a link that its filter left out. */
function linkOf(row: Json): KernelLink[] {
  const ifindex = whole(row['ifindex']);
  const name = text(row['ifname']);
  if (ifindex === undefined || name === undefined) return [];
  const flags = list(row['flags']);
  const info = record(row['linkinfo']);
  return [
    {
      ifindex,
      name,
      up: flags.includes('UP'),
      carrier: flags.includes('LOWER_UP'),
      mtu: whole(row['mtu']) ?? 0,
      addresses: list(row['addr_info']).filter(isRecord).flatMap(addressOf),
      ...(row['link_netnsid'] !== undefined && { parentElsewhere: true }),
      ...present('kind', text(info['info_kind'])),
      ...present('parent', text(row['link'])),
      ...present('master', text(row['master'])),
      ...present('mode', text(record(info['info_data'])['mode'])),
      ...(isRecord(info['info_data']) && { data: info['info_data'] }),
      ...present('mac', text(row['address'])),
    },
  ];
}

function addressOf(row: Json): KernelAddress[] {
  const local = text(row['local']);
  const length = whole(row['prefixlen']);
  if (local === undefined || length === undefined) return [];
  const scope = text(row['scope']) ?? String(row['scope'] ?? 'global');
  return [{ cidr: `${local}/${length}`, scope, ...(row['dynamic'] === true && { isLeased: true }) }];
}

/** An IPv4 route may have an IPv6 gateway (RFC 5549), which stands in `via`. */
function hopOf(hop: Json): DefaultRoute[] {
  const link = text(hop['dev']);
  const gateway = text(hop['gateway']) ?? text(record(hop['via'])['host']);
  return link === undefined || gateway === undefined ? [] : [{ link, gateway }];
}

function present<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, string>>);
}
