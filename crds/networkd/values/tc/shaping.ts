import type { Atoms, Shapes } from '../notation.ts';
import { wholeNumber } from '../numbers.ts';

/** The disciplines that delay, drop or hold back packets. */
export const shapingShapes: Shapes = {
  // [NetworkEmulator]
  netem_delay: '<empty> | <seconds>',
  netem_packet_limit: '<empty> | <int 0..4294967295>',
  netem_rate: '<empty> | <share-permyriad>',
  network_emulator_delay: '<empty> | <seconds>',
  network_emulator_packet_limit: '<empty> | <int 0..4294967295>',
  network_emulator_rate: {
    247: '<empty> | <share-permille>',
    252: '<empty> | <share-permyriad>',
  },

  // [TokenBucketFilter]
  tbf_latency: '<empty> | <seconds>',
  tbf_rate: '<empty> | <si-size>',
  tbf_size: '<empty> | <size>',
  token_bucket_filter_latency: '<empty> | <seconds>',
  token_bucket_filter_rate: '<empty> | <si-size>',
  token_bucket_filter_size: '<empty> | <size>',
};

export const shapingAtoms: Atoms = {
  // parse_permille()
  'share-permille': (text) => isShare(text, '‰', 1000n, 0) || isShare(text, '%', 100n, 1),
  // parse_permyriad()
  'share-permyriad': (text) =>
    isShare(text, '‱', 10_000n, 0) || isShare(text, '‰', 1000n, 1) || isShare(text, '%', 100n, 2),
};

/** A part of a whole of so many `sign`, with at most so many `decimals`. */
function isShare(text: string, sign: string, whole: bigint, decimals: number): boolean {
  if (!text.endsWith(sign)) return false;
  const [, before = '', fraction] = /^([^.]*)(?:\.(\d+))?$/.exec(text.slice(0, -sign.length)) ?? [];
  const value = wholeNumber(before);
  if (value === undefined || value < 0n || value > whole) return false;
  if (fraction === undefined) return true;
  return fraction.length <= decimals && (value < whole || /^0+$/.test(fraction));
}
