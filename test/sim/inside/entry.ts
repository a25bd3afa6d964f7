import { BareDisk } from './bare-disk.ts';
import type { Outcome } from './outcome.ts';
import { type Mix, type Schedule, scheduleOf } from './schedule.ts';
import { Simulation } from './simulation.ts';

export type { Mix, Outcome, Schedule };
export { BareDisk, scheduleOf };

/** Runs a schedule; one at a time. */
export function run(schedule: Schedule, keepsTrace = false): Promise<Outcome> {
  return new Simulation(schedule, keepsTrace).run();
}
