import type { LinkExpectation } from '../../../crds/compiled.ts';
import { capabilitiesOf } from '../../../crds/networkd/capabilities.ts';
import type { ResourceKey } from '../../../crds/resource.ts';
import { sha256 } from '../../../crds/unit.ts';
import { type Desired, desire } from '../../../state/desired.ts';
import type { SourceFile } from '../../../state/directory.ts';
import { inForce } from '../../../state/force.ts';
import { conditionOf } from '../../../state/status.ts';
import { readNetDev } from '../model/units.ts';
import { loadFile } from '../modules/load.ts';
import { adopting, documentMtus, ports } from './documents.ts';
import { type Host, places } from './host.ts';
import type { Invariants } from './invariants.ts';
import type { Operator } from './operator.ts';
import type { User } from './user.ts';
import { wrongSettings } from './wrong-settings.ts';

/** Everything that the comparison at rest looks at. */
export interface Scene {
  readonly host: Host;
  readonly operator: Operator;
  readonly user: User;
  readonly invariants: Invariants;
}

/** What the documents ask for, made without anything that the operator remembers. */
function wanted({ host, user }: Scene): Desired {
  const files = [...user.directory.pages.keys()].sort().flatMap((name): [string, SourceFile][] => {
    const text = user.directory.text(name);
    if (text === undefined) return [];
    const file = `${places.documents}/${name}`;
    const bytes = Buffer.from(text);
    return [[file, { file, bytes, hash: sha256(text), loaded: loadFile(file, bytes) }]];
  });
  const force = inForce({ trouble: '', files: new Map(files) }, new Map(), new Set());
  return desire(force, capabilitiesOf(host.networkd.version));
}

/** Resources whose names others have: nothing of them is touched. */
function taken(desired: Desired, { host, user }: Scene): ReadonlySet<ResourceKey> {
  const { kernel, foreignUnits, lookedAt, machine } = host;
  const owned = user.inventory()?.links ?? {};
  const isTheirs = ({ made, link, netdev, kind }: LinkExpectation) => {
    const there = made ? kernel.named(link) : undefined;
    if (!there || there.isProtected) return there !== undefined && link !== adopting.link;
    const text = machine.disk.text(`${places.units}/${netdev}`);
    const isKnown = owned[link]?.identity === `${kernel.epoch} ${there.ifindex}`;
    // Nobody knows what is not what its .netdev makes, where it is not on record or others made it in place of ours.
    const isStrange = !owned[link] || (!isKnown && there.madeBy === undefined);
    if (isStrange && there.kind !== kindFrom(text, link, kind)) return true;
    // Made while nobody looked, by a .netdev that somebody deleted since: nor is it known then.
    return !isKnown && !lookedAt.has(there.ifindex) && text === undefined;
  };
  const keys = [...desired.resources.keys()].filter((key) => {
    const units = desired.unitsOf.get(key) ?? [];
    return (
      units.some(({ name }) => foreignUnits.has(name)) || (desired.linksOf.get(key) ?? []).some(isTheirs)
    );
  });
  return new Set(keys);
}

/** The kind that a .netdev gives a link. */
function kindFrom(text = '', link: string, otherwise: string | undefined): string | undefined {
  const file = readNetDev(text);
  if (!file) return otherwise;
  return [file.name, file.peer].includes(link) ? file.kind : 'none';
}

/** What of the host is not as the documents have it, once all has come to rest. */
export function wrongWith(scene: Scene): readonly string[] {
  const desired = wanted(scene);
  const lost = taken(desired, scene);
  return [
    ...wrongUnits(scene, desired, lost),
    ...wrongLinks(scene, desired, lost),
    ...Object.values(ports).flatMap((port) => wrongPort(port, scene, desired, lost)),
    ...wrongRecords(scene, desired, lost),
    ...wrongStatus(scene, desired, lost),
    ...scene.invariants.adoption.wrong(),
  ];
}

/** A link that a document gives an MTU, whose resource others leave alone. */
export function linkWithMtu(scene: Scene): string | undefined {
  const desired = wanted(scene);
  const lost = taken(desired, scene);
  return [...desired.made.values()].find(({ owner, mtu }) => mtu !== undefined && !lost.has(owner))?.link;
}

function wrongUnits(scene: Scene, desired: Desired, lost: ReadonlySet<ResourceKey>): string[] {
  const { host, invariants, user } = scene;
  const { units = {} } = user.inventory() ?? {};
  const { disk } = host.machine;
  const differing = [...desired.units.values()].filter(
    ({ name, text, owner }) => !lost.has(owner) && disk.text(`${places.units}/${name}`) !== text,
  );
  const left = disk.list(places.units).filter((name) => {
    const isKnown = desired.units.has(name) || host.foreignUnits.has(name) || invariants.excused.has(name);
    // Nothing of a resource in conflict is touched, also what it no longer has.
    return !isKnown && !lost.has(units[name]?.owner ?? nobody);
  });
  return [...differing.map(({ name }) => `${name} differs`), ...left.map((name) => `${name} is left over`)];
}

function wrongLinks(scene: Scene, desired: Desired, lost: ReadonlySet<ResourceKey>): string[] {
  const { host, invariants, user } = scene;
  const { links = {} } = user.inventory() ?? {};
  const made = [...desired.made.values()].filter(({ owner }) => !lost.has(owner));
  const missing = made.filter(({ link, kind }) => host.kernel.named(link)?.kind !== kind);
  const left = host
    .ours()
    .filter(({ name, madeBy = '' }) => !desired.made.has(name) && !invariants.excused.has(madeBy))
    .filter(({ name }) => !lost.has(links[name]?.owner ?? nobody));
  const unfinished = made.filter((link) => link.network && isUnfinished(link, host));
  return [
    ...missing.map(({ link }) => `${link} is not made`),
    ...unfinished.map(({ link }) => `networkd is not through with ${link}`),
    ...made.flatMap((expected) => wrongSettings(expected, host)),
    ...made
      .filter((expected) => !invariants.excused.has(expected.netdev ?? '') && hasMtuLeft(expected, host))
      .map(({ link }) => `${link} has the MTU that an earlier text asked for`),
    ...left.map(({ name }) => `link ${name} is left over`),
  ];
}

