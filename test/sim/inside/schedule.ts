import { Random } from '../model/random.ts';
import type { Action } from './action.ts';
import { docNames } from './documents.ts';
import {
  away,
  calls,
  dying,
  failingDisk,
  meddling,
  slowness,
  someAction,
  someAdoption,
  someCommand,
  writing,
} from './likely.ts';

/** An action, and how long after the one before it comes. */
export interface Event {
  readonly after: number;
  /** Chance from here on follows this number: what came before can be left out without changing what comes after. */
  readonly salt: number;
  /** So many calls of the operator later, however long that takes; absent: at once. */
  readonly calls?: number;
  readonly action: Action;
}

/** A whole life of a host; everything that happens follows from it. */
export interface Schedule {
  readonly seed: number;
  readonly version: number;
  /** Whether there is a way out, which a change may cut. */
  readonly isWatched: boolean;
  /** Every change waits so long for its confirmation, ms; absent: for none. */
  readonly confirmTimeout?: number | undefined;
  /** Others have a bridge that a document takes over. */
  readonly adopts?: boolean | undefined;
  readonly events: readonly Event[];
}

const versions = [247, 249, 252, 256, 257, 262] as const;

/** So many events are in a schedule, but for the short ones: what comes later puts right what an outage left wrong. */
const length = 55;

/**
 * What comes in a schedule: with `commands` also a way out that is cut, and commands to the operator; with `adoption` also
 * a document that takes over a link of others. Short are those with `outages`, in which the operator and networkd go and
 * come back all the time, and others change what is there in between, and those with `disks`, which fail now and then.
 */
export type Mix = 'plain' | 'commands' | 'adoption' | 'outages' | 'disks';

/** The schedule of a seed. */
export function scheduleOf(seed: number, mix: Mix = 'plain'): Schedule {
  if (mix === 'outages') return crowdedOf(seed, outage);
  if (mix === 'disks') return crowdedOf(seed, badDisk);
  const withCommands = mix !== 'plain';
  const adopts = mix === 'adoption';
  const random = new Random(seed);
  const version = random.pick(versions);
  const events = Array.from({ length }, (_, i): Event => {
    const choose = withCommands && random.chance(0.15) ? someCommand : someAction;
    const isAdoption = adopts && random.chance(0.12);
    const action = isAdoption ? someAdoption(random) : i < 4 ? writing(random) : choose(random);
    return whileAtWork({ after: pause(random), salt: random.whole(0, 0xffff_ffff), action });
  });
  const isWatched = withCommands && random.chance(0.5);
  const confirmTimeout = withCommands && random.chance(0.2) ? 60_000 : undefined;
  return { seed, version, isWatched, confirmTimeout, ...(adopts && { adopts }), events };
}

/** A link that becomes another one between a look and what rests on it: by the clock that would hardly ever be met. */
function whileAtWork(event: Event): Event {
  const random = new Random(event.salt);
  if (event.action.kind !== 'link-replace' || random.chance(0.3)) return event;
  return { ...event, calls: calls(random) };
}

/** Some documents, and three times what happens all at once. */
function crowdedOf(seed: number, crowd: (random: Random) => readonly Event[]): Schedule {
  const random = new Random(seed);
  const version = random.pick(versions);
  const alone = (action: Action) => timed(action, pause(random), 0.6, random);
  const events = [
    ...Array.from({ length: 4 }, () => alone(writing(random))),
    ...Array.from({ length: random.whole(0, 4) }, () => alone(someAction(random))),
    ...crowd(random),
    ...crowd(random),
    ...crowd(random),
  ];
  return { seed, version, isWatched: false, events };
}

/** A document changes; the operator is slow at it, or dies; networkd goes away, and others meddle. */
function outage(random: Random): readonly Event[] {
  const name = random.pick(docNames);
  const isSlow = random.chance(0.4);
  const actions = [
    ...(isSlow ? [slowness(random)] : []),
    random.chance(0.8) ? writing(random, name) : { kind: 'remove' as const, name },
    ...(isSlow ? [] : [dying(random)]),
    ...Array.from({ length: random.whole(0, 2) }, () => meddling(name, random)),
    away(random),
    ...Array.from({ length: random.whole(0, 2) }, () => meddling(name, random)),
  ];
  const longest = random.pick([5, 50, 500, 2_000]);
  const after = (i: number) => (i === 0 ? pause(random) : random.whole(0, longest));
  // A slow operator makes few calls, and what comes meanwhile does so by the clock.
  return actions.map((action, i) => timed(action, after(i), isSlow ? 0 : 0.6, random));
}

/** Documents change while a disk fails now and then, and the operator dies or the power goes. */
function badDisk(random: Random): readonly Event[] {
  const name = random.pick(docNames);
  const change = () => (random.chance(0.5) ? writing(random, name) : { kind: 'remove' as const, name });
  const actions = [
    writing(random, name),
    failingDisk(random),
    ...Array.from({ length: random.whole(1, 3) }, change),
    ...(random.chance(0.5) ? [dying(random)] : []),
    change(),
  ];
  const longest = random.pick([50, 500, 2_000]);
  return actions.map((action, i) =>
    timed(action, i === 0 ? pause(random) : random.whole(0, longest), 0, random),
  );
}

/** @param atWork how often what fits waits for the operator to be at work */
function timed(action: Action, after: number, atWork: number, random: Random): Event {
  const isAtWork = waiting.has(action.kind) && random.chance(atWork);
  return { after, salt: random.whole(0, 0xffff_ffff), ...(isAtWork && { calls: calls(random) }), action };
}

/** What is met by chance in the middle of a pass only where it waits for that. */
const waiting: ReadonlySet<Action['kind']> = new Set([
  'networkd',
  'link-delete',
  'link-replace',
  'unit-edit',
  'unit-delete',
]);

function pause(random: Random): number {
  const longest = random.weighted([
    [3, 30],
    [4, 400],
    [4, 4_000],
    [2, 30_000],
    [0.2, 400_000],
  ]);
  return Math.round(random.next() * longest);
}
