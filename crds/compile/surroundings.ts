import { bridgeInterfaceOf } from '../kinds/container-bridge.ts';
import { stackingKeys } from '../networkd/keys.ts';
import type { AnyResource, Resource } from '../resource.ts';
import { tables } from '../routes.ts';
import { lastValueOf, valuesOf } from '../section-values.ts';
import { literalMatch, networkUnit } from '../unit-names.ts';
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
  /** By link: the .network of a raw Network that is for this link alone. */
  readonly networks: ReadonlyMap<string, string>;
}

/** Reads the surroundings out of all documents; costs a few look-ups per document. */
export function surroundingsOf(resources: readonly AnyResource[]): Surroundings {
  const found = {
    masters: new Map<string, MasterKind>(),
    tables: new Map<string, number>(),
    portedBridges: new Set<string>(),
    parents: new Map<string, string>(),
    networks: new Map<string, string>(),
  };
  for (const resource of resources) {
    if (resource.kind === 'ContainerBridge') found.masters.set(bridgeInterfaceOf(resource), 'bridge');
    else if (resource.kind === 'MacvlanIntegration') found.portedBridges.add(resource.spec.bridge);
    else if (resource.kind === 'NetDev') addMaster(resource, found);
    else if (resource.kind === 'Network') addNetwork(resource, found);
  }
  return found;
}

function addMaster(
  { spec }: Resource<'NetDev'>,
  found: { masters: Map<string, MasterKind>; tables: Map<string, number> },
): void {
  const name = lastValueOf(spec, 'NetDev', 'Name');
  const kind = lastValueOf(spec, 'NetDev', 'Kind');
  if (name === undefined) return;
  if (kind === 'bridge' || kind === 'bond' || kind === 'vrf') found.masters.set(name, kind);
  const table = lastValueOf(spec, 'VRF', 'Table') ?? lastValueOf(spec, 'VRF', 'TableId');
  const number = kind === 'vrf' && table !== undefined ? numberOf(table, tables) : undefined;
  if (number !== undefined) found.tables.set(name, number);
}

function addNetwork(
  { spec }: Resource<'Network'>,
  found: { portedBridges: Set<string>; parents: Map<string, string>; networks: Map<string, string> },
): void {
  const bridge = lastValueOf(spec, 'Network', 'Bridge');
  if (bridge !== undefined) found.portedBridges.add(bridge);
  const link = literalMatch(spec);
  if (link === undefined) return;
  found.networks.set(link, networkUnit(link));
  for (const key of stackingKeys) {
    for (const child of valuesOf(spec, 'Network', key).flatMap((value) => value.split(/\s+/))) {
      found.parents.set(child, link);
    }
  }
}
