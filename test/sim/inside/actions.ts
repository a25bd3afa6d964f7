import type { ResourceKey } from '../../../crds/resource.ts';
import type { ModelLink } from '../model/kernel.ts';
import { watching } from '../modules/watcher.ts';
import type { Action } from './action.ts';
import { type DocName, keyOfName } from './documents.ts';
import { type Host, places } from './host.ts';
import type { Operator } from './operator.ts';
import type { User } from './user.ts';

/** What an action works on. */
export interface Stage {
  readonly host: Host;
  readonly operator: Operator;
  readonly user: User;
  /** The power goes now. */
  readonly losePower: (ms: number) => void;
  /** The operator is killed now, and started again after so many ms. */
  readonly kill: (ms: number) => void;
  /** Somebody deleted what the operator knows. */
  readonly loseState: () => void;
  /** These vanished at once, and must stay. */
  readonly guard: (lost: ReturnType<User['removeMost']>) => void;
  /** What must stay. */
  readonly guarded: ReadonlySet<ResourceKey>;
  /** These may go. */
  readonly release: (keys: readonly ResourceKey[]) => void;
}

/** Makes happen what a schedule says. */
export function perform(action: Action, stage: Stage) {
  const { host, operator, user } = stage;
  const { timeline } = host.machine;
  switch (action.kind) {
    case 'write':
    case 'remove':
    case 'move':
    case 'damage':
    case 'mend':
      return user.act(action);
    case 'mass-remove':
      return stage.guard(user.removeMost());
    case 'directory':
      return hideDirectory(action, host);
    case 'kill':
      return doom(action, () => stage.kill(action.ms), host);
    case 'power':
      return doom(action, () => stage.losePower(action.ms), host);
    case 'stop':
      operator.stop();
      return void timeline.after(100 + action.ms, () => operator.start());
    case 'networkd':
      host.stopNetworkd();
      return void timeline.after(50 + action.ms, () => host.startNetworkd());
    case 'bus':
      host.loseBus();
      return void timeline.after(100 + action.ms, () => {
        host.bus.isUp = true;
        // networkd does not return to a bus that was restarted.
        timeline.after(500, () => host.startNetworkd());
      });
    case 'disk':
    case 'deaf':
    case 'calls':
      return trouble(action, host);
    case 'clock':
      timeline.offset += action.ms;
      return undefined;
    case 'peer':
      host.silentUntil = timeline.uptime + action.ms;
      return undefined;
    case 'confirm':
    case 'cancel':
      return operator.command({ verb: action.kind });
    case 'rollback':
    case 'resume':
      // Whoever says so means that resources may go which that generation or the directory does not have.
      stage.release([...stage.guarded]);
      return operator.command(
        action.kind === 'rollback' ? { verb: 'rollback' } : { verb: 'resume', resources: [] },
      );
    case 'suspend':
      return operator.command({
        verb: 'suspend',
        resources: action.name === undefined ? [] : [keyOfName(action.name)],
      });
    case 'prune':
      return stage.release(user.prune());
    case 'hup':
    case 'resync':
      return operator.hup();
    case 'state-lost':
      return stage.loseState();
    default:
      return meddle(action, host);
  }
}

function doom(
  { calls, counts = 'calls' }: Extract<Action, { kind: 'kill' | 'power' }>,
  then: () => void,
  { machine }: Host,
): void {
  if (machine.alive && (calls > 0 || counts === 'changes')) machine.doom = { left: calls, counts, then };
  else then();
}

function hideDirectory({ ms, how }: Extract<Action, { kind: 'directory' }>, { machine }: Host): void {
  const { disk, timeline } = machine;
  const away = `${places.documents}.away`;
  if (how === 'unreadable') {
    const until = timeline.uptime + ms;
    machine.diskFaults.push({ code: 'EACCES', under: places.documents, probability: 1, until });
    return;
  }
  if (disk.find(away)) return;
  disk.rename(places.documents, away);
  timeline.after(ms, () => disk.rename(away, places.documents));
}

function trouble(action: Extract<Action, { kind: 'disk' | 'deaf' | 'calls' }>, host: Host): void {
  const { machine } = host;
  const until = machine.timeline.uptime + action.ms;
  switch (action.kind) {
    case 'disk': {
      const { code, under, probability } = action;
      machine.diskFaults = [...machine.diskFaults.filter((one) => one.until > machine.timeline.uptime)];
      return void machine.diskFaults.push({ code, under, probability, until });
    }
    case 'calls': {
      const { who, how, probability } = action;
      return void machine.callFaults.push({ who, how, probability, until });
    }
    case 'deaf': {
      const ear = { kernel: host.monitor, networkd: host.bus, directory: watching }[action.who];
      ear.loses = action.probability;
      return void machine.timeline.after(action.ms, () => {
        ear.loses = 0;
      });
    }
  }
}

