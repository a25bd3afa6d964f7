import type { Compiled, Fragment, LinkExpectation, RequirableState } from '../../compiled.ts';
import type { Capabilities } from '../../networkd/capabilities.ts';
import type { LinkOption } from '../../networkd/link-options.ts';
import type { Problem } from '../../problem.ts';
import { locate } from '../../resource.ts';
import { netdevUnit, networkUnit, patternUnit } from '../../unit-names.ts';
import { leastStateWith } from '../addresses.ts';
import { madeLinks } from '../netdev.ts';
import { type NetworkContext, networkContext, networkExpectation } from '../network.ts';
import { rawFragments } from '../raw.ts';
import type { Surroundings } from '../surroundings.ts';
import { specOf } from './draft.ts';
import { draftsOf } from './drafts.ts';
import { type Beside, waitsForPorts } from './network-draft.ts';
import {
  type LinkResource,
  linkOf,
  membershipOf,
  membersOf,
  parentOf,
  shapes,
  unitNameOf,
} from './shapes.ts';

/** What of the other documents matters to a link. */
export interface LinkContext extends Beside {
  readonly network: NetworkContext;
  /** It is a macvlan on a port of a bridge or bond: the kernel hands the packets of a link to one of them only. */
  readonly isOnPort: boolean;
  /** Links that it needs of other documents, and which they do not have: the field that names each. */
  readonly missing: readonly Missing[];
  /** By made link other than its own (the other end of a pair): the .network that configures it. */
  readonly networks: Readonly<Record<string, string>>;
}

interface Missing {
  readonly field: string;
  readonly link: string;
  readonly hint: string;
}

export function linkContext(resource: LinkResource, surroundings: Surroundings): LinkContext {
  const { bridge, vrf } = membershipOf(resource);
  const { masters, portedBridges, networks } = surroundings;
  const link = linkOf(resource) ?? '';
  const spec = { Match: { Name: link }, Network: vrf === undefined ? {} : { VRF: vrf } };
  const peer = resource.kind === 'Veth' ? networks.get(resource.spec.peer) : undefined;
  return {
    network: networkContext({ spec }, surroundings),
    isForeignBridge: bridge !== undefined && masters.get(bridge) !== 'bridge',
    isPorted: portedBridges.has(link),
    isOnPort: resource.kind === 'Macvlan' && surroundings.ports.has(resource.spec.parent),
    missing: missingOf(resource, surroundings),
    networks: resource.kind === 'Veth' && peer !== undefined ? { [resource.spec.peer]: peer } : {},
  };
}

/** networkd knows a bond or VRF by the unit that makes it, and a parent by the unit that configures it. */
function missingOf(resource: LinkResource, { masters, described }: Surroundings): readonly Missing[] {
  const { bond, vrf } = membershipOf(resource);
  const parent = parentOf(resource);
  const missing: Missing[] = [];
  if (bond !== undefined && masters.get(bond) !== 'bond')
    missing.push({ field: 'spec.bond', link: bond, hint: `add a document of kind Bond that makes ${bond}` });
  if (vrf !== undefined && masters.get(vrf) !== 'vrf')
    missing.push({ field: 'spec.vrf', link: vrf, hint: `add a document of kind Vrf that makes ${vrf}` });
  if (parent !== undefined && !described.has(parent)) {
    const hint = `add a document for ${parent}; of kind Interface where the link exists by other means`;
    missing.push({ field: 'spec.parent', link: parent, hint });
  }
  return missing;
}

/** A document about one link: the unit that makes it, the one that configures it, and lines in the units of others. */
export function compileLinkResource(
  resource: LinkResource,
  capabilities: Capabilities,
  context: LinkContext,
): Compiled {
  const name = unitNameOf(resource);
  const { netdev, network } = draftsOf(resource, capabilities, context);
  const problems = [
    ...context.missing.map((one) => missingProblem(resource, one)),
    ...(context.isOnPort ? [portProblem(resource)] : []),
  ];
  return {
    key: resource.key,
    fragments: [
      ...(netdev.length === 0 ? [] : rawFragments(netdevUnit(name), specOf(netdev))),
      ...rawFragments(
        linkOf(resource) === undefined ? patternUnit(name) : networkUnit(name),
        specOf(network),
      ),
      ...stackingFragments(resource),
      ...membersOf(resource).flatMap((member) => memberFragments(resource, member)),
    ],
    links: [
      ...ownExpectations(resource, capabilities, context),
      ...membersOf(resource).map((member, i) => memberExpectation(resource, member, i)),
    ],
    ...(problems.length > 0 && { problems, missing: context.missing.map(({ link }) => link) }),
  };
}

function portProblem(resource: LinkResource): Problem {
  return {
    code: 'BAD_VALUE',
    message: `${parentOf(resource)} is a port already, and carries no macvlan besides`,
    hint: 'name the bridge or bond as parent',
    location: locate(resource, 'spec.parent'),
  };
}

