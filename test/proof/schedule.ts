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
  const next = eventsOf(random);
  const start: Event[] = [{ kind: 'heap', changes: fileNames.map((file) => change(random, file, 0.8)) }];
  if (random() < 0.5) start.push({ kind: 'settle' });
  const events = Array.from({ length: between(random, 8, 14) }, next);
  return [...start, ...events].map((event) => ({ event, pauseMs: pick(random, [0, 0, 5, 30, 100, 300]) }));
}

function change(random: Random, file: string, share: number): WriteEvent | RemoveEvent {
  if (random() >= share) return { kind: 'remove', file };
  return { kind: 'write', file, specs: randomSpecs(random, file) };
}

/** What comes next, knowing what is down or full; a start or a repair is likely where it is wanted. */
function eventsOf(random: Random): () => Event {
  const down = new Set<Daemon>();
  const full = new Set<Disk>();
  let away = false;
  const lift = (): Event | undefined => {
    if (away && random() < 0.4) {
      away = false;
      return { kind: 'directory', away };
    }
    for (const who of daemons) if (down.has(who) && random() < 0.4) return started(down, who);
    for (const disk of disks) {
      if (full.has(disk) && random() < 0.4) {
        full.delete(disk);
        return { kind: 'free', disk };
      }
    }
    return undefined;
  };
  const fault = (): Event => {
    const running = daemons.filter((who) => !down.has(who));
    if (random() < 0.15) {
      away = true;
      return { kind: 'directory', away };
    }
    if (random() < 0.3 || running.length === 0) {
      const disk = pick(random, disks);
      full.add(disk);
      return { kind: 'fill', disk };
    }
    const who = weighted(random, [
      [6, 'operator'],
      [3, 'networkd'],
      [1, 'bus'],
    ] as const);
    if (down.has(who)) return started(down, who);
    down.add(who);
    return { kind: 'kill', who };
  };
  return () =>
    lift() ??
    weighted<() => Event>(random, [
      [9, () => documentEvent(random)],
      [5, fault],
      [5, () => ({ kind: 'ip', words: handiwork(random) })],
      [3, () => ({ kind: 'unit', unit: pick(random, possibleUnits), edit: pick(random, unitEdits) })],
    ])();
}

/** A new bus is of no use to a networkd of the old one, which is started anew with it. */
function started(down: Set<Daemon>, who: Daemon): Event {
  down.delete(who);
  return { kind: 'start', who };
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
