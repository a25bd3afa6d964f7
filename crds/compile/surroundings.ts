import { bridgeInterfaceOf } from '../kinds/container-bridge.ts';
import { stackingKeys } from '../networkd/keys.ts';
import type { AnyResource, Resource } from '../resource.ts';
import { lastValueOf, valuesOf } from '../section-values.ts';
import { literalMatch, networkUnit } from '../unit-names.ts';

/** What the documents of a host say about each other's links; a resource may compile otherwise for it. */
export interface Surroundings {
  /** Links that documents make as bridges, so that networkd knows them by a .netdev. */
  readonly bridges: ReadonlySet<string>;
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
    bridges: new Set<string>(),
    portedBridges: new Set<string>(),
    parents: new Map<string, string>(),
    networks: new Map<string, string>(),
  };
  for (const resource of resources) {
    if (resource.kind === 'ContainerBridge') found.bridges.add(bridgeInterfaceOf(resource));
    else if (resource.kind === 'MacvlanIntegration') found.portedBridges.add(resource.spec.bridge);
    else if (resource.kind === 'NetDev') addBridge(resource, found.bridges);
    else if (resource.kind === 'Network') addNetwork(resource, found);
  }
  return found;
}

function addBridge({ spec }: Resource<'NetDev'>, bridges: Set<string>): void {
  const name = lastValueOf(spec, 'NetDev', 'Name');
  if (name !== undefined && lastValueOf(spec, 'NetDev', 'Kind') === 'bridge') bridges.add(name);
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
