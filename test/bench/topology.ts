/** `i007`: what the names of an integration's documents, links and units are made of. */
function nameOf(index: number): string {
  return `i${String(index).padStart(3, '0')}`;
}

/** A subnet of its own for every bridge: 10.64.0.1/24, 10.64.1.1/24, … */
function addressOf(index: number): string {
  return `10.${64 + (index >> 8)}.${index & 255}.1/24`;
}

/** Links that one integration comes to: its bridge, the veth pair and the macvlan. */
export const linksEach = 4;

/** `count` integrations in one file: each a ContainerBridge with an address, and a MacvlanIntegration on it. */
export function integrations(count: number): string {
  return indexes(count).map(integration).join('---\n');
}

/** `count` bridges with an address each, in one file. */
export function bridges(count: number): string {
  return indexes(count).map(bridge).join('---\n');
}

/** The same bridges as netplan has them. */
export function netplanBridges(count: number): string {
  const entries = indexes(count).map(
    (index) => `    br-${nameOf(index)}:\n      addresses: [${addressOf(index)}]\n`,
  );
  return `network:\n  version: 2\n  renderer: networkd\n  bridges:\n${entries.join('')}`;
}

/** The units that the origin writes by hand for `count` integrations, by name. */
export function originUnits(count: number): ReadonlyMap<string, string> {
  return new Map(indexes(count).flatMap(originIntegration));
}

function indexes(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function bridge(index: number): string {
  return document('ContainerBridge', nameOf(index), `addresses: [${addressOf(index)}]`);
}

function integration(index: number): string {
  const name = nameOf(index);
  return `${bridge(index)}---\n${document('MacvlanIntegration', name, `bridge: br-${name}`)}`;
}

function document(kind: string, name: string, spec: string): string {
  return `apiVersion: osa-net.dev/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\nspec:\n  ${spec}\n`;
}

function originIntegration(index: number): readonly (readonly [string, string])[] {
  const name = nameOf(index);
  const network = (link: string, entries: string) =>
    [`${link}.network`, `[Match]\nName=${link}\n\n[Network]\n${entries}\n`] as const;
  return [
    [`br-${name}.netdev`, `[NetDev]\nName=br-${name}\nKind=bridge\n`],
    network(`br-${name}`, `Address=${addressOf(index)}`),
    [`mv-${name}.netdev`, `[NetDev]\nName=mv-${name}\nKind=macvlan\n\n[MACVLAN]\nMode=bridge\n`],
    network(`mv-${name}`, 'DHCP=no'),
    [`mv-${name}-vs.netdev`, `[NetDev]\nName=mv-${name}-v1\nKind=veth\n\n[Peer]\nName=mv-${name}-v2\n`],
    network(`mv-${name}-v1`, `Bridge=br-${name}`),
    network(`mv-${name}-v2`, `MACVLAN=mv-${name}`),
  ];
}
