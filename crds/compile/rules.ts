import type { Family } from '../ip.ts';
import { type SectionsSpec, sectionsOf } from '../kinds/sections.ts';
import type { Capabilities } from '../networkd/capabilities.ts';
import { ipProtocols, type RuleExpectation, tables } from '../routes.ts';
import { certain, type Keys, keysOf, networkOf, numberOf, optional, parsed } from './routes.ts';

/** Keys of [RoutingPolicyRule] that say what the kernel shows of a rule in `ip rule`. */
const known = [
  'From',
  'To',
  'Table',
  'Priority',
  'FirewallMark',
  'IncomingInterface',
  'OutgoingInterface',
  'InvertRule',
  'Type',
  'SuppressPrefixLength',
  'Family',
  'IPProtocol',
  'SourcePort',
  'DestinationPort',
  'TypeOfService',
];

/** The rules of the [RoutingPolicyRule] sections that can be told beforehand, one for each address family. */
export function rulesOf(spec: SectionsSpec, { ruleTypes }: Capabilities): readonly RuleExpectation[] {
  return sectionsOf(spec).flatMap(([name, section]) => {
    const keys = keysOf(section);
    if (name !== 'RoutingPolicyRule' || (keys.has('Type') && !ruleTypes)) return [];
    return familiesOf(keys).flatMap((family) => ruleOf(keys, family));
  });
}

function familiesOf(keys: Keys): readonly Family[] {
  const family = keys.get('Family');
  if (family === 'both') return [4, 6];
  const address = networkOf(keys.get('From') ?? '') ?? networkOf(keys.get('To') ?? '');
  return [family === 'ipv6' ? 6 : (address?.family ?? 4)];
}

function ruleOf(keys: Keys, family: Family): readonly RuleExpectation[] {
  const number = (key: string, words: Readonly<Record<string, number>> = {}) =>
    parsed(keys.get(key), (text) => numberOf(text, words));
  const network = (key: string) => parsed(keys.get(key), networkOf);
  const port = (key: string) => parsed(keys.get(key), portsOf);
  const [from, to, mark] = [network('From'), network('To'), parsed(keys.get('FirewallMark'), markOf)];
  const [table, priority, tos] = [number('Table', tables), number('Priority'), number('TypeOfService')];
  const [suppressed, protocol] = [number('SuppressPrefixLength'), number('IPProtocol', ipProtocols)];
  const [source, destination, type] = [
    port('SourcePort'),
    port('DestinationPort'),
    parsed(keys.get('Type'), typeOf),
  ];
  const all = [from, to, mark, table, priority, tos, suppressed, protocol, source, destination, type];
  if (all.includes('unknown')) return [];
  const kind = certain(type);
  return [
    {
      family,
      ...optional('from', textOf(certain(from))),
      ...optional('to', textOf(certain(to))),
      table: certain(table) ?? tables.main,
      ...(kind !== undefined && kind !== 'table' && { type: kind }),
      ...optional('priority', certain(priority)),
      ...certain(mark),
      ...optional('incoming', keys.get('IncomingInterface')),
      ...optional('outgoing', keys.get('OutgoingInterface')),
      ...(['yes', 'true', '1', 'on'].includes(keys.get('InvertRule') ?? '') && { isInverted: true }),
      ...optional('suppressPrefixLength', certain(suppressed)),
      ...optional('ipProtocol', certain(protocol)),
      ...optional('sourcePort', certain(source)),
      ...optional('destinationPort', certain(destination)),
      ...optional('typeOfService', certain(tos)),
      isWhole: [...keys.keys()].every((key) => known.includes(key)),
    },
  ];
}

/** The kernel shows no `from` and `to` for everything. */
function textOf(network: { readonly text: string } | undefined): string | undefined {
  return network?.text === 'default' ? undefined : network?.text;
}

function typeOf(text: string): 'table' | 'blackhole' | 'unreachable' | 'prohibit' | undefined {
  return (['table', 'blackhole', 'unreachable', 'prohibit'] as const).find((one) => one === text);
}

/** `80`, `1000-2000` */
function portsOf(text: string): string | undefined {
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (first === undefined) return undefined;
  return last === undefined || last === first ? first : `${first}-${last}`;
}

/** `7`, `0x7`, `1/7` */
function markOf(text: string): { readonly mark: string; readonly mask?: string } | undefined {
  const numbers = text
    .split('/')
    .map((part) => (/^(0x[\da-f]+|\d+)$/i.test(part) ? Number(part) : Number.NaN));
  const [mark, mask] = numbers;
  if (numbers.length > 2 || mark === undefined || numbers.some((n) => !(n >= 0 && n <= 0xffffffff)))
    return undefined;
  const hex = (number: number) => `0x${number.toString(16)}`;
  return { mark: hex(mark), ...(mask !== undefined && mask !== 0xffffffff && { mask: hex(mask) }) };
}
