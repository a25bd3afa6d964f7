import type { Family } from '../../crds/ip.ts';
import type { ObservedRoute, ObservedRule } from '../../state/observed.ts';
import { isRecord, type Json, list, record, rows, text, whole } from './json.ts';

/**
 * The routes of `ip -Numeric -json -details route show table all`, one entry a hop. With `-Numeric` tables, protocols and
 * scopes are numbers, however this host names them. @throws SyntaxError if it is no JSON
 */
export function parseRoutes(json: string, family: Family): readonly ObservedRoute[] {
  return rows(json).flatMap((row) => {
    const destination = destinationOf(row, family);
    const table = number(row['table']) ?? mainTable;
    const type = number(row['type']) ?? unicast;
    if (destination === undefined) return [];
    const hops = list(row['nexthops']).filter(isRecord);
    return (hops.length > 0 ? hops : [row]).map((hop) => ({
      family,
      destination,
      table,
      type,
      protocol: number(row['protocol']) ?? 0,
      link: text(hop['dev']),
      gateway: text(hop['gateway']) ?? text(record(hop['via'])['host']),
      metric: whole(row['metric']),
      scope: number(row['scope']),
      source: text(row['prefsrc']),
    }));
  });
}

const mainTable = 254;
const unicast = 1;

/** A host's route is printed without its length. */
function destinationOf(row: Json, family: Family): string | undefined {
  const destination = text(row['dst']);
  if (destination === undefined || destination === 'default' || destination.includes('/')) return destination;
  return `${destination}/${family === 4 ? 32 : 128}`;
}

/** The rules of `ip -Numeric -json rule show`. @throws SyntaxError if it is no JSON */
export function parseRules(json: string, family: Family): readonly ObservedRule[] {
  return rows(json).flatMap((row) => {
    const priority = whole(row['priority']);
    return priority === undefined ? [] : ruleOf(row, priority, family);
  });
}

function ruleOf(row: Json, priority: number, family: Family): ObservedRule {
  return {
    family,
    priority,
    from: networkOf(row, 'src', family),
    to: networkOf(row, 'dst', family),
    table: number(row['table']),
    type: number(row['action']),
    mark: text(row['fwmark']),
    mask: text(row['fwmask']),
    incoming: text(row['iif']),
    outgoing: text(row['oif']),
    isInverted: 'not' in row,
    suppressPrefixLength: whole(row['suppress_prefixlen']),
    // iproute2 prints `ipproto-6` where it is told not to look for a name.
    ipProtocol: number(text(row['ipproto'])?.replace('ipproto-', '')),
    sourcePort: portsOf(row, 'sport'),
    destinationPort: portsOf(row, 'dport'),
    typeOfService: number(row['tos']),
  };
}

/** `all` selects everything, as if nothing were said. */
function networkOf(row: Json, key: 'src' | 'dst', family: Family): string | undefined {
  const address = text(row[key]);
  if (address === undefined || address === 'all') return undefined;
  return `${address}/${whole(row[`${key}len`]) ?? (family === 4 ? 32 : 128)}`;
}

function portsOf(row: Json, key: 'sport' | 'dport'): string | undefined {
  const one = whole(row[key]);
  if (one !== undefined) return String(one);
  const [first, last] = [whole(row[`${key}_start`]), whole(row[`${key}_end`])];
  return first === undefined || last === undefined ? undefined : `${first}-${last}`;
}

/** A number, also one in a text: `254`, `0x08`. */
function number(value: unknown): number | undefined {
  const read = typeof value === 'string' && /^(0x[\da-f]+|\d+)$/i.test(value) ? Number(value) : value;
  return whole(read);
}

/**
 * The networks that `nft -j list table FAMILY io.systemd.nat` masquerades: the members of networkd's set, if its chain
 * still looks into it. @throws SyntaxError if it is no JSON
 */
export function parseMasqueraded(json: string): readonly string[] {
  const entries = list(record(JSON.parse(json))['nftables']).filter(isRecord);
  const isUsed = entries.some((entry) => {
    const rule = record(entry['rule']);
    const words = JSON.stringify(rule['expr'] ?? []);
    return rule['chain'] === 'postrouting' && words.includes('@masq_saddr') && words.includes('"masquerade"');
  });
  if (!isUsed) return [];
  const set = entries.map((entry) => record(entry['set'])).find(({ name }) => name === 'masq_saddr');
  return list(set?.['elem']).flatMap((member) => {
    if (typeof member === 'string') return [`${member}/${member.includes(':') ? 128 : 32}`];
    const prefix = record(record(member)['prefix']);
    const [address, length] = [text(prefix['addr']), whole(prefix['len'])];
    return address === undefined || length === undefined ? [] : [`${address}/${length}`];
  });
}

/** The links of `ss -H -uln` whose sockets are bound to the port of DHCP servers: `0.0.0.0%br0:67`. */
export function parseDhcpServers(output: string): ReadonlySet<string> {
  return new Set([...output.matchAll(/\s\S*%(\S+):(?:67|bootps)\s/g)].flatMap(([, link]) => link ?? []));
}
