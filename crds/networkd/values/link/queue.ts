import { isWithin } from '../atoms.ts';
import type { Atoms, Shapes } from '../notation.ts';
import { microseconds, rangeOf } from '../numbers.ts';

/** [Link]: rings, channels, queues, coalescing, offloads, and the CPUs that serve them. */
export const queueShapes: Shapes = {
  channel: '<int 1..4294967295>',
  coalesce_sec: '<empty> | <coalesce-time 0..4294967295>',
  'coalesce_sec CoalescePacketRateSampleIntervalSec': '<empty> | <coalesce-time 1..4294967295>',
  'coalesce_sec StatisticsBlockCoalesceSec': '<empty> | <coalesce-time 1..4294967295>',
  coalesce_u32: '<empty> | <int 0..4294967295>',
  cpu_set: '<empty> | <cpu-list>',
  iec_size: '<size>',
  irq_affinity_numa: '<empty> | local | <int 0..4294967293>',
  irq_affinity_policy: '<empty> | single | spread',
  nic_buffer_size: '<int 1..4294967295>',
  ring_buffer_or_channel: '<empty> | max | <int 1..4294967295>',
  rps_cpu_mask: '<empty> | disable | all | <cpu-list>',
  rx_tx_queues: {
    248: '<empty> | <int 1..4096>',
    262: '<empty> | <int 1..16384>',
  },
  txqueuelen: '<empty> | <int 0..4294967294>',
};

export const queueAtoms: Atoms = {
  // Its range counts microseconds.
  'coalesce-time': (text, range) => isWithin(microseconds(text, 1_000_000n), range),
  'cpu-list': isCpuList,
};

/** CPU_SETSIZE_MAX of systemd. */
const mostCpus = 8192n;

/** Numbers of CPUs and ranges of them, with commas or white space between: `0-3,5 7`. */
function isCpuList(text: string): boolean {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  return parts.every((part) => {
    const [low, high] = rangeOf(part) ?? [1n, 0n];
    return low >= 0n && low <= high && high < mostCpus;
  });
}
