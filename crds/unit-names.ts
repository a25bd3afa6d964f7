import type { SectionsSpec } from './kinds/sections.ts';
import type { Metadata } from './resource.ts';
import { valuesOf } from './section-values.ts';

/**
 * File names of our units. They sort before 10, so that neither netplan's (`10-netplan-*`) nor cloud-init's files
 * take our links: networkd uses the first .network that matches.
 */
const prefix = '05-osa-net-';

/** The .netdev that makes an interface (a veth pair is made under the name of its first end). */
export function netdevUnit(interfaceName: string): string {
  return `${prefix}${interfaceName}.netdev`;
}

/** The .network that configures an interface. */
export function networkUnit(interfaceName: string): string {
  return `${prefix}${interfaceName}.network`;
}

/** The .network of links that are told by a pattern; it sorts behind those for one interface each, which come first. */
export function patternUnit(documentName: string): string {
  return `06-osa-net-${documentName}.network`;
}

/** The interface that a .network of ours configures; undefined for any other file. */
export function linkOfUnit(unit: string): string | undefined {
  if (!unit.startsWith(prefix) || !unit.endsWith('.network')) return undefined;
  return unit.slice(prefix.length, -'.network'.length);
}

/** The .network of a raw Network: named after the interface it is for, or after the document where it is for several. */
export function networkUnitOf(resource: {
  readonly metadata: Pick<Metadata, 'name'>;
  readonly spec: SectionsSpec;
}): string {
  return networkUnit(literalMatch(resource.spec) ?? resource.metadata.name);
}

/** The .link of a raw Link. */
export function linkUnitOf(resource: { readonly metadata: Pick<Metadata, 'name'> }): string {
  return `${prefix}${resource.metadata.name}.link`;
}

/** The .link of a LinkPolicy. */
export function policyUnitOf(resource: { readonly spec: { readonly unitName: string } }): string {
  return `${resource.spec.unitName}.link`;
}

/** The one interface that a [Match] is for; undefined where it says more than one literal `Name=`, or anything else. */
export function literalMatch(spec: SectionsSpec): string | undefined {
  const match = spec['Match'];
  if (typeof match !== 'object' || Array.isArray(match)) return undefined;
  const keys = Object.keys(match);
  const names = valuesOf(spec, 'Match', 'Name');
  if (keys.length !== 1 || names.length !== 1) return undefined;
  const name = names[0]?.trim() ?? '';
  // Patterns, a leading "!" (inverts), quotes and blanks (a list) make it more than a name (systemd.network(5)).
  return /^[^\s*?[\]!"'\\/]+$/.test(name) ? name : undefined;
}
