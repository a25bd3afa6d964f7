import { Disk } from '../sim/model/disk.ts';
import { Kernel, type ModelLink } from '../sim/model/kernel.ts';
import { Networkd } from '../sim/model/networkd.ts';
import { Random } from '../sim/model/random.ts';
import { Timeline } from '../sim/model/timeline.ts';
import { unitsOn } from '../sim/model/units.ts';
import type { Action, Setting } from './actions.ts';
import type { Scenario } from './scenarios.ts';
import { type Look, type SeenLink, Tracer } from './trace.ts';

const directory = '/etc/systemd/network';
/** What is not over after so long never is, ms. */
const settling = 60_000;

/** Runs a scenario on the simulator's networkd. @param seed of when things happen */
export function traceOnModel({ steps, hidden }: Scenario, version: number, seed: number): readonly Look[] {
  const host = new ModelSide(version, seed);
  const tracer = new Tracer(hidden?.fields);
  return steps.map((actions) => {
    for (const action of actions) host.act(action);
    host.settle();
    return tracer.look(host.links());
  });
}

class ModelSide {
  readonly #timeline = new Timeline();
  readonly #disk = new Disk(() => this.#timeline.wall);
  readonly #kernel = new Kernel(() => this.#timeline.uptime);
  readonly #networkd: Networkd;

  constructor(version: number, seed: number) {
    this.#disk.establish(directory);
    this.#networkd = new Networkd(version, {
      kernel: this.#kernel,
      random: new Random(seed),
      now: () => this.#timeline.uptime,
      after: (ms, run) => void this.#timeline.after(ms, run),
      units: () => unitsOn(this.#disk, directory, version),
      told: () => undefined,
    });
    this.#networkd.start();
    this.settle();
  }

  settle(): void {
    const until = this.#timeline.uptime + settling;
    for (let run = this.#timeline.next(until); run; run = this.#timeline.next(until)) run();
  }

  act(action: Action) {
    switch (action.do) {
      case 'write':
        return this.#write(action);
      case 'remove':
        return this.#disk.remove(`${directory}/${action.unit}`);
      case 'touch': {
        const inode = this.#disk.find(`${directory}/${action.unit}`);
        return inode && this.#disk.touch(inode, this.#timeline.wall);
      }
      case 'reload':
        return this.#networkd.reload();
      case 'restart':
      case 'start':
        return this.#networkd.start();
      case 'stop':
        return this.#networkd.stop();
      case 'reconfigure':
        return this.#networkd.reconfigure(this.#link(action.link).ifindex);
      case 'delete':
        return this.#kernel.delete(this.#link(action.link).ifindex);
      case 'add':
        return this.#add(action);
      case 'set':
        return this.#set(this.#link(action.link), action.to);
    }
  }

  #write({ unit, text, isDated }: Extract<Action, { do: 'write' }>): void {
    const path = `${directory}/${unit}`;
    const before = this.#disk.find(path)?.mtime;
    const inode = this.#disk.put(path, text);
    if (isDated && before !== undefined) this.#disk.touch(inode, before);
  }

  #add({ link, kind, on = '' }: Extract<Action, { do: 'add' }>): void {
    if (kind === 'veth') this.#kernel.addPair(link, on);
    else if (kind === 'macvlan')
      this.#kernel.add(link, kind, { parent: this.#link(on).ifindex, mode: 'vepa' });
    else this.#kernel.add(link, kind);
  }

  #set(link: ModelLink, to: Setting): void {
    if ('master' in to)
      this.#kernel.set(link, { master: to.master === '' ? undefined : this.#link(to.master).ifindex });
    else this.#kernel.set(link, to);
  }

  #link(name: string): ModelLink {
    const link = this.#kernel.named(name);
    if (!link) throw new Error(`cannot find link ${name} in the model`);
    return link;
  }

  links(): readonly SeenLink[] {
    const nameOf = (ifindex: number | undefined) => this.#kernel.links.get(ifindex ?? 0)?.name ?? '-';
    return [...this.#kernel.links.values()].map((link) => {
      const { ifindex, name, mtu, up, addresses } = link;
      const managed = this.#networkd.links.get(ifindex);
      return {
        ...{ ifindex, name, mtu, up, addresses },
        kind: link.kind ?? '-',
        parent: nameOf(link.parent),
        master: nameOf(link.master),
        mode: link.mode ?? '-',
        setup: managed?.setup ?? '-',
        operational: managed?.operational ?? '-',
        network: this.#networkd.networkFile(ifindex)?.slice(directory.length + 1) ?? '-',
      };
    });
  }
}
