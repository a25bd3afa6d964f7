import { hostSwitchOf } from '../crds/compile/forwarding.ts';
import type { LinkExpectation } from '../crds/compiled.ts';
import type { ResourceKey } from '../crds/resource.ts';
import { entriesOf, isSwitch, type Settings } from './asking.ts';
import type { Desired } from './desired.ts';

/** What has to be read of a host beyond its links, because some document promises it: reading costs what is asked for. */
export interface Wants {
  /** Default routes of the main table, of any protocol. */
  readonly gateways: boolean;
  /** Protocols of which routes are promised, by number. */
  readonly routeProtocols: readonly number[];
  readonly rules: boolean;
  /** Paths below /proc/sys. */
  readonly sysctls: readonly string[];
  /** Families of nftables in which networks are masqueraded. */
  readonly natFamilies: readonly ('ip' | 'ip6')[];
  readonly dhcpServers: boolean;
  /** Links whose servers and domains are promised. */
  readonly named: ReadonlySet<string>;
  /** By theme: who is woken when the kernel tells of it. */
  readonly owners: Readonly<Record<Theme, ReadonlySet<ResourceKey>>>;
}

/** What is read and told of apart from links. */
export type Theme = 'routes' | 'rules' | 'sysctls' | 'nat' | 'dhcp';

const themesOf: Readonly<Record<Theme, (expected: LinkExpectation) => boolean>> = {
  routes: ({ routes, gateways }) => routes !== undefined || Boolean(gateways?.length),
  rules: ({ rules }) => rules !== undefined,
  sysctls: ({ sysctls }) => sysctls !== undefined,
  nat: ({ masquerade }) => masquerade !== undefined,
  dhcp: ({ dhcpServer }) => dhcpServer !== undefined,
};

/**
 * What the promises of all documents ask for, and what is on record of earlier ones; worked out once for each desired
 * state and record.
 */
export function wantsOf(desired: Desired, settings: Settings = none): Wants {
  const ofDesired = memos.get(desired) ?? new WeakMap<Settings, Wants>();
  memos.set(desired, ofDesired);
  const known = ofDesired.get(settings);
  if (known) return known;
  const wants = work(desired, settings);
  ofDesired.set(settings, wants);
  return wants;
}

const none: Settings = {};
const memos = new WeakMap<Desired, WeakMap<Settings, Wants>>();

function work({ linksOf }: Desired, settings: Settings): Wants {
  const all = [...linksOf].flatMap(([key, links]) => links.map((expected) => ({ key, expected })));
  const every = <T>(read: (expected: LinkExpectation) => readonly T[] | undefined): readonly T[] => [
    ...new Set(all.flatMap(({ expected }) => read(expected) ?? [])),
  ];
  const ownersOf = (theme: Theme) =>
    new Set(all.flatMap(({ key, expected }) => (themesOf[theme](expected) ? key : [])));
  const asked = entriesOf(settings);
  const networks = [
    ...every(({ masquerade }) => masquerade),
    ...asked.flatMap(([, setting, { values }]) => (setting === 'masquerade' ? values : [])),
  ];
  const switches = [
    ...every(({ sysctls }) => sysctls),
    ...asked.flatMap(([, setting]) => (isSwitch(setting) ? setting : [])),
  ];
  return {
    gateways: all.some(({ expected }) => expected.gateways?.length),
    routeProtocols: every(({ routes }) => routes?.map(({ protocol }) => protocol)),
    rules: all.some(({ expected }) => expected.rules !== undefined),
    // A new link has what the host has.
    sysctls: [...new Set(switches.flatMap((sysctl) => [sysctl, hostSwitchOf(sysctl)]))],
    natFamilies: [...new Set(networks.map((network) => (network.includes(':') ? 'ip6' : 'ip')))],
    dhcpServers: all.some(({ expected }) => expected.dhcpServer),
    named: new Set(all.flatMap(({ expected }) => (expected.names ? expected.link : []))),
    owners: {
      routes: ownersOf('routes'),
      rules: ownersOf('rules'),
      sysctls: ownersOf('sysctls'),
      nat: ownersOf('nat'),
      dhcp: ownersOf('dhcp'),
    },
  };
}
