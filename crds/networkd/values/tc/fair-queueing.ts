import { isWithin } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { microseconds } from '../numbers.ts';

/** The disciplines that share a link fairly, or keep its queue short. */
export const fairQueueingShapes: Shapes = {
  // [CAKE]
  cake_ack_filter: '<empty> | <boolean> | aggressive',
  cake_bandwidth: '<empty> | <si-size>',
  cake_compensation_mode: '<empty> | none | atm | ptm',
  cake_flow_isolation_mode:
    '<empty> | none | src-host | dst-host | hosts | flows | dual-src-host | dual-dst-host | triple',
  cake_fwmark: '<empty> | <int 1..4294967295>',
  cake_mpu: '<empty> | <int 1..256>',
  cake_overhead: '<empty> | <int -64..256>',
  cake_priority_queueing_preset: '<empty> | besteffort | precedence | diffserv8 | diffserv4 | diffserv3',
  cake_rtt: '<empty> | <short-time 1..4294967295>',
  'cake_tristate QDISC_KIND_CAKE': '<empty> | <boolean>',

  // [ControlledDelay]
  codel_bool: '<empty> | <boolean>',
  codel_u32: '<empty> | <int 0..4294967295>',
  codel_usec: '<empty> | <seconds>',
  controlled_delay_bool: '<empty> | <boolean>',
  controlled_delay_u32: '<empty> | <int 0..4294967295>',
  controlled_delay_usec: '<empty> | <seconds>',

  // [FairQueueing]; the kernel counts the rate in bytes, in 32 bits
  fair_queueing_bool: '<empty> | <boolean>',
  fair_queueing_max_rate: '<empty> | <si-size 0..34359738367>',
  fair_queueing_size: '<empty> | <size 0..4294967295>',
  fair_queueing_u32: '<empty> | <int 0..4294967295>',
  fair_queueing_usec: '<empty> | <short-time 0..4294967295>',
  fq_bool: '<empty> | <boolean>',
  fq_max_rate: '<empty> | <si-size 0..34359738367>',
  fq_size: '<empty> | <size 0..4294967295>',
  fq_u32: '<empty> | <int 0..4294967295>',
  fq_usec: '<empty> | <short-time 0..4294967295>',

  // [FairQueueingControlledDelay]
  fair_queueing_controlled_delay_bool: '<empty> | <boolean>',
  fair_queueing_controlled_delay_size: '<empty> | <size 0..4294967294>',
  fair_queueing_controlled_delay_u32: '<empty> | <int 0..4294967295>',
  fair_queueing_controlled_delay_usec: '<empty> | <seconds>',
  fq_codel_bool: '<empty> | <boolean>',
  fq_codel_size: '<empty> | <size 0..4294967294>',
  fq_codel_u32: '<empty> | <int 0..4294967295>',
  fq_codel_usec: '<empty> | <seconds>',

  // [FlowQueuePIE], [PIE]
  fq_pie_packet_limit: '<empty> | <int 1..4294967295>',
  pie_packet_limit: '<empty> | <int 0..4294967295>',

  // [StochasticFairnessQueueing]
  sfq_perturb_period: '<empty> | <seconds>',
  stochastic_fairness_queueing_perturb_period: '<empty> | <seconds>',
};

export const fairQueueingAtoms: Atoms = {
  // The range is in microseconds: the kernel counts them in 32 bits.
  'short-time': (text, range) => isWithin(microseconds(text, 1_000_000n), range),
};
