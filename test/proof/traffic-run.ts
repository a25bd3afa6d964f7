import type { Bed, Release } from '../bed/bed.ts';
import { originDocuments } from '../bed/origin.ts';
import { unrelatedChange } from './changes.ts';
import type { Driver } from './drivers.ts';
import type { Figures } from './traffic-inside.ts';
import { startTraffic, type Traffic } from './traffic-lines.ts';

/** What became of the traffic. */
export interface TrafficRun {
  /** Of systemd. */
  readonly version: number;
  readonly changes: number;
  /** By the name of the integration. */
  readonly figures: ReadonlyMap<string, Figures>;
}

/**
 * Makes the origin's topology, lets traffic flow over it, makes so many unrelated changes, and counts what it cost.
 * @param harm done halfway, to see that it is counted
 */
export async function runTraffic(
  release: Release,
  driver: Driver,
  changes: number,
  harm: (bed: Bed, traffic: Traffic) => Promise<unknown> = async () => undefined,
): Promise<TrafficRun> {
  const documents = originDocuments();
  const driven = await driver.start(release, documents);
  const { bed } = driven;
  try {
    const traffic = await startTraffic(bed);
    for (let n = 0; n < changes; n++) {
      await driven.change(unrelatedChange(n, documents));
      if (n === changes >> 1) await harm(bed, traffic);
    }
    await driven.settle();
    return { version: bed.version, changes, figures: await traffic.stop() };
  } finally {
    await bed.stop();
  }
}
