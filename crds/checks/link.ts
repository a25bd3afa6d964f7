import type { Line } from '../compile/links/draft.ts';
import { draftsOf, ownText } from '../compile/links/drafts.ts';
import {
  type LinkResource,
  linkOf,
  membershipOf,
  membersOf,
  parentOf,
  unitNameOf,
} from '../compile/links/shapes.ts';
import { madeNameFault } from '../interface-name.ts';
import { capabilitiesOf, newestSystemd } from '../networkd/capabilities.ts';
import { isSecret } from '../networkd/keys.ts';
import type { Fault } from '../problem.ts';
import { checkAddressing } from './addressing.ts';
import { checkBond } from './bond.ts';
import { checkDefaultName, checkTwice, type ReportField } from './check.ts';
import { checkTunnel, checkVxlan } from './tunnels.ts';

/** Checks between the fields of a document about one link. */
export function checkLink(resource: LinkResource, report: ReportField): void {
  checkName(resource, report);
  checkMembership(resource, report);
  checkMembers(resource, report);
  checkActivation(resource, report);
  checkAddressing(resource, report);
  checkOwnText(resource, report);
  if (resource.kind === 'Bond') checkBond(resource.spec, report);
  if (resource.kind === 'Vxlan') checkVxlan(resource.spec, report);
  if (resource.kind === 'Tunnel') checkTunnel(resource.spec, report);
}

function checkName(resource: LinkResource, report: ReportField): void {
  const { kind, spec } = resource;
  checkDefaultName(spec.interface, unitNameOf(resource), 'spec.interface', report);
  if (kind === 'Interface') {
    spec.match?.names?.forEach((pattern, i) => {
      if (/^[*?]/.test(pattern)) report(`spec.match.names.${i}`, tooWide(pattern));
    });
    if (spec.match && Object.keys(spec.match).length === 0)
      report('spec.match', {
        code: 'MISSING_FIELD',
        message: 'the document matches nothing',
        hint: 'name devices by names, macAddresses, paths or drivers, or leave match out',
      });
    return;
  }
  const names = {
    'spec.interface': linkOf(resource) ?? '',
    ...(kind === 'Veth' && { 'spec.peer': spec.peer }),
  };
  for (const [field, name] of Object.entries(names)) {
    const fault = madeNameFault(name);
    if (fault) report(field, fault);
  }
  if (kind === 'Veth' && spec.peer === linkOf(resource))
    report('spec.peer', ownName(spec.peer, 'its own peer'));
  const parent = parentOf(resource);
  if (parent !== undefined && parent === linkOf(resource))
    report('spec.parent', ownName(parent, 'its own parent'));
}

function tooWide(pattern: string): Fault {
  return {
    code: 'BAD_VALUE',
    message: `${pattern} would be for links of every kind, also those of containers`,
    hint: 'begin with letters, such as en*',
  };
}

function ownName(name: string, what: string): Fault {
  return {
    code: 'SELF_REFERENCE',
    message: `${name} would be ${what}`,
    hint: 'name another link here, or give this one another name',
  };
}

function checkMembership(resource: LinkResource, report: ReportField): void {
  const [first, second] = Object.entries(membershipOf(resource)).filter(([, name]) => name !== undefined);
  if (first && second) {
    report(`spec.${second[0]}`, {
      code: 'BAD_VALUE',
      message: `a link is part of one of them, and spec.${first[0]} is set`,
      hint: 'remove one of the two',
    });
  }
  for (const [field, name] of first ? [first] : []) {
    if (name === linkOf(resource)) report(`spec.${field}`, ownName(name ?? '', `part of itself`));
  }
}

function checkMembers(resource: LinkResource, report: ReportField): void {
  const members = membersOf(resource);
  checkTwice(members, 'spec.interfaces', report);
  const own = members.indexOf(linkOf(resource) ?? '');
  if (own !== -1) report(`spec.interfaces.${own}`, ownName(members[own] ?? '', 'a member of itself'));
  if (resource.kind !== 'Bond' || resource.spec.primary === undefined) return;
  if (members.includes(resource.spec.primary)) return;
  report('spec.primary', {
    code: 'BAD_VALUE',
    message: `${resource.spec.primary} is none of spec.interfaces`,
    hint: 'name one of them, or set networkd.network.Network.PrimarySlave in the Interface document of the member',
  });
}

/** The boot would wait for a link that networkd does not bring up. */
function checkActivation({ spec }: LinkResource, report: ReportField): void {
  const { activation, requiredForOnline } = spec;
  if (requiredForOnline !== true || !['manual', 'down', 'always-down'].includes(activation ?? '')) return;
  report('spec.requiredForOnline', {
    code: 'BAD_VALUE',
    message: `the boot would wait in vain: spec.activation is ${activation}`,
    hint: 'remove one of the two',
  });
}

/** What the document has in networkd's own language does not repeat what its fields say. */
function checkOwnText(resource: LinkResource, report: ReportField): void {
  const own = ownText(resource);
  const { spec, ...rest } = resource;
  const said = draftsOf(
    { ...rest, spec: { ...spec, networkd: undefined } } as LinkResource,
    capabilitiesOf(newestSystemd),
  );
  for (const type of ['netdev', 'network'] as const) {
    for (const section of own[type]) {
      const alike = section.repeated ? [] : said[type].filter(({ name }) => name === section.name);
      const before = alike.flatMap(({ lines }) => lines);
      for (const line of section.lines) {
        const fault = ownFault(type, section.name, line, before);
        if (fault) report(line.field, fault, 'key');
      }
    }
  }
}

function ownFault(
  type: 'netdev' | 'network',
  section: string,
  { key }: Line,
  before: readonly Line[],
): Fault | undefined {
  if (type === 'network' && isOfDocuments(section, key)) return ofDocuments(key);
  if (section.startsWith('WireGuard') && isSecret(section, key)) return secret(key);
  const said = before.find((one) => one.key === key);
  return said && saidAlready(section, said);
}

/** What osa-net has to know of a link to keep it: fields and other documents say it. */
function isOfDocuments(section: string, key: string): boolean {
  if (section === 'Link') return key === 'Unmanaged';
  return (
    section === 'Network' && ['Bridge', 'Bond', 'VRF', 'VLAN', 'VXLAN', 'MACVLAN', 'Tunnel'].includes(key)
  );
}

function ofDocuments(key: string): Fault {
  const message = `${key} cannot be set here`;
  const hint =
    key === 'Unmanaged'
      ? 'remove the document: networkd then leaves the link alone'
      : `set spec.bridge, spec.bond or spec.vrf, or write a document of the link that stands on this one`;
  return { code: 'BAD_VALUE', message, hint };
}

function secret(key: string): Fault {
  const message = `${key} is a secret, and would stand in the document for everybody to read`;
  return { code: 'BAD_VALUE', message, hint: `put it into a file, and name that: ${key}File` };
}

function saidAlready(section: string, { key, field }: Line): Fault {
  return {
    code: 'BAD_VALUE',
    message: `${key} in [${section}] is what ${field} says already`,
    hint: `set ${field}, and leave it out here`,
  };
}
