import {
  type Daemon,
  type Disk,
  daemons,
  disks,
  type Event,
  type Moment,
  type RemoveEvent,
  unitEdits,
  type WriteEvent,
} from './event.ts';
import { between, pick, type Random, randomOf, weighted } from './random.ts';
import { damages, fileNames, possibleLinks, possibleUnits, randomSpecs } from './specs.ts';

/** The address that `ip addr add` adds: nobody's, so it may stay. */
export const strayAddress = '198.51.100.7/32';

/**
 * The schedule of a seed. It begins with all documents changed at once, to what only the seed determines, so that it can
 * be replayed alone; what it leaves broken is for whoever runs it to lift.
 */
export function scheduleOf(seed: number): readonly Moment[] {
  const random = randomOf(seed);
  const course = new Course(random);
  const start: Event[] = [{ kind: 'heap', changes: fileNames.map((file) => change(random, file, 0.8)) }];
  if (random() < 0.5) start.push({ kind: 'settle' });
  const events = Array.from({ length: between(random, 8, 14) }, () => course.next());
  return [...start, ...events].map((event) => ({ event, pauseMs: pick(random, [0, 0, 5, 30, 100, 300]) }));
}

function change(random: Random, file: string, share: number): WriteEvent | RemoveEvent {
  if (random() >= share) return { kind: 'remove', file };
  return { kind: 'write', file, specs: randomSpecs(random, file) };
}

/** What comes next, knowing what is down, full or away; what ends a fault is likely where there is one. */
class Course {
  readonly #random: Random;
  readonly #down = new Set<Daemon>();
  readonly #full = new Set<Disk>();
  #isAway = false;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): Event {
    const random = this.#random;
    const choose = () =>
      weighted<() => Event>(random, [
        [9, () => documentEvent(random)],
        [5, () => this.#fault()],
        [5, () => ({ kind: 'ip', words: handiwork(random) })],
        [3, () => ({ kind: 'unit', unit: pick(random, possibleUnits), edit: pick(random, unitEdits) })],
      ]);
    return this.#relief() ?? choose()();
  }

  #relief(): Event | undefined {
    const isTime = () => this.#random() < 0.4;
    if (this.#isAway && isTime()) {
      this.#isAway = false;
      return { kind: 'directory', away: false };
    }
    const who = daemons.find((one) => this.#down.has(one) && isTime());
    if (who) return this.#start(who);
    const disk = disks.find((one) => this.#full.has(one) && isTime());
    if (!disk) return undefined;
    this.#full.delete(disk);
    return { kind: 'free', disk };
  }

  #fault(): Event {
    const random = this.#random;
    if (random() < 0.15) {
      this.#isAway = true;
      return { kind: 'directory', away: true };
    }
    if (random() < 0.3 || this.#down.size === daemons.length) {
      const disk = pick(random, disks);
      this.#full.add(disk);
      return { kind: 'fill', disk };
    }
    const who = weighted<Daemon>(random, [
      [6, 'operator'],
      [3, 'networkd'],
      [1, 'bus'],
    ]);
    if (this.#down.has(who)) return this.#start(who);
    this.#down.add(who);
    return { kind: 'kill', who };
  }

  #start(who: Daemon): Event {
    this.#down.delete(who);
    return { kind: 'start', who };
  }
}

function documentEvent(random: Random): Event {
  const file = pick(random, fileNames);
  return weighted<() => Event>(random, [
    [6, () => ({ kind: 'write', file, specs: randomSpecs(random, file) })],
    [2, () => ({ kind: 'break', file, specs: randomSpecs(random, file), damage: pick(random, damages) })],
    [2, () => ({ kind: 'remove', file })],
    [1, () => ({ kind: 'rename', file })],
    [1, () => ({ kind: 'heap', changes: fileNames.map((one) => change(random, one, 0.7)) })],
  ])();
}

function handiwork(random: Random): string {
  const link = pick(random, possibleLinks);
  return weighted(random, [
    [4, `link del ${link}`],
    [2, `link set ${link} nomaster`],
    [2, `link set ${link} mtu 1300`],
    [1, `link set ${link} down`],
    [1, `addr flush dev ${link} scope global`],
    [1, `addr add ${strayAddress} dev ${link}`],
    [1, `link set ${link} type macvlan mode private`],
  ]);
}
