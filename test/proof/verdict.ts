import { sha256 } from '../../crds/unit.ts';
import type { Inventory } from '../../state/inventory.ts';
import { conditionOf, type StatusItem, type StatusList } from '../../state/status.ts';
import type { IpEntry } from '../bed/ip.ts';
import { type ForeignThings, foreignLinks, foreignUnits } from './foreign.ts';
import { strayAddress } from './schedule.ts';
import type { Force } from './sheet.ts';
import { type BridgeSpec, foreignBridge, type IntegrationSpec, linksOf, type Spec, textOf } from './specs.ts';
import { unitsMadeOf } from './units.ts';

/** What a host shows of itself at rest. */
export interface Seen {
  readonly systemd: number;
  readonly status: StatusList;
  readonly inventory: Inventory;
  /** Text of each unit. */
  readonly units: Readonly<Record<string, string>>;
  readonly links: readonly IpEntry[];
  readonly unfinished: readonly string[];
  readonly foreign: ForeignThings;
}

/** What it must show. */
export interface Wanted {
  readonly force: readonly Force[];
  readonly foreign: ForeignThings;
}

/** Everything in which a host is not as it must be; nothing, when it has converged. */
export function problemsOf(seen: Seen, wanted: Wanted): readonly string[] {
  const specs = wanted.force.flatMap((force) => force.specs);
  const uncertain = uncertainThings(seen.inventory, wanted.force);
  return [
    ...seen.unfinished.map((file) => `unfinished file ${file}`),
    ...foreignProblems(seen.foreign, wanted.foreign),
    ...linkProblems(seen.links, specs, uncertain),
    ...unitProblems(seen, specs, uncertain),
    ...inventoryProblems(seen, wanted.force, uncertain),
    ...statusProblems(seen.status, wanted.force),
  ];
}

/**
 * Names of resources, units and links that may be there or not: of a file that is broken nobody knows whether what it
 * once held is gone, and its removal may have begun before it broke.
 */
function uncertainThings(inventory: Inventory, force: readonly Force[]): ReadonlySet<string> {
  const keys = new Set(force.flatMap((one) => one.specs.map(({ kind, name }) => `${kind}/${name}`)));
  const isOfBroken = (path: string) => force.some(({ file, broken }) => broken && path.endsWith(`/${file}`));
  const owners = Object.entries(inventory.resources).filter(
    ([key, record]) => !keys.has(key) && record !== undefined && isOfBroken(record.file),
  );
  const names = new Set(owners.map(([key]) => key));
  const owned = [...Object.entries(inventory.units), ...Object.entries(inventory.links)];
  return new Set([...names, ...owned.flatMap(([name, { owner }]) => (names.has(owner) ? name : []))]);
}

function foreignProblems(seen: ForeignThings, wanted: ForeignThings): readonly string[] {
  const changed = Object.keys(wanted).filter((thing) => seen[thing] !== wanted[thing]);
  return changed.map((thing) => `foreign ${thing} changed from\n${wanted[thing]}\nto\n${seen[thing]}`);
}

/** The kernel against the documents, attribute by attribute; osa-net's own idea of it plays no part. */
function linkProblems(
  links: readonly IpEntry[],
  specs: readonly Spec[],
  uncertain: ReadonlySet<string>,
): readonly string[] {
  const named = new Map(links.map((link) => [link.ifname, link]));
  const expected = new Set([...specs.flatMap(({ kind, name }) => linksOf(kind, name)), ...foreignLinks]);
  const left = links.filter(({ ifname }) => !expected.has(ifname) && !uncertain.has(ifname));
  return [
    ...left.map(({ ifname }) => `link ${ifname} is left over`),
    ...specs.flatMap((spec) =>
      spec.kind === 'ContainerBridge' ? bridgeProblems(named, spec) : integrationProblems(named, spec),
    ),
  ];
}

type Links = ReadonlyMap<string, IpEntry>;

