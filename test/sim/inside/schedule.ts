import { Random } from '../model/random.ts';
import { adopting, type Damage, type Doc, type DocName, docNames, fileNames, someDoc } from './documents.ts';

/** What others make links of. */
const foreignKinds = ['bridge', 'dummy', 'vcan', 'hardware'] as const;
type ForeignKind = (typeof foreignKinds)[number];

/** One thing that happens to the host. */
export type Action =
  | { readonly kind: 'write'; readonly file: string; readonly doc: Doc; readonly inPlace: boolean }
  | { readonly kind: 'remove'; readonly name: DocName }
  | { readonly kind: 'move'; readonly name: DocName; readonly file: string }
  | { readonly kind: 'damage'; readonly file: string; readonly damage: Damage }
  | { readonly kind: 'mend'; readonly file: string }
  | { readonly kind: 'mass-remove' }
  | { readonly kind: 'directory'; readonly ms: number; readonly how: 'away' | 'unreadable' }
  | { readonly kind: 'kill' | 'power'; readonly calls: number; readonly ms: number }
  | { readonly kind: 'stop'; readonly ms: number }
  | { readonly kind: 'networkd'; readonly ms: number }
  | { readonly kind: 'bus'; readonly ms: number }
  | { readonly kind: 'link-delete'; readonly index: number }
  | { readonly kind: 'link-replace'; readonly index: number; readonly link: ForeignKind }
  | {
      readonly kind: 'link-set';
      readonly index: number;
      readonly field: 'master' | 'mode' | 'mtu' | 'down' | 'addresses';
    }
  | { readonly kind: 'link-foreign'; readonly name: string; readonly link: ForeignKind }
  | { readonly kind: 'link-foreign-delete'; readonly name: string }
  | { readonly kind: 'unit-edit' | 'unit-delete'; readonly index: number }
  | { readonly kind: 'unit-foreign'; readonly name: string; readonly ms: number }
  | {
      readonly kind: 'disk';
      readonly code: 'ENOSPC' | 'EIO' | 'EACCES' | 'EROFS';
      readonly under: string;
      readonly probability: number;
      readonly ms: number;
    }
  | { readonly kind: 'clock'; readonly ms: number }
  | {
      readonly kind: 'deaf';
      readonly who: 'kernel' | 'networkd' | 'directory';
      readonly probability: number;
      readonly ms: number;
    }
  | {
      readonly kind: 'calls';
      readonly who: 'networkd' | 'kernel' | 'systemd';
      readonly how: 'slow' | 'before' | 'after';
      readonly probability: number;
      readonly ms: number;
    }
  /** The host at the other end of the way out does not answer for so long. */
  | { readonly kind: 'peer'; readonly ms: number }
  | { readonly kind: 'confirm' | 'cancel' | 'rollback' | 'resume' }
  /** Without a name: everything. */
  | { readonly kind: 'suspend'; readonly name?: DocName | undefined }
  | { readonly kind: 'prune' | 'hup' | 'resync' | 'state-lost' };

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

/** So many events are in a schedule. */
const length = 55;

/**
 * What comes in a schedule: with `commands` also a way out that is cut, and commands to the operator; with `adoption` also
 * a document that takes over a link of others.
 */
export type Mix = 'plain' | 'commands' | 'adoption';

