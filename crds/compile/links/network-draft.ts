import type { Scalar } from '../../kinds/sections.ts';
import type { Capabilities } from '../../networkd/capabilities.ts';
import { isIPv6 } from '../addresses.ts';
import { type Families, forwardingEntries } from '../forwarding.ts';
import { plugOf } from '../plug.ts';
import type { Draft, DraftSection, Line } from './draft.ts';
import { type LinkResource, linkOf, membershipOf, membersOf } from './shapes.ts';

/** Fields that are more, or something else, than one line of a unit. */
export const notOneLine: ReadonlySet<string> = new Set([
  'interface',
  'match',
  'parent',
  'interfaces',
  'primary',
  'bridge',
  'bond',
  'vrf',
  'addresses',
  'dhcp',
  'acceptRouterAdvertisements',
  'linkLocal',
  'forwarding',
  'networkd',
]);

const section = (name: string, ...lines: readonly Line[]): DraftSection => ({ name, lines });
const line = (key: string, value: Scalar | readonly Scalar[], field: string): Line => ({ key, value, field });

/** [Match]: the name, or what else tells the link. */
export function matchDraft(resource: LinkResource): Draft {
  const { kind, spec } = resource;
  const link = linkOf(resource);
  if (kind !== 'Interface' || !spec.match)
    return [section('Match', line('Name', link ?? '', 'spec.interface'))];
  const { names = [], macAddresses = [], paths = [], drivers = [] } = spec.match;
  const words = (key: string, list: readonly string[], field: string): readonly Line[] =>
    list.length === 0 ? [] : [line(key, list.join(' '), `spec.match.${field}`)];
  return [
    section(
      'Match',
      ...words('Name', names, 'names'),
      ...words('PermanentMACAddress', macAddresses, 'macAddresses'),
      ...words('Path', paths, 'paths'),
      ...words('Driver', drivers, 'drivers'),
    ),
  ];
}

/** What of the other documents shows in the units of a link. */
export interface Beside {
  /** No document makes the bridge that it is a port of, so networkd would ignore `Bridge=`. */
  readonly isForeignBridge: boolean;
  /** Others plug ports into it. */
  readonly isPorted: boolean;
}

/** What the link is a part of. */
export function membershipDraft(
  resource: LinkResource,
  capabilities: Capabilities,
  { isForeignBridge }: Beside,
): Draft {
  const { bridge, bond, vrf } = membershipOf(resource);
  const plug = bridge === undefined ? {} : plugOf(bridge, isForeignBridge, capabilities);
  return [
    section('Network', ...Object.entries(plug).map(([key, value]) => line(key, value, 'spec.bridge'))),
    section('Network', ...(bond === undefined ? [] : [line('Bond', bond, 'spec.bond')])),
    section('Network', ...(vrf === undefined ? [] : [line('VRF', vrf, 'spec.vrf')])),
  ];
}

/** networkd's words for address families. */
const familyWords: Readonly<Record<Families, string>> = {
  none: 'no',
  ipv4: 'ipv4',
  ipv6: 'ipv6',
  both: 'yes',
};

/** How the link gets addresses, and what the host does for it. */
export function addressingDraft(resource: LinkResource, capabilities: Capabilities, beside: Beside): Draft {
  const { spec } = resource;
  // Nothing of a link that only carries others waits for a router: networkd would be `configuring` for 12 s.
  if (!('dhcp' in spec))
    return [
      section('Network', line('LinkLocalAddressing', 'no', 'spec'), line('IPv6AcceptRA', false, 'spec')),
    ];
  const { dhcp, linkLocal, forwarding } = spec;
  const accepts = spec.acceptRouterAdvertisements ?? (dhcp === 'ipv6' || dhcp === 'both');
  const unchecked = waitsForPorts(resource, beside) ? spec.addresses.filter(isIPv6) : [];
  const addresses = spec.addresses.filter((one) => !unchecked.includes(one));
  return [
    section('Network', line('Address', addresses, 'spec.addresses')),
    section('Network', ...(dhcp === 'none' ? [] : [line('DHCP', familyWords[dhcp], 'spec.dhcp')])),
    section(
      'Network',
      ...(linkLocal === undefined
        ? []
        : [line('LinkLocalAddressing', familyWords[linkLocal], 'spec.linkLocal')]),
    ),
    section('Network', line('IPv6AcceptRA', accepts, 'spec.acceptRouterAdvertisements')),
    section(
      'Network',
      ...forwardingEntries(forwarding, capabilities).map(([key, value]) =>
        line(key, value, 'spec.forwarding'),
      ),
    ),
    ...unchecked.map(uncheckedAddress),
  ];
}

/**
 * The kernel looks for duplicates of an IPv6 address (RFC 4862) once there is carrier, and networkd is `configuring`
 * until then: for ever on a bridge that waits for its first container.
 */
function uncheckedAddress(address: string): DraftSection {
  const lines = [
    line('Address', address, 'spec.addresses'),
    line('DuplicateAddressDetection', 'none', 'spec.addresses'),
  ];
  return { name: 'Address', lines, repeated: true };
}

/** What a bridge needs to be usable before its first port has carrier. */
export function bridgeDraft(resource: LinkResource, beside: Beside): Draft {
  if (resource.kind !== 'Bridge') return [];
  const isWaitedFor = resource.spec.requiredForOnline !== undefined || !waitsForPorts(resource, beside);
  return [
    section('Link', ...(isWaitedFor ? [] : [line('RequiredForOnline', false, 'spec.interfaces')])),
    section('Network', line('ConfigureWithoutCarrier', true, 'spec.interfaces')),
  ];
}

/** Whether a link gets carrier only by what somebody plugs into it of whom no document tells. */
export function waitsForPorts(resource: LinkResource, { isPorted }: Beside): boolean {
  return resource.kind === 'Bridge' && membersOf(resource).length === 0 && !isPorted;
}
