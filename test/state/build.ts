import { loadFile } from '../../crds/load.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { type Problem, problemText } from '../../crds/problem.ts';
import type { AnyResource, Kind, ResourceKey } from '../../crds/resource.ts';
import { sha256 } from '../../crds/unit.ts';
import { type Desired, desire } from '../../state/desired.ts';
import type { DirectoryView, SourceFile } from '../../state/directory.ts';
import { type InForce, inForce } from '../../state/force.ts';
import { emptyInventory, type Inventory } from '../../state/inventory.ts';
import { identityOf, type Observed, type ObservedLink, unseenResolver } from '../../state/observed.ts';
import { type Plan, plan } from '../../state/plan.ts';
import type { PlanInput } from '../../state/plan-input.ts';

/** One document as text: JSON is YAML. */
export function doc(
  kind: Kind,
  name: string,
  spec: object = {},
  annotations: Readonly<Record<string, string>> = {},
): string {
  return JSON.stringify({ apiVersion: 'osa-net.dev/v1alpha1', kind, metadata: { name, annotations }, spec });
}

export const bridge = (name: string, spec: object = {}, annotations = {}) =>
  doc('ContainerBridge', name, spec, annotations);
export const integration = (name: string, on: string, spec: object = {}, annotations = {}) =>
  doc('MacvlanIntegration', name, { bridge: on, ...spec }, annotations);
export const netdev = (name: string, kind: string, sections: object = {}, annotations = {}) =>
  doc('NetDev', name, { NetDev: { Name: name, Kind: kind }, ...sections }, annotations);

const directory = '/etc/osa-net.d';

/** A file of the directory with these documents, valid or not. */
export function source(name: string, ...documents: readonly string[]): SourceFile {
  const bytes = new TextEncoder().encode(documents.join('\n---\n'));
  const file = `${directory}/${name}`;
  return { file, bytes, hash: sha256(documents.join('\n---\n')), loaded: loadFile(file, bytes) };
}

/** A file that cannot be read. */
export function unreadable(name: string): Problem {
  const location = { file: `${directory}/${name}`, line: 1, column: 1, length: 1, excerpt: '' };
  return { code: 'UNREADABLE_FILE', message: 'cannot read the file', hint: 'make it readable', location };
}

export function view(...entries: readonly (SourceFile | Problem)[]): DirectoryView {
  const fileOf = (entry: SourceFile | Problem) => ('code' in entry ? entry.location.file : entry.file);
  return { trouble: '', files: new Map(entries.map((entry) => [fileOf(entry), entry])) };
}

export const lostDirectory: DirectoryView = { trouble: 'cannot read the directory', files: new Map() };

export function kept(...sources: readonly SourceFile[]): ReadonlyMap<string, SourceFile> {
  return new Map(sources.map((one) => [one.file, one]));
}

/** The documents in force of a directory that was always so. */
function force(...entries: readonly (SourceFile | Problem)[]): InForce {
  return inForce(view(...entries), kept(), new Set());
}

/** What a host should be by these documents, one file each, which must all be valid. */
export function desired(version: number, ...documents: readonly string[]): Desired {
  const sources = documents.map((text, i) => source(`${String(i).padStart(3, '0')}.yaml`, text));
  const problems = sources.flatMap(({ loaded }) => loaded.problems);
  if (problems.length > 0) throw new Error(problems.map(problemText).join('\n'));
  return desire(force(...sources), capabilitiesOf(version));
}

export function keysOf(resources: Iterable<AnyResource>): readonly ResourceKey[] {
  return [...resources].map(({ key }) => key);
}

/** A link as a settled networkd shows it. */
export function link(name: string, fields: Partial<ObservedLink> = {}): ObservedLink {
  return {
    name,
    ifindex: 1,
    mtu: 1500,
    addresses: [],
    setup: 'configured',
    operational: 'routable',
    ...fields,
  };
}

/** A host with nothing on it. */
export function observed(version: number, fields: Partial<Observed> = {}): Observed {
  return {
    networkd: { state: 'running', message: '', capabilities: capabilitiesOf(version), run: 1 },
    epoch: 'boot',
    links: new Map(),
    units: new Map(),
    defaultRoutes: [],
    resolver: unseenResolver,
    ...fields,
  };
}

