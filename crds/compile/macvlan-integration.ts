import type { Compiled, Entry, Fragment, LinkExpectation, RequirableState } from '../compiled.ts';
import { requirableStates } from '../compiled.ts';
import { type IntegrationInterfaces, integrationInterfacesOf } from '../kinds/macvlan-integration.ts';
import type { Capabilities } from '../networkd/capabilities.ts';
import type { Resource } from '../resource.ts';
import { netdevUnit, networkUnit } from '../unit-names.ts';
import { entriesOf } from './entries.ts';
import { plugOf } from './plug.ts';
import type { Surroundings } from './surroundings.ts';

type Integration = Resource<'MacvlanIntegration'>;

/** What of the other documents matters to an integration. */
export interface IntegrationContext {
  /** Nobody's .netdev makes the bridge as far as the documents say, so networkd would ignore `Bridge=`. */
  readonly foreign: boolean;
}

export function integrationContext({ spec }: Integration, surroundings: Surroundings): IntegrationContext {
  return { foreign: surroundings.masters.get(spec.bridge) !== 'bridge' };
}

/**
 * A MacvlanIntegration: a veth pair, one end in the bridge, and a macvlan on the other end.
 * All three are links without configuration of their own, as in the origin: nothing of them waits for a router
 * (`IPv6AcceptRA=no` saves 12 s) and nothing of the boot waits for them (`RequiredForOnline=no`).
 */
export function compileMacvlanIntegration(
  integration: Integration,
  capabilities: Capabilities,
  context: IntegrationContext,
): Compiled {
  const { spec, key } = integration;
  const names = integrationInterfacesOf(integration);
  return {
    key,
    fragments: [
      ...netdevFragments(names, spec.mode),
      ...networkFragments(names.macvlan, spec.mtu, { DHCP: false }),
      ...networkFragments(names.bridgeSide, spec.mtu, plugOf(spec.bridge, context.foreign, capabilities)),
      ...networkFragments(names.macvlanSide, spec.mtu, { MACVLAN: names.macvlan }),
    ],
    links: expectations(integration, names, capabilities, context),
  };
}

/** Does not wait for the IPv6 link-local address, which takes the kernel 1 to 2 s to check (RFC 4862, DAD). */
const quick = { ConfigureWithoutCarrier: true, IPv6AcceptRA: false } as const;

function netdevFragments(names: IntegrationInterfaces, mode: string): readonly Fragment[] {
  const macvlan = netdevUnit(names.macvlan);
  const veth = netdevUnit(names.bridgeSide);
  return [
    { unit: macvlan, section: 'NetDev', entries: entriesOf({ Name: names.macvlan, Kind: 'macvlan' }) },
    { unit: macvlan, section: 'MACVLAN', entries: [['Mode', mode]] },
    { unit: veth, section: 'NetDev', entries: entriesOf({ Name: names.bridgeSide, Kind: 'veth' }) },
    { unit: veth, section: 'Peer', entries: entriesOf({ Name: names.macvlanSide }) },
  ];
}

function networkFragments(
  name: string,
  mtu: number | undefined,
  network: Readonly<Record<string, string | boolean | undefined>>,
): readonly Fragment[] {
  const unit = networkUnit(name);
  const section = (title: string, entries: readonly Entry[]): Fragment => ({ unit, section: title, entries });
  return [
    section('Match', entriesOf({ Name: name })),
    section('Link', entriesOf({ MTUBytes: mtu, RequiredForOnline: 'no' })),
    section('Network', entriesOf({ ...network, ...quick })),
  ];
}

function expectations(
  { spec }: Integration,
  names: IntegrationInterfaces,
  { keepMaster }: Capabilities,
  { foreign }: IntegrationContext,
): readonly LinkExpectation[] {
  const wanted = spec.requiredState ?? 'degraded';
  const shared = (name: string, netdev: string, least: RequirableState) => ({
    made: true,
    ...(spec.mtu !== undefined && { mtu: spec.mtu }),
    requiredState: lesser(wanted, least),
    netdev: netdevUnit(netdev),
    network: networkUnit(name),
  });
  // networkd gives the parent of a passthru macvlan no link-local address: both have the same MAC address.
  const below = spec.mode === 'passthru' ? 'carrier' : 'degraded';
  return [
    {
      link: names.macvlan,
      kind: 'macvlan',
      parent: names.macvlanSide,
      mode: spec.mode,
      ...shared(names.macvlan, names.macvlan, 'routable'),
      field: 'spec.interface',
    },
    {
      link: names.bridgeSide,
      kind: 'veth',
      parent: names.macvlanSide,
      master: { name: spec.bridge, foreign },
      // Up to v249 networkd calls a port that others plugged in no more than a link with carrier.
      ...shared(names.bridgeSide, names.bridgeSide, foreign && !keepMaster ? 'carrier' : 'degraded'),
      field: 'spec.bridge',
    },
    {
      link: names.macvlanSide,
      kind: 'veth',
      parent: names.bridgeSide,
      ...shared(names.macvlanSide, names.bridgeSide, below),
      field: 'spec.veth.macvlanSide',
    },
  ];
}

/** The ends of the veth pair never get an address that is routed, so what is asked of the integration is capped there. */
function lesser(a: RequirableState, b: RequirableState): RequirableState {
  return requirableStates.indexOf(a) < requirableStates.indexOf(b) ? a : b;
}
