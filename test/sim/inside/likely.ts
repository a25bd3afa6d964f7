import type { Random } from '../model/random.ts';
import { type Action, foreignKinds } from './action.ts';
import { adopting, type DocName, docNames, fileNames, someDoc } from './documents.ts';

/** Somebody writes a document. */
export function writing(random: Random, name: DocName = random.pick(docNames)): Action {
  const doc = someDoc(name, random);
  return { kind: 'write', file: random.pick(fileNames), doc, inPlace: random.chance(0.3) };
}

/** What becomes of the document that takes over a link of others. */
export function someAdoption(random: Random): Action {
  const { name } = adopting;
  return random.chance(0.4) ? { kind: 'remove', name } : writing(random, name);
}

/** What somebody says on the command line, and what it is about: changes on trial. */
export function someCommand(random: Random): Action {
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

/** Anything that happens to a host. */
export function someAction(random: Random): Action {
  const make = random.weighted<(random: Random) => Action>([
    [14, (r) => writing(r)],
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

/** An operator that dies, mostly when it has just changed something. */
export function dying(random: Random): Action {
  if (random.chance(0.3)) return { kind: 'kill', calls: calls(random), ms: time(random) };
  return { kind: 'kill', calls: random.whole(0, 2), counts: 'changes', ms: time(random) };
}

/** networkd goes, and comes back. */
export function away(random: Random): Action {
  return { kind: 'networkd', ms: random.pick([0, random.whole(0, 3_000), time(random)]) };
}

/** Somebody, or networkd, changes what is of a document. */
export function meddling(name: DocName, random: Random): Action {
  const index = random.whole(0, 99);
  return random.weighted<Action>([
    [3, writing(random, name)],
    [2, { kind: 'remove', name }],
    [2, away(random)],
    [3, { kind: 'link-delete', index, of: name }],
    [1, { kind: 'link-replace', index, of: name, link: random.pick(foreignKinds) }],
    [3, { kind: 'unit-delete', index, of: name }],
  ]);
}

/** Calls take their time for a while, mostly those by which the operator looks. */
export function slowness(random: Random): Action {
  const who = random.chance(0.7) ? 'kernel' : 'networkd';
  return { kind: 'calls', who, how: 'slow', probability: 1, ms: random.whole(500, 20_000) };
}

/** What units or records are kept on fails now and then for a while. */
export function failingDisk(random: Random): Action {
  const code = random.pick(['EIO', 'ENOSPC'] as const);
  const under = random.pick(['/', '/etc/systemd', '/var/lib/osa-net']);
  return { kind: 'disk', code, under, probability: random.pick([0.1, 0.3]), ms: random.whole(500, 20_000) };
}

function time(random: Random): number {
  return Math.round(random.next() ** 2 * random.pick([500, 5_000, 60_000]));
}

/** So many calls of the operator: mostly few. */
export function calls(random: Random): number {
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
