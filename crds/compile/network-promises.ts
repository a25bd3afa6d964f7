import type { LinkExpectation, LinkNames } from '../compiled.ts';
import { parseIp } from '../ip.ts';
import type { SectionsSpec } from '../kinds/sections.ts';
import type { Capabilities } from '../networkd/capabilities.ts';
import { defaultRoute, tables } from '../routes.ts';
import { isSwitchedOff, isSwitchedOn, lastValueOf, valuesOf } from '../section-values.ts';
import { type Families, forwardingSysctls, masqueradedNetworks } from './forwarding.ts';
import { routesOf } from './routes.ts';
import { rulesOf } from './rules.ts';

type Promises = Pick<LinkExpectation, 'routes' | 'rules' | 'names' | 'dhcpServer' | 'sysctls' | 'masquerade'>;

/** Default gateways of [Network], canonical addresses. */
export function gatewaysOf(spec: SectionsSpec): readonly string[] {
  return valuesOf(spec, 'Network', 'Gateway').flatMap((text) => parseIp(text)?.address ?? []);
}

/**
 * What the sections of a .network promise of its one link besides addresses and gateways.
 * @param table of routes that name none; undefined where it is not known
 */
export function beyondAddresses(
  spec: SectionsSpec,
  link: string,
  addresses: readonly string[],
  capabilities: Capabilities,
  table: number | undefined,
): Promises {
  const isElsewhere = table !== undefined && table !== tables.main;
  const defaults = isElsewhere
    ? gatewaysOf(spec).map((gateway) => ({ ...defaultRoute(gateway), table }))
    : [];
  const routes = [...routesOf(spec, table), ...defaults];
  const [rules, names] = [rulesOf(spec, capabilities), namesOf(spec)];
  const masquerade = masqueradeOf(spec, capabilities);
  const sysctls = forwardingSysctls(
    link,
    { forwarding: forwardingOf(spec, capabilities), masquerade },
    capabilities,
  );
  const networks = masqueradedNetworks(masquerade, addresses, capabilities);
  return {
    ...(routes.length > 0 && { routes }),
    ...(rules.length > 0 && { rules }),
    ...(names.dns.length + names.domains.length + names.ntp.length > 0 && { names }),
    ...(listens(spec, capabilities) && { dhcpServer: true }),
    ...(sysctls.length > 0 && { sysctls }),
    ...(networks.length > 0 && { masquerade: networks }),
  };
}

/** Of the servers those that are a bare address, of the domains all but the empty one. */
function namesOf(spec: SectionsSpec): LinkNames {
  const words = (key: string) => [
    ...new Set(
      valuesOf(spec, 'Network', key).flatMap((text) => text.split(/\s+/).filter((word) => word !== '')),
    ),
  ];
  const dns = words('DNS').flatMap((word) => {
    const [address = '', name] = word.split('#');
    const ip = parseIp(address);
    return ip ? [(name === undefined ? ip.address : `${ip.address}#${name}`).toLowerCase()] : [];
  });
  const domains = words('Domains').map((word) => word.toLowerCase().replace(/(?<=[^~.])\.$/, ''));
  return { dns, domains, ntp: words('NTP').map((word) => word.toLowerCase()) };
}

/** Whether the DHCP server opens a socket for this link alone, whatever else happens on the host. */
function listens(spec: SectionsSpec, { persistLeases }: Capabilities): boolean {
  if (!isSwitchedOn(spec, 'Network', 'DHCPServer') || isSwitchedOff(spec, 'DHCPServer', 'BindToInterface'))
    return false;
  const kept = lastValueOf(spec, 'DHCPServer', 'PersistLeases');
  // From v256 it waits for a storage that nobody outside can see, unless it is told not to use it.
  return !persistLeases || kept === 'runtime' || isSwitchedOff(spec, 'DHCPServer', 'PersistLeases');
}

const families: readonly Families[] = ['none', 'ipv4', 'ipv6', 'both'];

function familiesOf(word: string | undefined, whenOn: Families): Families {
  if (word === undefined) return 'none';
  const known = families.find((one) => one === word);
  if (known !== undefined) return known;
  return ['1', 'yes', 'y', 'true', 't', 'on'].includes(word.toLowerCase()) ? whenOn : 'none';
}

/** `IPMasquerade=yes` is NAT for IPv4 in every version. */
function masqueradeOf(spec: SectionsSpec, { masqueradeFamilies }: Capabilities): Families {
  const word = lastValueOf(spec, 'Network', 'IPMasquerade');
  const wanted = familiesOf(word, 'ipv4');
  return masqueradeFamilies || word === undefined || !families.includes(word as Families) ? wanted : 'none';
}

function forwardingOf(spec: SectionsSpec, { ipForward }: Capabilities): Families {
  if (ipForward) return familiesOf(lastValueOf(spec, 'Network', 'IPForward'), 'both');
  const ipv4 = isSwitchedOn(spec, 'Network', 'IPv4Forwarding');
  const ipv6 = isSwitchedOn(spec, 'Network', 'IPv6Forwarding');
  if (ipv4 && ipv6) return 'both';
  return ipv4 ? 'ipv4' : ipv6 ? 'ipv6' : 'none';
}
