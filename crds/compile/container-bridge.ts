import type { Compiled, Fragment, LinkExpectation, RequirableState } from '../compiled.ts';
import { bridgeInterfaceOf } from '../kinds/container-bridge.ts';
import type { Capabilities } from '../networkd/capabilities.ts';
import type { Problem } from '../problem.ts';
import { locate, type Resource } from '../resource.ts';
import { netdevUnit, networkUnit } from '../unit-names.ts';
import { isIPv6, leastStateWith } from './addresses.ts';
import { canPersistLeases, dhcpServerEntries, waitsForStorage } from './dhcp-server.ts';
import { entriesOf } from './entries.ts';
import {
  canMasquerade,
  forwardingEntries,
  forwardingSysctls,
  masqueradedNetworks,
  masqueradeEntries,
} from './forwarding.ts';
import type { Surroundings } from './surroundings.ts';

type Bridge = Resource<'ContainerBridge'>;

/** What of the other documents matters to a bridge. */
export interface BridgeContext {
  /** Others plug ports into it. */
  readonly ported: boolean;
}

export function bridgeContext(bridge: Bridge, surroundings: Surroundings): BridgeContext {
  return { ported: surroundings.portedBridges.has(bridgeInterfaceOf(bridge)) };
}

/** A ContainerBridge: the bridge itself, its dummies, and a .network for each existing link that it takes as port. */
export function compileContainerBridge(
  bridge: Bridge,
  capabilities: Capabilities,
  context: BridgeContext,
): Compiled {
  const { spec, key } = bridge;
  const name = bridgeInterfaceOf(bridge);
  const problems = problemsOf(bridge, capabilities);
  return {
    key,
    fragments: [
      ...bridgeFragments(bridge, name, capabilities),
      ...spec.dummies.flatMap((dummy) => dummyFragments(dummy, name, spec.mtu)),
      ...spec.interfaces.flatMap((port) => portFragments(port, name, {})),
    ],
    links: [
      bridgeExpectation(bridge, name, capabilities, context),
      ...spec.dummies.map((dummy, i) => dummyExpectation(dummy, name, spec.mtu, i)),
      ...spec.interfaces.map((port, i) => portExpectation(port, name, i)),
    ],
    ...(problems.length > 0 && { problems }),
  };
}

function problemsOf(bridge: Bridge, capabilities: Capabilities): readonly Problem[] {
  const { masquerade, dhcpServer } = bridge.spec;
  const unsupported = (field: string, message: string, hint: string): Problem => ({
    code: 'UNSUPPORTED_BY_SYSTEMD',
    message: `systemd ${capabilities.version} ${message}`,
    hint,
    location: locate(bridge, field),
  });
  const problems: Problem[] = [];
  if (!canMasquerade(masquerade, capabilities)) {
    problems.push(
      unsupported('spec.masquerade', 'does NAT for IPv4 only', 'write ipv4, or run systemd 248 or later'),
    );
  }
  if (!canPersistLeases(dhcpServer, capabilities)) {
    const hint = 'leave persistLeases out, or run systemd 256 or later';
    problems.push(unsupported('spec.dhcpServer.persistLeases', 'cannot keep leases over a restart', hint));
  }
  return problems;
}

function bridgeFragments({ spec }: Bridge, name: string, capabilities: Capabilities): readonly Fragment[] {
  const netdev = netdevUnit(name);
  const unit = networkUnit(name);
  const link = entriesOf({
    MTUBytes: spec.mtu,
    // Without a real port it says nothing about the host being online; systemd-networkd-wait-online must not wait.
    RequiredForOnline: spec.interfaces.length === 0 ? 'no' : undefined,
  });
  const unchecked = hasCarrierOfItsOwn(spec) ? [] : spec.addresses.filter(isIPv6);
  const network = [
    ...entriesOf({
      Address: spec.addresses.filter((address) => !unchecked.includes(address)),
      Gateway: spec.gateway,
    }),
    ...forwardingEntries(spec.forwarding, capabilities),
    ...masqueradeEntries(spec.masquerade, capabilities),
    ...entriesOf({
      DHCPServer: spec.dhcpServer === undefined ? undefined : true,
      // Otherwise a bridge without carrier never gets its addresses, nor a bridge without address its `configured`.
      ConfigureWithoutCarrier: true,
      IPv6AcceptRA: false,
    }),
  ];
  const server = spec.dhcpServer && dhcpServerEntries(spec.dhcpServer, capabilities);
  return [
    {
      unit: netdev,
      section: 'NetDev',
      entries: entriesOf({ Name: name, Kind: 'bridge', MACAddress: spec.macAddress }),
    },
    { unit, section: 'Match', entries: entriesOf({ Name: name }) },
    ...(link.length > 0 ? [{ unit, section: 'Link', entries: link }] : []),
    { unit, section: 'Network', entries: network },
    ...unchecked.map((address) => uncheckedAddress(unit, address)),
    ...(server === undefined ? [] : [{ unit, section: 'DHCPServer', entries: server }]),
  ];
}

