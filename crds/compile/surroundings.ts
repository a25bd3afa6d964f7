import { bridgeInterfaceOf } from '../kinds/container-bridge.ts';
import { integrationInterfacesOf } from '../kinds/macvlan-integration.ts';
import { stackingKeys } from '../networkd/keys.ts';
import type { AnyResource, Resource } from '../resource.ts';
import { tables } from '../routes.ts';
import { lastValueOf, valuesOf } from '../section-values.ts';
import { literalMatch, networkUnit } from '../unit-names.ts';
import {
  isLinkResource,
  type LinkResource,
  linkOf,
  membershipOf,
  membersOf,
  parentOf,
} from './links/shapes.ts';
import { numberOf } from './routes.ts';

export type MasterKind = 'bridge' | 'bond' | 'vrf';

/** What the documents of a host say about each other's links; a resource may compile otherwise for it. */
export interface Surroundings {
  /** Links that documents make and that take ports, by name; networkd knows them by a .netdev. */
  readonly masters: ReadonlyMap<string, MasterKind>;
  /** Numbers of the routing tables of VRFs that documents make, by link. */
  readonly tables: ReadonlyMap<string, number>;
  /** Bridges that documents other than their own plug ports into. */
  readonly portedBridges: ReadonlySet<string>;
  /** By link that stands on another one (macvlan, vlan …): that other one. */
  readonly parents: ReadonlyMap<string, string>;
  /** By link: the .network of a document that is for this link alone and does not make it, or makes no other. */
  readonly networks: ReadonlyMap<string, string>;
  /** Links that are ports of a bridge or members of a bond. */
  readonly ports: ReadonlySet<string>;
  /** Links that have a .network of some document. */
  readonly described: ReadonlySet<string>;
}

/** Reads the surroundings out of all documents; costs a few look-ups per document. */
export function surroundingsOf(resources: readonly AnyResource[]): Surroundings {
  const found = {
    masters: new Map<string, MasterKind>(),
    tables: new Map<string, number>(),
    portedBridges: new Set<string>(),
    parents: new Map<string, string>(),
    networks: new Map<string, string>(),
    ports: new Set<string>(),
    described: new Set<string>(),
  };
  for (const resource of resources) {
    if (resource.kind === 'ContainerBridge') addContainerBridge(resource, found);
    else if (resource.kind === 'MacvlanIntegration') addIntegration(resource, found);
    else if (resource.kind === 'NetDev') addMaster(resource, found);
    else if (resource.kind === 'Network') addNetwork(resource, found);
    else if (isLinkResource(resource)) addLink(resource, found);
  }
  return found;
}

interface Found {
  readonly masters: Map<string, MasterKind>;
  readonly tables: Map<string, number>;
  readonly portedBridges: Set<string>;
  readonly parents: Map<string, string>;
  readonly networks: Map<string, string>;
  readonly ports: Set<string>;
  readonly described: Set<string>;
}

function addContainerBridge(
  resource: Resource<'ContainerBridge'>,
  { masters, ports, described }: Found,
): void {
  const { dummies, interfaces } = resource.spec;
  masters.set(bridgeInterfaceOf(resource), 'bridge');
  for (const link of [bridgeInterfaceOf(resource), ...dummies, ...interfaces]) described.add(link);
  for (const port of [...dummies, ...interfaces]) ports.add(port);
}

function addIntegration(resource: Resource<'MacvlanIntegration'>, { portedBridges, described }: Found): void {
  portedBridges.add(resource.spec.bridge);
  for (const link of Object.values(integrationInterfacesOf(resource))) described.add(link);
}

function addLink(resource: LinkResource, found: Found): void {
  const link = linkOf(resource);
  const { bridge, bond } = membershipOf(resource);
  if (bridge !== undefined) found.portedBridges.add(bridge);
  for (const member of membersOf(resource)) {
    found.described.add(member);
    found.ports.add(member);
  }
  if (link === undefined) return;
  if (bridge !== undefined || bond !== undefined) found.ports.add(link);
  found.described.add(link);
  const parent = parentOf(resource);
  if (parent !== undefined) found.parents.set(link, parent);
  const { kind, spec } = resource;
  if (kind === 'Interface') found.networks.set(link, networkUnit(link));
  else if (kind === 'Bridge') found.masters.set(link, 'bridge');
  else if (kind === 'Bond') found.masters.set(link, 'bond');
  else if (kind === 'Vrf') {
    found.masters.set(link, 'vrf');
    found.tables.set(link, spec.table);
  }
}

function addMaster({ spec }: Resource<'NetDev'>, found: Found): void {
  const name = lastValueOf(spec, 'NetDev', 'Name');
  const kind = lastValueOf(spec, 'NetDev', 'Kind');
  if (name === undefined) return;
  if (kind === 'bridge' || kind === 'bond' || kind === 'vrf') found.masters.set(name, kind);
  const table = lastValueOf(spec, 'VRF', 'Table') ?? lastValueOf(spec, 'VRF', 'TableId');
  const number = kind === 'vrf' && table !== undefined ? numberOf(table, tables) : undefined;
  if (number !== undefined) found.tables.set(name, number);
}

function addNetwork({ spec }: Resource<'Network'>, found: Found): void {
  const bridge = lastValueOf(spec, 'Network', 'Bridge');
  if (bridge !== undefined) found.portedBridges.add(bridge);
  const link = literalMatch(spec);
  if (link === undefined) return;
  found.networks.set(link, networkUnit(link));
  found.described.add(link);
  for (const key of stackingKeys) {
    for (const child of valuesOf(spec, 'Network', key).flatMap((value) => value.split(/\s+/))) {
      found.parents.set(child, link);
    }
  }
}