type Meddling = Extract<Action, { kind: `link-${string}` | `unit-${string}` }>;

/** Somebody else changes links and units. */
function meddle(action: Meddling, host: Host) {
  const { kernel, machine } = host;
  switch (action.kind) {
    case 'link-delete':
      return withLink(action, host, ({ ifindex }) => kernel.delete(ifindex));
    case 'link-replace':
      return withLink(action, host, ({ ifindex, name }) => {
        kernel.delete(ifindex);
        host.addForeignLink(name, action.link);
      });
    case 'link-set':
      return withLink(action, host, (link) => change(link, action.field, host));
    case 'link-foreign':
      return host.addForeignLink(action.name, action.link);
    case 'link-foreign-delete': {
      const link = kernel.named(action.name);
      return link?.isProtected ? kernel.delete(link.ifindex) : undefined;
    }
    case 'unit-edit':
      return withUnit(action, host, (path, text) => machine.disk.put(path, `${text}# by hand\n`));
    case 'unit-delete':
      return withUnit(action, host, (path) => {
        if (!isOnlyProof(path, host)) host.deleteByHand(path);
      });
    case 'unit-foreign': {
      if (machine.disk.find(`${places.units}/${action.name}`)) return undefined;
      // Under a name that is on record it is a change of ours by hand.
      if (machine.disk.text(places.inventory)?.includes(`"${action.name}"`)) return undefined;
      host.addUnit(action.name, foreignUnits[action.name] ?? '');
      return void machine.timeline.after(action.ms, () => host.removeForeignUnit(action.name));
    }
  }
}

const foreignUnits: Readonly<Record<string, string>> = {
  '00-shadow.network': '[Match]\nName=br-a\n[Network]\nAddress=192.0.2.77/24\n',
  '05-osa-net-z.netdev': '[NetDev]\nName=z\nKind=bridge\n',
  '20-x.link': '[Match]\nOriginalName=x\n',
};

/** One of ours, or one that is of a document. */
interface Target {
  readonly index: number;
  readonly of?: DocName | undefined;
}

function withLink({ index, of }: Target, host: Host, act: (link: ModelLink) => void): void {
  const ours = host.ours().filter(({ name }) => of === undefined || name.split('-').includes(of));
  const link = ours[index % ours.length];
  if (link) act(link);
}

function withUnit({ index, of }: Target, host: Host, act: (path: string, text: string) => void): void {
  const { disk } = host.machine;
  const names = disk
    .list(places.units)
    .filter((name) => name.startsWith('05-') && !host.foreignUnits.has(name))
    .filter((name) => of === undefined || name.split(/[-.]/).includes(of));
  const path = `${places.units}/${names.sort()[index % names.length]}`;
  const text = disk.text(path);
  if (text !== undefined) act(path, text);
}

/**
 * Whether only this .netdev tells that a link is ours: nobody has seen the link for sure since it was made in this boot,
 * or could not be sure to have kept that, as the disk fails.
 */
function isOnlyProof(path: string, host: Host): boolean {
  if (host.isFailing(places.state)) return true;
  const text = host.machine.disk.text(places.inventory) ?? '';
  const inventory = text.slice(text.indexOf('"links"'), text.indexOf('"resources"'));
  const made = host.ours().filter(({ madeBy }) => path.endsWith(`/${madeBy}`));
  return made.some(
    ({ ifindex }) => !host.lookedAt.has(ifindex) && !inventory.includes(`"${host.kernel.epoch} ${ifindex}"`),
  );
}

function change(link: ModelLink, field: string, { kernel, machine }: Host) {
  switch (field) {
    case 'master': {
      const bridge = kernel.named(machine.random.pick(['br-f', 'br-a', 'br-b']));
      const isElsewhere = bridge && bridge.ifindex !== link.ifindex && link.kind !== 'bridge';
      return kernel.set(link, {
        master: isElsewhere && machine.random.chance(0.5) ? bridge.ifindex : undefined,
      });
    }
    case 'mode':
      return link.mode === undefined ? undefined : kernel.set(link, { mode: 'private' });
    case 'mtu':
      return kernel.set(link, { mtu: 1280 });
    case 'down':
      return kernel.set(link, { up: false });
    case 'addresses':
      return kernel.set(link, { addresses: [] });
  }
}
