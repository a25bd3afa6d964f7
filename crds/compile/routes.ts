import { type Family, format, parseCidr, parseIp } from '../ip.ts';
import { type Section, type SectionsSpec, sectionsOf } from '../kinds/sections.ts';
import { own } from '../own.ts';
import {
  type RouteExpectation,
  type RouteType,
  routeProtocols,
  routeTypes,
  scopes,
  tables,
} from '../routes.ts';
import { unitValues } from '../section-values.ts';

/** The last value of each key of one section, as networkd reads it. */
export type Keys = ReadonlyMap<string, string>;

export function keysOf(section: Section): Keys {
  const entries = Object.entries(section).map(
    ([key, value]) => [key, unitValues(value).at(-1) ?? ''] as const,
  );
  return new Map(entries.filter(([, value]) => value !== ''));
}

/** A number, or one of the words for it; undefined for anything else, as a name from networkd.conf. */
export function numberOf(text: string, words: Readonly<Record<string, number>>): number | undefined {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  return own(words, text);
}

/** The network that an address with or without prefix length stands in, canonical; undefined where it is none. */
export function networkOf(text: string): { readonly family: Family; readonly text: string } | undefined {
  const bare = parseIp(text);
  if (bare) return { family: bare.family, text: `${bare.address}/${bare.family === 4 ? 32 : 128}` };
  if (text === '0.0.0.0/0' || text === '::/0') return { family: text === '::/0' ? 6 : 4, text: 'default' };
  const cidr = parseCidr(text);
  if ('code' in cidr) return undefined;
  return { family: cidr.family, text: `${format(cidr.family, cidr.first)}/${cidr.prefix}` };
}

/** Keys of [Route] that say what the kernel shows of a route in `ip route`. */
const known = [
  'Destination',
  'Gateway',
  'GatewayOnLink',
  'GatewayOnlink',
  'Metric',
  'Table',
  'Scope',
  'Type',
  'PreferredSource',
  'Protocol',
];

/**
 * The routes of the [Route] sections that can be told beforehand. Left out are those whose gateway or next hop comes
 * from elsewhere (`_dhcp4`, NextHop=, MultiPathRoute=), and those with a word that networkd.conf may define.
 * @param preset table of those that name none, which is that of the VRF of the link (route_section_verify(),
 * networkd-route.c); undefined where it is not known, so that they promise nothing
 */
export function routesOf(spec: SectionsSpec, preset: number | undefined): readonly RouteExpectation[] {
  return sectionsOf(spec).flatMap(([name, section]) =>
    name === 'Route' ? routeOf(keysOf(section), preset) : [],
  );
}

function routeOf(keys: Keys, preset: number | undefined): readonly RouteExpectation[] {
  if (keys.has('NextHop') || keys.has('MultiPathRoute')) return [];
  const gateway = parsed(keys.get('Gateway'), (text) => parseIp(text));
  const destination = parsed(keys.get('Destination'), networkOf);
  const source = parsed(keys.get('PreferredSource'), (text) => parseIp(text));
  const type = parsed(keys.get('Type'), (text) =>
    Object.hasOwn(routeTypes, text) ? (text as RouteType) : undefined,
  );
  const table = parsed(keys.get('Table'), (text) => numberOf(text, tables));
  const scope = parsed(keys.get('Scope'), (text) => numberOf(text, scopes));
  const metric = parsed(keys.get('Metric'), (text) => numberOf(text, {}));
  const protocol = parsed(keys.get('Protocol'), (text) => numberOf(text, routeProtocols));
  const isUnknown = [gateway, destination, source, type, table, scope, metric, protocol].includes('unknown');
  if (isUnknown) return [];
  const family = certain(destination)?.family ?? certain(gateway)?.family;
  const ofType = preset === tables.main && certain(type) === 'local' ? tables.local : preset;
  const inTable = certain(table) ?? ofType;
  if (family === undefined || inTable === undefined) return [];
  const onLink = ['yes', 'true', '1', 'on'].includes(
    keys.get('GatewayOnLink') ?? keys.get('GatewayOnlink') ?? '',
  );
  return [
    {
      family,
      destination: certain(destination)?.text ?? 'default',
      ...optional('gateway', certain(gateway)?.address),
      ...optional('metric', certain(metric)),
      table: inTable,
      type: certain(type) ?? 'unicast',
      // The kernel has no scopes in IPv6.
      ...optional('scope', family === 4 ? certain(scope) : undefined),
      ...optional('source', certain(source)?.address),
      ...(onLink && { onLink }),
      protocol: certain(protocol) ?? routeProtocols.static,
      isWhole: [...keys.keys()].every((key) => known.includes(key)),
    },
  ];
}

/** What a text means; `unknown` for one that cannot be told. */
export function parsed<T>(
  text: string | undefined,
  read: (text: string) => T | undefined,
): T | undefined | 'unknown' {
  return text === undefined ? undefined : (read(text) ?? 'unknown');
}

export function certain<T>(value: T | undefined | 'unknown'): T | undefined {
  return value === 'unknown' ? undefined : value;
}

export function optional<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: T });
}
