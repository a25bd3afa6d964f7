import type { Simulator } from './bundle.ts';
import type { Schedule } from './inside/entry.ts';

/** What a failure is about, without the names and numbers in it. */
export function kindOf(failure: string): string {
  const words = (failure.split(/[:;]/)[0] ?? '').split(' ');
  return words.filter((word) => /^[a-z,]+$/i.test(word)).join(' ');
}

/**
 * The shortest schedule that fails in the same way: leaves out ever smaller parts for as long as that does not help it
 * (delta debugging, Zeller 1999).
 */
export async function shrink(schedule: Schedule, failure: string, simulator: Simulator): Promise<Schedule> {
  const fails = async (events: Schedule['events']): Promise<boolean> => {
    const outcome = await simulator.run({ ...schedule, events });
    return kindOf(outcome.failure) === kindOf(failure);
  };
  let { events } = schedule;
  for (let size = Math.ceil(events.length / 2); size >= 1; ) {
    const shorter = await withoutPart(events, size, fails);
    if (shorter) events = shorter;
    else if (size === 1) break;
    else size = Math.ceil(size / 2);
  }
  return { ...schedule, events };
}

async function withoutPart(
  events: Schedule['events'],
  size: number,
  fails: (events: Schedule['events']) => Promise<boolean>,
): Promise<Schedule['events'] | undefined> {
  for (let first = 0; first < events.length; first += size) {
    const left = [...events.slice(0, first), ...events.slice(first + size)];
    if (await fails(waitingAsLong(events, left, first, size)))
      return waitingAsLong(events, left, first, size);
  }
  return undefined;
}

/** The event behind a part that is left out comes when it came before. */
function waitingAsLong(
  all: Schedule['events'],
  left: Schedule['events'],
  first: number,
  size: number,
): Schedule['events'] {
  const pause = all.slice(first, first + size).reduce((sum, { after }) => sum + after, 0);
  return left.map((event, i) => (i === first ? { ...event, after: event.after + pause } : event));
}