function bridgeProblems(links: Links, { name, addresses, mtu }: BridgeSpec): readonly string[] {
  const link = links.get(`br-${name}`);
  const there = (link?.addr_info ?? [])
    .filter(({ scope }) => scope === 'global')
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`)
    .filter((address) => address !== strayAddress);
  return [
    ...basics(link, `br-${name}`, 'bridge', mtu),
    ...differs(`br-${name} has addresses`, there.sort().join(' '), [...addresses].sort().join(' ')),
  ];
}

function integrationProblems(links: Links, { name, bridge, mode, mtu }: IntegrationSpec): readonly string[] {
  const [mv = '', v1 = '', v2 = ''] = linksOf('MacvlanIntegration', name);
  return [
    ...basics(links.get(mv), mv, 'macvlan', mtu),
    ...basics(links.get(v1), v1, 'veth', mtu),
    ...basics(links.get(v2), v2, 'veth', mtu),
    ...differs(`${mv} is of`, links.get(mv)?.link, v2),
    ...differs(`${mv} has mode`, links.get(mv)?.linkinfo?.info_data?.['mode'], mode),
    ...differs(`${v1} is the peer of`, links.get(v1)?.link, v2),
    // While its bridge is missing a port stays where it is: a mistyped name must not cut anybody off.
    ...(links.has(bridge) ? differs(`${v1} is in`, links.get(v1)?.master, bridge) : []),
    ...differs(`${v2} is in`, links.get(v2)?.master, undefined),
  ];
}

function basics(
  link: IpEntry | undefined,
  name: string,
  kind: string,
  mtu: number | undefined,
): readonly string[] {
  if (!link) return [`link ${name} is missing`];
  return [
    ...differs(`${name} is a`, link.linkinfo?.info_kind, kind),
    ...differs(`${name} is up:`, link.flags.includes('UP'), true),
    ...(mtu === undefined ? [] : differs(`${name} has mtu`, link.mtu, mtu)),
  ];
}

function differs(what: string, is: unknown, should: unknown): readonly string[] {
  return is === should ? [] : [`${what} ${is}, not ${should}`];
}

/** The units are, byte by byte, those that the documents make. */
function unitProblems(
  { systemd, units }: Seen,
  specs: readonly Spec[],
  uncertain: ReadonlySet<string>,
): readonly string[] {
  const made = unitsMadeOf(textOf(specs), systemd);
  const isKnown = (name: string) => made.has(name) || foreignUnits.includes(name) || uncertain.has(name);
  const left = Object.keys(units).filter((name) => !isKnown(name));
  const wrong = [...made].filter(([name, text]) => units[name] !== text);
  return [
    ...left.map((name) => `unit ${name} is left over`),
    ...wrong.map(([name]) => (name in units ? `unit ${name} has another text` : `unit ${name} is missing`)),
  ];
}

/** The inventory names exactly what is there, and nothing is left to do. */
function inventoryProblems(
  { inventory, units }: Seen,
  force: readonly Force[],
  uncertain: ReadonlySet<string>,
): readonly string[] {
  const specs = force.flatMap((one) => one.specs);
  const links = specs.flatMap(({ kind, name }) => linksOf(kind, name));
  const keys = specs.map(({ kind, name }) => `${kind}/${name}`);
  const recorded = Object.keys(inventory.resources).filter((key) => !uncertain.has(key));
  const linked = Object.keys(inventory.links).filter((name) => !uncertain.has(name));
  const own = Object.keys(units).filter((name) => !foreignUnits.includes(name));
  const hashes = Object.entries(inventory.units).filter(([name, { hash }]) => {
    const text = units[name];
    return text !== undefined && sha256(text) !== hash;
  });
  return [
    ...sameNames('links of the inventory', linked, links),
    ...sameNames('units of the inventory', Object.keys(inventory.units), own),
    ...sameNames('resources of the inventory', recorded, keys),
    ...hashes.map(([name]) => `the inventory has another hash of ${name}`),
    ...(inventory.reloadPending ? ['a reload is pending'] : []),
    ...(inventory.held ?? []).map((key) => `${key} is held`),
  ];
}

function sameNames(what: string, is: readonly string[], should: readonly string[]): readonly string[] {
  return differs(`${what}:`, [...is].sort().join(' '), [...should].sort().join(' '));
}

/** All are Ready that can be; of each other one the reason is the one it must have. */
export function statusProblems({ items, operator }: StatusList, force: readonly Force[]): readonly string[] {
  const reasons = wantedReasons(force);
  const told = new Map(items.map((item) => [keyOf(item), conditionOf(item.status, 'Ready')]));
  const wrong = items.flatMap((item) => {
    const key = keyOf(item);
    const condition = told.get(key);
    const is = condition?.status === 'True' ? 'Ready' : `${condition?.reason}`;
    const should = reasons.get(key) ?? (isOfBroken(item, force) ? ['ValidationFailed'] : ['no item']);
    return should.includes(is) ? [] : [`${key} is ${is}, not ${should.join(' or ')}: ${condition?.message}`];
  });
  return [
    ...wrong,
    ...[...reasons.keys()].filter((key) => !told.has(key)).map((key) => `${key} is not in the status`),
    ...force
      .filter((one) => one.broken && !isBlamed(one, items))
      .map(({ file }) => `nothing says that ${file} is broken`),
    ...operator.conditions.map(({ reason, message }) => `the operator says ${reason}: ${message}`),
    ...(operator.networkd.state === 'running' ? [] : [`networkd: ${operator.networkd.message}`]),
  ];
}

const keyOf = ({ kind, metadata }: StatusItem) => `${kind}/${metadata.name}`;

/**
 * By the key of a resource, why it is not Ready, or that it is. What stands in a broken file may be said to be broken; it
 * need not, where that part of the file says what it always said.
 */
function wantedReasons(force: readonly Force[]): ReadonlyMap<string, readonly string[]> {
  const specs = force.flatMap((one) => one.specs);
  const made = specs.filter(({ kind }) => kind === 'ContainerBridge').map(({ name }) => `br-${name}`);
  const bridges = new Set([foreignBridge, ...made]);
  const reasonOf = (spec: Spec) =>
    spec.kind === 'ContainerBridge' || bridges.has(spec.bridge) ? 'Ready' : 'DependencyNotReady';
  return new Map(
    force.flatMap(({ specs: own, broken }) =>
      own.map((spec) => {
        const reasons = [reasonOf(spec), ...(broken ? ['ValidationFailed'] : [])];
        return [`${spec.kind}/${spec.name}`, reasons] as const;
      }),
    ),
  );
}

/** A broken file may be an item of its own, and so may a document of it that was never in force. */
function isOfBroken({ metadata }: StatusItem, force: readonly Force[]): boolean {
  return force.some(({ file, broken }) => broken && metadata.source.split(':')[0]?.endsWith(`/${file}`));
}

/** Whether the status says of a broken file that it is, at the file or at one of its documents. */
function isBlamed(one: Force, items: readonly StatusItem[]): boolean {
  const keys = one.specs.map(({ kind, name }) => `${kind}/${name}`);
  const own = items.filter((item) => keys.includes(keyOf(item)) || isOfBroken(item, [one]));
  return own.some(({ status }) => conditionOf(status, 'Ready')?.reason === 'ValidationFailed');
}