function missingProblem(resource: LinkResource, { field, link, hint }: Missing): Problem {
  return {
    code: 'MISSING_LINK',
    message: `no document is about ${link}, and networkd knows only links that have a unit`,
    hint,
    location: locate(resource, field),
  };
}

/** The line in the unit of the parent that makes networkd stack the link on it. */
function stackingFragments(resource: LinkResource): readonly Fragment[] {
  const [parent, key] = [parentOf(resource), shapes[resource.kind].stackedBy];
  if (parent === undefined || key === undefined) return [];
  const entries = [[key, linkOf(resource) ?? '']] as const;
  return [{ unit: networkUnit(parent), section: 'Network', entries, contributes: true }];
}

function memberFragments(resource: LinkResource, member: string): readonly Fragment[] {
  const unit = networkUnit(member);
  const key = shapes[resource.kind].gathersBy;
  const isPrimary = resource.kind === 'Bond' && resource.spec.primary === member;
  return [
    { unit, section: 'Match', entries: [['Name', member]] },
    {
      unit,
      section: 'Network',
      entries: [
        ...(key === undefined ? [] : ([[key, linkOf(resource) ?? '']] as const)),
        ...(isPrimary ? ([['PrimarySlave', 'yes']] as const) : []),
        ['IPv6AcceptRA', 'no'],
      ],
    },
  ];
}

/** An existing link; nothing is demanded of its state, since a bridge or bond may have a member without a cable. */
function memberExpectation(resource: LinkResource, member: string, index: number): LinkExpectation {
  const name = linkOf(resource) ?? '';
  return {
    link: member,
    made: false,
    master: { name, foreign: false, ...(resource.kind === 'Bond' && { kind: 'bond' as const }) },
    network: networkUnit(member),
    field: `spec.interfaces.${index}`,
  };
}

function ownExpectations(
  resource: LinkResource,
  capabilities: Capabilities,
  context: LinkContext,
): readonly LinkExpectation[] {
  const link = linkOf(resource);
  if (link === undefined) return [];
  const { netdev, network } = draftsOf(resource, capabilities, context);
  const configured = networkExpectation(
    specOf(network),
    link,
    networkUnit(link),
    capabilities,
    context.network,
  );
  const state = requiredState(resource, context, configured);
  const promised: LinkExpectation = {
    ...withoutState(configured),
    ...(master(resource, context) ?? {}),
    ...(state !== undefined && { requiredState: state }),
    field: 'spec.interface',
  };
  if (resource.kind === 'Interface') return [promised];
  const below = standingOn(resource);
  return madeLinks(specOf(netdev)).map((made) => ({
    ...(made.link === link ? promised : {}),
    ...made,
    ...below(made),
    ...(context.networks[made.link] !== undefined && { network: context.networks[made.link] as string }),
    made: true,
    netdev: netdevUnit(link),
    field: made.link === link ? 'spec.interface' : 'spec.peer',
  }));
}

/** Where the kernel shows what a link stands on: behind its `@`, or among the settings of a tunnel. */
function standingOn(
  resource: LinkResource,
): (made: Pick<LinkExpectation, 'options'>) => Pick<LinkExpectation, 'parent' | 'options'> {
  const parent = parentOf(resource);
  if (parent === undefined) return () => ({});
  if (shapes[resource.kind].mayStandAlone === undefined) return () => ({ parent });
  const option: LinkOption = {
    key: `Network.${shapes[resource.kind].stackedBy}`,
    field: 'link',
    value: parent,
  };
  return ({ options = [] }) => ({ options: [...options, option] });
}

function withoutState({ requiredState: _, ...rest }: LinkExpectation): LinkExpectation {
  return rest;
}

function master(
  resource: LinkResource,
  { isForeignBridge }: LinkContext,
): Pick<LinkExpectation, 'master'> | undefined {
  const { bridge, bond, vrf } = membershipOf(resource);
  if (bridge !== undefined) return { master: { name: bridge, foreign: isForeignBridge } };
  if (bond !== undefined) return { master: { name: bond, foreign: false, kind: 'bond' } };
  return vrf === undefined ? undefined : { master: { name: vrf, foreign: false, kind: 'vrf' } };
}

/** The least state that the link must reach, where networkd brings it up at all. */
function requiredState(
  resource: LinkResource,
  context: LinkContext,
  { addresses = [], network }: LinkExpectation,
): RequirableState | undefined {
  if (network === undefined) return undefined;
  const { spec } = resource;
  if (spec.requiredState !== undefined) return spec.requiredState;
  if (waitsForPorts(resource, context)) return 'no-carrier';
  // One cable of several may be out: then networkd says so of the whole.
  if (membersOf(resource).length > 0) return 'degraded-carrier';
  if ('dhcp' in spec && spec.dhcp !== 'none') return 'routable';
  const least = leastStateWith(addresses);
  return least ?? (resource.kind === 'Interface' ? undefined : 'carrier');
}