const nobody: ResourceKey = 'NetDev/';

/** Whether a link has one of the MTUs of documents, of which its own asks none, and a new link would have another. */
function hasMtuLeft(
  { link, mtu, owner }: LinkExpectation & { owner: ResourceKey },
  { kernel }: Host,
): boolean {
  const seen = kernel.named(link);
  // What a .netdev says of the MTU is for a new link alone.
  if (mtu !== undefined || !seen || owner.startsWith('NetDev/') || !documentMtus.includes(seen.mtu))
    return false;
  const ports = [...kernel.links.values()].filter(({ master }) => master === seen.ifindex);
  const ofParent = seen.kind === 'macvlan' ? kernel.links.get(seen.parent ?? 0)?.mtu : undefined;
  return seen.mtu !== (ofParent ?? Math.min(1500, ...ports.map((port) => port.mtu)));
}

/** A port of others is in the bridge that a document has it in, and in none of ours where none does. */
function wrongPort(
  port: string,
  { host: { kernel }, user, invariants }: Scene,
  desired: Desired,
  lost: ReadonlySet<ResourceKey>,
): string[] {
  const unit = `05-osa-net-${port}.network`;
  const { units = {}, unplug = {} } = user.inventory() ?? {};
  const [key, all] = [...desired.linksOf].find(([, all]) => all.some(({ link }) => link === port)) ?? [];
  const owners = [key, units[unit]?.owner, unplug[port]];
  if (invariants.excused.has(unit) || owners.some((owner) => owner && lost.has(owner))) return [];
  const wanted = all?.find(({ link }) => link === port)?.master?.name;
  const master = kernel.links.get(kernel.named(port)?.master ?? 0);
  const isRight = wanted === undefined ? master?.madeBy === undefined : master?.name === wanted;
  return isRight ? [] : [`${port} is in ${master?.name}, not in ${wanted}`];
}

/** Whether networkd has still to configure a link that waits for no other one. */
function isUnfinished({ link, master }: LinkExpectation, { kernel, networkd }: Host): boolean {
  const isWaiting = master !== undefined && kernel.named(master.name)?.kind !== 'bridge';
  const managed = networkd.links.get(kernel.named(link)?.ifindex ?? 0);
  return !isWaiting && managed?.setup !== 'configured';
}

function wrongRecords(
  { host, user, invariants }: Scene,
  desired: Desired,
  lost: ReadonlySet<ResourceKey>,
): string[] {
  const inventory = user.inventory();
  if (!inventory) return desired.units.size > lost.size ? ['there is no inventory'] : [];
  const isTheirs = ({ owner }: { owner: ResourceKey }) => lost.has(owner);
  const units = Object.entries(inventory.units).filter(
    ([name, o]) => !desired.units.has(name) && !isTheirs(o),
  );
  const links = Object.entries(inventory.links).filter(
    ([name, o]) => !desired.made.has(name) && !isTheirs(o),
  );
  const isOurs = (unit: string) => unit.startsWith('05-osa-net-') && !invariants.excused.has(unit);
  return [
    ...[...units, ...links].map(([name]) => `${name} is recorded`),
    ...(inventory.reloadPending ? ['a reload is pending'] : []),
    ...(host.networkd.hasRead(isOurs) ? [] : ['networkd has not read all units']),
    ...(inventory.transaction ? [`generation ${inventory.transaction.generation} is on trial`] : []),
    ...(inventory.held ? [`${inventory.held.join()} is held`] : []),
    ...(inventory.hold ? [`generation ${inventory.hold.generation} is held`] : []),
    ...(inventory.suspended ? ['something is suspended'] : []),
    ...Object.keys(inventory.rolledBack ?? {}).map((key) => `${key} is taken back`),
    ...(host.machine.files.size > 0 ? [`${host.machine.files.size} files are open`] : []),
  ];
}

function wrongStatus({ operator, host }: Scene, desired: Desired, lost: ReadonlySet<ResourceKey>): string[] {
  const items = new Map(operator.items.map((item) => [`${item.kind}/${item.metadata.name}`, item]));
  return [...desired.resources.keys()].flatMap((key) => {
    if (lost.has(key) || !canBe(key, desired, lost, host)) return [];
    const item = items.get(key);
    const ready = item && conditionOf(item.status, 'Ready');
    return ready?.status === 'True' ? [] : [`${key} is not Ready: ${ready?.reason} ${ready?.message}`];
  });
}

/** Whether the links that a resource is plugged into can be there, and those that give it carrier. */
function canBe(
  key: ResourceKey,
  desired: Desired,
  lost: ReadonlySet<ResourceKey>,
  { kernel }: Host,
): boolean {
  const plugsInto = (other: ResourceKey) =>
    desired.linksOf.get(other)?.some(({ master }) => desired.made.get(master?.name ?? '')?.owner === key);
  if ([...lost].some(plugsInto)) return false;
  return (desired.linksOf.get(key) ?? []).every(({ master }) => {
    if (!master) return true;
    const owner = desired.made.get(master.name)?.owner;
    return owner ? !lost.has(owner) : kernel.named(master.name)?.kind === 'bridge';
  });
}
