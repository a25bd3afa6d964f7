import { isWithin } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';

/** What every queueing discipline and class has, and the disciplines that have little of their own. */
export const qdiscShapes: Shapes = {
  qdisc_handle: '<empty> | <hexadecimal 0..65535>',
  // In every section, also where the manual names fewer.
  qdisc_parent: 'root | clsact | ingress | <tc-handle>',
  tclass_classid: '<empty> | <tc-handle>',
  tclass_parent: 'root | <tc-handle>',

  // [BFIFO], [PFIFO], [PFIFOHeadDrop]
  bfifo_size: '<empty> | <size 0..4294967295>',
  pfifo_size: '<empty> | <int 0..4294967295>',

  // [GenericRandomEarlyDetection]: of more than 16 networkd says that it leaves them out, and sets them.
  generic_random_early_detection_bool: '<empty> | <boolean>',
  generic_random_early_detection_u32: '<empty> | <int 0..16>',
  gred_bool: '<empty> | <boolean>',
  gred_u32: '<empty> | <int 0..16>',

  // [HeavyHitterFilter]
  heavy_hitter_filter_packet_limit: '<empty> | <int 0..4294967295>',
  hhf_packet_limit: '<empty> | <int 0..4294967295>',

  // [StochasticFairBlue]
  sfb_u32: '<empty> | <int 0..4294967295>',
  stochastic_fair_blue_u32: '<empty> | <int 0..4294967295>',

  // [TrivialLinkEqualizer]
  teql_id: '<empty> | <int 0..2147483647>',
};

export const qdiscAtoms: Atoms = {
  'tc-handle': isHandle,
};

/** `MAJOR:MINOR`, both hexadecimal, neither left out. */
function isHandle(text: string): boolean {
  const [major = '', minor = '', ...more] = text.split(':');
  return more.length === 0 && [major, minor].every((part) => isWithin(wholeNumber(part, 16), '0..65535'));
}
