import { isWithin } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';

/** [NextHop]: until 254 with a parser for each key. */
export const nexthopShapes: Shapes = {
  nexthop_blackhole: '<boolean>',
  // Until 254, an empty one earns a warning where Gateway= stands before it.
  nexthop_family: '<empty> | ipv4 | ipv6',
  nexthop_gateway: { 247: '<address>', 252: '<empty> | <address>' },
  nexthop_group: '<empty> | <nexthop-group>',
  nexthop_id: { 247: '<int 0..4294967295>', 252: '<empty> | <int 1..4294967295>' },
  nexthop_onlink: '<empty> | <boolean>',

  'nexthop_section NEXTHOP_BLACKHOLE': '<boolean>',
  'nexthop_section NEXTHOP_FAMILY': '<empty> | ipv4 | ipv6',
  'nexthop_section NEXTHOP_GATEWAY': '<empty> | <address>',
  'nexthop_section NEXTHOP_GROUP': '<empty> | <nexthop-group>',
  'nexthop_section NEXTHOP_ID': '<int 0..4294967295>',
  'nexthop_section NEXTHOP_ONLINK': '<empty> | <boolean>',
};

export const nexthopAtoms: Atoms = {
  'nexthop-group': isNexthopGroup,
};

/** A list of `id[:weight]`, each id once. */
function isNexthopGroup(text: string): boolean {
  const members = text.split(/\s+/).map((member) => member.split(':'));
  const ids = members.map(([id = '']) => wholeNumber(id));
  const weights = members.map(([_, weight = '1']) => wholeNumber(weight));
  return (
    members.every((parts) => parts.length <= 2) &&
    ids.every((id) => isWithin(id, '1..4294967295')) &&
    weights.every((weight) => isWithin(weight, '1..256')) &&
    new Set(ids).size === ids.length
  );
}