/** The schedule of a seed. */
export function scheduleOf(seed: number, mix: Mix = 'plain'): Schedule {
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

function writing(random: Random): Action {
  const doc = someDoc(random.pick(docNames), random);
  return { kind: 'write', file: random.pick(fileNames), doc, inPlace: random.chance(0.3) };
}

/** What becomes of the document that takes over a link of others. */
function someAdoption(random: Random): Action {
  const { name } = adopting;
  if (random.chance(0.4)) return { kind: 'remove', name };
  const doc = someDoc(name, random);
  return { kind: 'write', file: random.pick(fileNames), doc, inPlace: random.chance(0.3) };
}

/** What somebody says on the command line, and what it is about: changes on trial. */
function someCommand(random: Random): Action {
  const make = random.weighted<(random: Random) => Action>([
    [2, (r) => ({ kind: 'peer', ms: r.pick([1_000, 20_000, 90_000]) })],
    [2, () => ({ kind: 'confirm' })],
    [1, () => ({ kind: 'cancel' })],
    [1, () => ({ kind: 'rollback' })],
    [1, (r) => ({ kind: 'suspend', name: r.chance(0.7) ? r.pick(docNames) : undefined })],
    [2, () => ({ kind: 'resume' })],
  ]);
  return make(random);
}

function someAction(random: Random): Action {
  const make = random.weighted<(random: Random) => Action>([
    [14, writing],
    [8, (r) => ({ kind: 'remove', name: r.pick(docNames) })],
    [3, (r) => ({ kind: 'move', name: r.pick(docNames), file: r.pick(fileNames) })],
    [4, (r) => ({ kind: 'damage', file: r.pick(fileNames), damage: r.pick(['syntax', 'schema']) })],
    [4, (r) => ({ kind: 'mend', file: r.pick(fileNames) })],
    [2, () => ({ kind: 'mass-remove' })],
    [1, (r) => ({ kind: 'directory', ms: time(r), how: r.pick(['away', 'unreadable']) })],
    [9, (r) => ({ kind: 'kill', calls: calls(r), ms: time(r) })],
    [6, (r) => ({ kind: 'power', calls: calls(r), ms: time(r) })],
    [2, (r) => ({ kind: 'stop', ms: time(r) })],
    [3, (r) => ({ kind: 'networkd', ms: time(r) })],
    [1, (r) => ({ kind: 'bus', ms: time(r) })],
    [4, (r) => ({ kind: 'link-delete', index: r.whole(0, 99) })],
    [2, (r) => ({ kind: 'link-replace', index: r.whole(0, 99), link: r.pick(foreignKinds) })],
    [
      5,
      (r) => ({
        kind: 'link-set',
        index: r.whole(0, 99),
        field: r.pick(['master', 'mode', 'mtu', 'down', 'addresses']),
      }),
    ],
    [2, (r) => ({ kind: 'link-foreign', name: linkName(r), link: r.pick(foreignKinds) })],
    [1.5, (r) => ({ kind: 'link-foreign-delete', name: linkName(r) })],
    [2, (r) => ({ kind: 'unit-edit', index: r.whole(0, 99) })],
    [2, (r) => ({ kind: 'unit-delete', index: r.whole(0, 99) })],
    [
      1,
      (r) => ({
        kind: 'unit-foreign',
        name: r.pick(['00-shadow.network', '05-osa-net-z.netdev', '20-x.link']),
        ms: time(r),
      }),
    ],
    [4, diskTrouble],
    [1.5, (r) => ({ kind: 'clock', ms: r.pick([-86_400_000, -3_000, -50, 2_000, 600_000, 86_400_000]) })],
    [
      2,
      (r) => ({
        kind: 'deaf',
        who: r.pick(['kernel', 'networkd', 'directory']),
        probability: r.pick([0.3, 1]),
        ms: time(r),
      }),
    ],
    [3, callTrouble],
    [2, () => ({ kind: 'prune' })],
    [2, () => ({ kind: 'hup' })],
    [0.3, () => ({ kind: 'state-lost' })],
  ]);
  return make(random);
}

function time(random: Random): number {
  return Math.round(random.next() ** 2 * random.pick([500, 5_000, 60_000]));
}

function calls(random: Random): number {
  return Math.floor(random.next() ** 2 * random.pick([20, 120, 400]));
}

function linkName(random: Random): string {
  return random.pick(['br-a', 'br-b', 'd-a', 'mv-m', 'mv-m-v1', 'x', 'z', 'z-p']);
}

function diskTrouble(random: Random): Action {
  const code = random.weighted([
    [3, 'ENOSPC' as const],
    [3, 'EIO' as const],
    [1, 'EACCES' as const],
    [1, 'EROFS' as const],
  ]);
  const under = random.pick(['/', '/etc/systemd', '/var/lib/osa-net', '/etc/osa-net.d', '/run/osa-net']);
  return { kind: 'disk', code, under, probability: random.pick([0.05, 0.3, 1]), ms: time(random) };
}

function callTrouble(random: Random): Action {
  const who = random.pick(['networkd', 'kernel', 'systemd'] as const);
  const how = random.pick(['slow', 'before', 'after'] as const);
  return { kind: 'calls', who, how, probability: random.pick([0.3, 1]), ms: time(random) };
}
