import { startBed } from '../bed/bed.ts';
import { startOperator } from '../bed/operator.ts';
import { converged } from './settled.ts';
import { integrations } from './topology.ts';

/** The status that a real operator publishes of `count` integrations (two resources each), as text. */
export async function publishedStatus(count: number): Promise<string> {
  const bed = await startBed();
  try {
    const operator = startOperator(bed);
    operator.drop('all.yaml', integrations(count));
    await converged(bed, count);
    return bed.read('/run/osa-net/status.json');
  } finally {
    await bed.stop();
  }
}
