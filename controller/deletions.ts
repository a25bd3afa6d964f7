import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceKey } from '../crds/resource.ts';
import type { Step } from '../state/step.ts';
import type { World } from './world.ts';

/** How long deleted links may take to vanish from the kernel and from networkd, ms. */
const vanishTime = 5_000;
/** Time between two looks at what is waited for, ms. */
const slice = 10;

type DeleteLink = Extract<Step, { kind: 'delete-link' }>;

/** The deletions next to each other in a plan, without those of resources for which the work has ended. */
export function deletionsAround(
  steps: readonly Step[],
  i: number,
  ended: ReadonlySet<ResourceKey>,
): readonly DeleteLink[] {
  const first = steps.findLastIndex(({ kind }, at) => at < i && kind !== 'delete-link') + 1;
  const end = steps.findIndex(({ kind }, at) => at > i && kind !== 'delete-link');
  return steps
    .slice(first, end === -1 ? steps.length : end)
    .flatMap((step) => (step.kind === 'delete-link' ? step : []))
    .filter(({ owner }) => owner === undefined || !ended.has(owner));
}

/** Neighbouring deletions go to the kernel as one batch, at the last of them: each alone would wait for its own RCU period. */
export async function deleteLinks(
  batch: readonly DeleteLink[],
  step: DeleteLink,
  known: ReadonlySet<number>,
  world: World,
): Promise<void> {
  if (batch.at(-1) !== step) return;
  const doomed = await world.kernel.links();
  // Whose a link is that came since the plan was made, under the name of another, is for the next one to find out.
  const names = batch.map(({ link }) => link).filter((name) => known.has(doomed.get(name)?.ifindex ?? 0));
  if (names.length === 0) return;
  await world.kernel.deleteLinks(names);
  const ifindexes = names.flatMap((name) => doomed.get(name)?.ifindex ?? []);
  await vanished(names, ifindexes, world);
}

/** On ≤ v256 a reload that networkd handles before the deletion finds the old NetDev and makes nothing (networkd.md §2.3). */
async function vanished(names: readonly string[], ifindexes: readonly number[], world: World): Promise<void> {
  // Slices are counted, not the clock, which somebody may set meanwhile.
  for (let waited = 0; ifindexes.some((i) => world.networkd.snapshot().links.has(i)); waited += slice) {
    if (waited >= vanishTime)
      throw new Error(`${names.join(', ')} did not vanish within ${vanishTime / 1000} s`);
    await sleep(slice);
  }
}

/** How long networkd gets to hear of links that others deleted, ms. */
const catchUpTime = 500;

/**
 * Waits until networkd has dropped the links that the kernel no longer had when the plan was made; for the same
 * reason as above. A link that came after that look counts as dropped only when the time is over.
 */
export async function caughtUp(known: ReadonlySet<number>, { networkd }: World): Promise<void> {
  const hasGhost = () => [...networkd.snapshot().links.keys()].some((ifindex) => !known.has(ifindex));
  for (let waited = 0; hasGhost() && waited < catchUpTime; waited += slice) await sleep(slice);
}
