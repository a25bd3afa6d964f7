import { conditionOf, type StatusList } from '../../state/status.ts';
import type { Bed } from '../bed/bed.ts';
import { eventually } from '../bed/eventually.ts';

/** Longest that 1,000 links may take, ms. */
const longest = 300_000;

/** Waits until the published status says of `count` integrations that all of their resources are Ready. */
export async function converged(bed: Bed, count: number): Promise<void> {
  await eventually(
    () => {
      const { items } = JSON.parse(bed.read('/run/osa-net/status.json')) as StatusList;
      const ready = items.filter(({ status }) => conditionOf(status, 'Ready')?.status === 'True');
      if (ready.length < 2 * count) throw new Error(`${ready.length} of ${2 * count} resources are Ready`);
    },
    longest,
    500,
  );
}