/** Whether the bridge can have carrier without the help of other documents and containers. */
function hasCarrierOfItsOwn(spec: Bridge['spec']): boolean {
  return spec.dummies.length > 0 || spec.interfaces.length > 0;
}

/**
 * The kernel looks for duplicates of an IPv6 address (RFC 4862) once there is carrier, and networkd is `configuring`
 * until then: for ever on a bridge that waits for its first container.
 */
function uncheckedAddress(unit: string, address: string): Fragment {
  const entries = entriesOf({ Address: address, DuplicateAddressDetection: 'none' });
  return { unit, section: 'Address', entries, repeated: true };
}

function dummyFragments(name: string, bridge: string, mtu: number | undefined): readonly Fragment[] {
  const netdev: Fragment = {
    unit: netdevUnit(name),
    section: 'NetDev',
    entries: entriesOf({ Name: name, Kind: 'dummy' }),
  };
  return [netdev, ...portFragments(name, bridge, { MTUBytes: mtu, RequiredForOnline: 'no' })];
}

function portFragments(
  name: string,
  bridge: string,
  settings: { readonly MTUBytes?: number | undefined; readonly RequiredForOnline?: string },
): readonly Fragment[] {
  const unit = networkUnit(name);
  const link = entriesOf(settings);
  return [
    { unit, section: 'Match', entries: entriesOf({ Name: name }) },
    ...(link.length > 0 ? [{ unit, section: 'Link', entries: link }] : []),
    { unit, section: 'Network', entries: entriesOf({ Bridge: bridge, IPv6AcceptRA: false }) },
  ];
}

function bridgeExpectation(
  { spec }: Bridge,
  name: string,
  capabilities: Capabilities,
  context: BridgeContext,
): LinkExpectation {
  const sysctls = forwardingSysctls(name, spec, capabilities);
  const masquerade = masqueradedNetworks(spec.masquerade, spec.addresses, capabilities);
  return {
    link: name,
    made: true,
    kind: 'bridge',
    addresses: spec.addresses,
    gateways: spec.gateway === undefined ? [] : [spec.gateway],
    ...(sysctls.length > 0 && { sysctls }),
    ...(masquerade.length > 0 && { masquerade }),
    ...(spec.dhcpServer && !waitsForStorage(spec.dhcpServer, capabilities) && { dhcpServer: true }),
    ...(spec.mtu !== undefined && { mtu: spec.mtu }),
    ...(spec.macAddress !== undefined && { mac: spec.macAddress }),
    requiredState: spec.requiredState ?? defaultState(spec, context),
    netdev: netdevUnit(name),
    network: networkUnit(name),
    field: 'spec.interface',
  };
}

function defaultState(spec: Bridge['spec'], { ported }: BridgeContext): RequirableState {
  if (!ported && !hasCarrierOfItsOwn(spec)) return 'no-carrier';
  return leastStateWith(spec.addresses) ?? 'carrier';
}

function dummyExpectation(
  name: string,
  bridge: string,
  mtu: number | undefined,
  index: number,
): LinkExpectation {
  return {
    ...portExpectation(name, bridge, index),
    made: true,
    kind: 'dummy',
    ...(mtu !== undefined && { mtu }),
    requiredState: 'carrier',
    netdev: netdevUnit(name),
    field: `spec.dummies.${index}`,
  };
}

/** An existing link; nothing is demanded of its state, since a bridge may have a port without a cable. */
function portExpectation(name: string, bridge: string, index: number): LinkExpectation {
  return {
    link: name,
    made: false,
    master: { name: bridge, foreign: false },
    network: networkUnit(name),
    field: `spec.interfaces.${index}`,
  };
}
