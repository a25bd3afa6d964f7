import { isWithin } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { sizeOf, wholeNumber } from '../numbers.ts';

/** The disciplines that have classes or bands, and their classes. */
export const classfulShapes: Shapes = {
  // [DeficitRoundRobinSchedulerClass]
  drr_size: '<empty> | <size 0..4294967295>',

  // [EnhancedTransmissionSelection]
  ets_prio: '<empty> | <ets-priorities>',
  ets_quanta: '<empty> | <ets-quanta>',
  ets_u8: '<empty> | <int 0..16>',

  // [HierarchyTokenBucket], [HierarchyTokenBucketClass]
  hierarchy_token_bucket_class_rate: '<empty> | <si-size>',
  hierarchy_token_bucket_class_size: '<empty> | <size 0..4294967295>',
  'hierarchy_token_bucket_class_size OverheadBytes': '<empty> | <size 0..65535>',
  hierarchy_token_bucket_class_u32: '<empty> | <int 0..4294967295>',
  hierarchy_token_bucket_default_class: '<empty> | <hexadecimal 0..4294967295>',
  hierarchy_token_bucket_u32: '<empty> | <int 0..4294967295>',
  htb_class_rate: '<empty> | <si-size>',
  htb_class_size: '<empty> | <size 0..4294967295>',
  'htb_class_size OverheadBytes': '<empty> | <size 0..65535>',
  htb_class_u32: '<empty> | <int 0..4294967295>',
  htb_default_class: '<empty> | <hexadecimal 0..4294967295>',
  htb_u32: '<empty> | <int 0..4294967295>',

  // [QuickFairQueueingClass]
  qfq_max_packet: '<empty> | <size 512..65536>',
  qfq_weight: '<empty> | <int 1..1024>',
  quick_fair_queueing_max_packet: '<empty> | <size 512..65536>',
  quick_fair_queueing_weight: '<empty> | <int 1..1024>',
};

/** TCQ_ETS_MAX_BANDS of the kernel; a list that goes on in a second assignment has as many in all. */
const mostBands = 16;

export const classfulAtoms: Atoms = {
  'ets-priorities': (text) => isPerBand(text, (word) => isWithin(wholeNumber(word), '0..255')),
  'ets-quanta': (text) => isPerBand(text, (word) => isWithin(sizeOf(word, 1024n), '1..4294967295')),
};

function isPerBand(text: string, isGood: (word: string) => boolean): boolean {
  const words = text.split(/\s+/);
  return words.length <= mostBands && words.every(isGood);
}