export function links(...all: readonly ObservedLink[]): Observed['links'] {
  return new Map(all.map((one) => [one.name, one]));
}

/** Every desired unit as it would be on disk. */
export function unitsOnDisk({ units }: Desired): Observed['units'] {
  return new Map([...units.values()].map(({ name, hash, owner }) => [name, { hash, intactOwner: owner }]));
}

/** The links that a desired state makes or speaks of, as it promises them. */
export function linksAsPromised(wanted: Desired): Observed['links'] {
  const all = [...wanted.linksOf.values()].flat().map((expected, i) =>
    link(expected.link, {
      ifindex: 10 + i,
      kind: expected.kind,
      parent: expected.parent,
      master: expected.master?.name,
      mode: expected.mode,
      mtu: expected.mtu ?? 1500,
      mac: expected.mac,
      addresses: expected.addresses ?? [],
      networkFile: expected.network === undefined ? undefined : `/etc/systemd/network/${expected.network}`,
    }),
  );
  return links(...all);
}

/** The inventory of a host on which everything desired was made by us, and seen. */
export function inventoryOf(wanted: Desired, seen: Observed = observed(252)): Inventory {
  const owned = [...wanted.made.values()].map(({ link: name, owner, kind = '', netdev: unit = '' }) => {
    const there = seen.links.get(name);
    const identity = there && identityOf(there, seen);
    const madeFrom = wanted.units.get(unit)?.hash ?? '';
    return [name, { owner, kind, netdev: unit, madeFrom, identity }] as const;
  });
  const resources = [...wanted.resources.values()].map(({ key, specHash, location: { file } }) => {
    return [key, { specHash, generation: 1, createdAt: '2026-01-01T00:00:00.000Z', file }] as const;
  });
  const units = [...wanted.units.values()].map(({ name, owner, hash }) => [name, { owner, hash }] as const);
  return {
    ...emptyInventory,
    units: Object.fromEntries(units),
    links: Object.fromEntries(owned),
    resources: Object.fromEntries(resources),
  };
}

/** A host that is as these documents say, and everything known of it. */
export function converged(version: number, ...documents: readonly string[]) {
  const wanted = desired(version, ...documents);
  const seen = observed(version, { units: unitsOnDisk(wanted), links: linksAsPromised(wanted) });
  return { desired: wanted, observed: seen, inventory: inventoryOf(wanted, seen) };
}

type Known = Pick<PlanInput, 'desired' | 'observed' | 'inventory'>;

/** What a plan rests on, with nothing to wait for. */
export function planInput(known: Known, fields: Partial<PlanInput> = {}): PlanInput {
  return {
    rungOf: () => 0,
    mayRepair: () => true,
    isFresh: () => false,
    attemptsOf: () => 0,
    standingOf: () => 'ready',
    mayRestart: true,
    allowRecreate: false,
    enableNetworkd: false,
    ...known,
    ...fields,
  };
}

/** Plans with nothing to wait for. */
export function planOf(known: Known, fields: Partial<PlanInput> = {}): Plan {
  return plan(planInput(known, fields));
}

/** The same observation with links changed, added or (undefined) gone. */
export function withLinks(
  seen: Observed,
  changes: Readonly<Record<string, Partial<ObservedLink> | undefined>>,
): Observed {
  const next = new Map(seen.links);
  for (const [name, change] of Object.entries(changes)) {
    if (change === undefined) next.delete(name);
    else next.set(name, { ...(next.get(name) ?? link(name)), ...change });
  }
  return { ...seen, links: next };
}

/** The same observation with units changed, added or (undefined) gone. */
export function withUnits(
  seen: Observed,
  changes: Readonly<Record<string, { hash: string; intactOwner?: ResourceKey } | undefined>>,
): Observed {
  const next = new Map(seen.units);
  for (const [name, unit] of Object.entries(changes)) {
    if (unit === undefined) next.delete(name);
    else next.set(name, unit);
  }
  return { ...seen, units: next };
}
