import { isWithin } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { microseconds, nanoseconds } from '../numbers.ts';

/** [CAN]. */
export const canShapes: Shapes = {
  can_bitrate: '<si-size 1..4294967295>',
  can_control_mode: '<empty> | <boolean>',
  can_restart_usec: 'infinity | <restart-delay>',
  can_termination: '<empty> | <int 0..65535> | <boolean>',
  can_time_quanta: '<time-quantum>',
};

export const canAtoms: Atoms = {
  // The kernel counts milliseconds in 32 bits.
  'restart-delay': (text) => isWithin(microseconds(text, 1_000_000n), '0..4294967295000'),
  // And nanoseconds; a number alone means those.
  'time-quantum': (text) => isWithin(nanoseconds(text, 1n), '1..4294967295'),
};
