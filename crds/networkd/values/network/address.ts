import { parseIp } from '../../../ip.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { prefixOf } from '../prefixes.ts';
import { unescaped } from '../quoting.ts';

/** [Address], by key up to 256 and by the parser of the section from 257 on, and Address= of [Network]. */
export const addressShapes: Shapes = {
  address: {
    // Without a length, that of its class, or for IPv6 none at all.
    247: '<address-cidr> | !<classful-address>',
    253: '<address-cidr> | !<address>',
  },
  address_flags: '<boolean>',
  address_netlabel: '<empty> | <netlabel>',
  address_route_metric: '<int 0..4294967295>',
  address_scope: {
    247: 'host | link | global | <int 0..255>',
    252: 'global | site | link | host | nowhere | <int 0..255>',
  },
  broadcast: {
    247: '<ipv4>',
    252: '<empty> | <boolean> | <ipv4-not-null>',
  },

  'address_section ADDRESS_ADDRESS': '<empty> | <cidr> | !<address>',
  'address_section ADDRESS_ADD_PREFIX_ROUTE': '<empty> | <boolean>',
  'address_section ADDRESS_AUTO_JOIN': '<empty> | <boolean>',
  'address_section ADDRESS_BROADCAST': '<empty> | <boolean> | <ipv4-not-null>',
  // A boolean means its opposite here.
  'address_section ADDRESS_DAD': '<empty> | none | both | ipv4 | ipv6 | !<boolean>',
  'address_section ADDRESS_HOME_ADDRESS': '<empty> | <boolean>',
  'address_section ADDRESS_LABEL': '<empty> | <ascii 1..15>',
  'address_section ADDRESS_MANAGE_TEMPORARY_ADDRESS': '<empty> | <boolean>',
  'address_section ADDRESS_NET_LABEL': '<empty> | <netlabel>',
  'address_section ADDRESS_NFT_SET': {
    257: '<empty> | <address-nft-set 31>...',
    262: '<empty> | <address-nft-set 255>...',
  },
  'address_section ADDRESS_PEER': '<empty> | <cidr> | !<address>',
  'address_section ADDRESS_PREFERRED_LIFETIME': '<empty> | forever | infinity | 0',
  'address_section ADDRESS_PREFIX_ROUTE': '<empty> | <boolean>',
  'address_section ADDRESS_ROUTE_METRIC': '<int 0..4294967295>',
  'address_section ADDRESS_SCOPE': '<empty> | global | site | link | host | nowhere | <int 0..255>',
};

export const addressAtoms: Atoms = {
  'address-cidr': isAssignable,
  'classful-address': isClassful,
  // string_is_safe()
  netlabel: (text) => /^[^\p{Cc}"'\\]+$/u.test(text),
  'address-nft-set': isNftSet,
};

/** An address with its length; up to 256 the parser refuses a null address with a short one. */
function isAssignable(text: string): boolean {
  const prefix = prefixOf(text);
  if (!prefix?.hasLength) return false;
  return prefix.value !== 0n || prefix.length >= (prefix.family === 4 ? 8 : 64);
}

/** An address whose class has a prefix length, which those from 224.0.0.0 on have not; `::` is null, so too short. */
function isClassful(text: string): boolean {
  const ip = parseIp(text);
  if (!ip) return false;
  return ip.family === 4 ? ip.value >> 29n !== 0b111n : ip.value !== 0n;
}

/** `source:family:table:set`; colons in a row count as one. */
function isNftSet(text: string, longest = ''): boolean {
  const fields = text.split(':').filter((field) => field !== '');
  const [source = '', family = '', table = '', set = ''] = fields.map(
    (field) => unescaped(field)?.toString('latin1') ?? '',
  );
  return (
    fields.length === 4 &&
    /^(address|prefix|ifindex)$/.test(source) &&
    /^(arp|bridge|inet|ip|ip6|netdev)$/.test(family) &&
    [table, set].every((name) => isNftName(name) && name.length <= Number(longest))
  );
}

function isNftName(text: string): boolean {
  return /^[a-z][a-z0-9/\\_.]*$/i.test(text);
}
