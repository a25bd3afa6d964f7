import type { KernelClient, KernelLink } from '../../../controller/kernel/client.ts';
import type { HostFacts } from '../../../controller/kernel/facts.ts';
import type { ChangeListener, Watch } from '../../../controller/kernel/monitor.ts';
import type { AddressScene, LinkScene } from '../../../state/scene.ts';
import type { LinkProperty } from '../../../state/step.ts';
import type { Kernel, ModelLink } from '../model/kernel.ts';
import type { Machine } from '../model/machine.ts';
import type { Calls } from './calls.ts';

/** How many of the kernel's events are lost without a word, and whether its buffer ran over. */
export interface MonitorState {
  /** Probability. */
  loses: number;
  /** Nothing is told, not even that something was lost. */
  isMute: boolean;
}

/** Told what the operator does to a link before it is done. @param lookedAt its own last look at links (uptime, ms), also where it was killed since */
export type LinkWatcher = (what: string, link: ModelLink, lookedAt: number) => void;

async function unasked(): Promise<never> {
  throw new Error('nobody asked for that');
}

/** What the operator sees of the kernel, and does to it. */
export class SimulatedKernelClient implements KernelClient {
  readonly #machine: Machine;
  readonly #kernel: Kernel;
  readonly #calls: Calls;
  readonly #monitor: MonitorState;
  readonly #watcher: LinkWatcher;
  #lookedAt = 0;
  readonly epoch: string;
  readonly #listeners = new Set<ChangeListener>();

  constructor(machine: Machine, kernel: Kernel, calls: Calls, monitor: MonitorState, watcher: LinkWatcher) {
    this.#machine = machine;
    this.#kernel = kernel;
    this.#calls = calls;
    this.#monitor = monitor;
    this.#watcher = watcher;
    this.epoch = kernel.epoch;
  }

  links(names?: readonly string[]): Promise<ReadonlyMap<string, KernelLink>> {
    const wanted = names && new Set(names);
    return this.#calls.ask('kernel', 'list links', () => {
      this.#lookedAt = this.#machine.timeline.uptime;
      const all = [...this.#kernel.links.values()].filter(({ name }) => wanted?.has(name) ?? true);
      return new Map(all.map((link) => [link.name, this.#seen(link)]));
    });
  }

  defaultRoutes = async (): Promise<readonly []> => [];

  /** No link of this host lives in another network namespace. */
  heldAddresses = async (): Promise<ReadonlyMap<string, readonly string[]>> => new Map();

  /** The documents ask for no routes, rules, switches or NAT: whoever reads or sets one here is wrong. */
  readonly facts: HostFacts = {
    routes: unasked,
    rules: unasked,
    sysctl: () => undefined,
    masqueraded: unasked,
    dhcpServers: unasked,
    put: unasked,
    followNat: () => {
      throw new Error('nobody asked for NAT');
    },
  };

  scene(names: readonly string[]): Promise<ReadonlyMap<string, AddressScene>> {
    return this.#calls.ask('kernel', 'read addresses', () => {
      const links = names.flatMap((name) => this.#kernel.named(name) ?? []);
      return new Map(links.map(({ name, addresses }) => [name, { addresses, routes: [] }]));
    });
  }

  restoreLink(name: string, scene: LinkScene): Promise<void> {
    return this.#change('restore', name, (link) => {
      const master = scene.master === undefined ? undefined : this.#kernel.named(scene.master)?.ifindex;
      this.#setMtu(link, scene.mtu);
      this.#kernel.set(link, { addresses: scene.addresses, master, ...(scene.mac && { mac: scene.mac }) });
    });
  }

  setProperty(name: string, property: LinkProperty, value: string): Promise<void> {
    const verb = property === 'master' ? 'plug' : 'set';
    return this.#change(verb, name, (link) => this.#set(link, property, value));
  }

  announceLink(name: string): Promise<void> {
    return this.#calls.ask('kernel', `ip link set ${name} group default`, () => {
      const link = this.#kernel.named(name);
      if (link) this.#kernel.set(link, {});
    });
  }

  renewLinkLocal(name: string): Promise<boolean> {
    return this.#calls.ask('kernel', `renew the link-local address of ${name}`, () => {
      const link = this.#kernel.named(name);
      if (!link?.makesLinkLocal) return false;
      if (link.up) this.#kernel.set(link, { linkLocal: true });
      return true;
    });
  }

  removeAddress(name: string, address: string): Promise<void> {
    return this.#calls.ask('kernel', `ip address delete ${address} dev ${name}`, () => {
      const link = this.#kernel.named(name);
      const addresses = link?.addresses ?? [];
      if (!link || !addresses.includes(address)) throw new Error(`${name} has no ${address}`);
      this.#kernel.set(link, { addresses: addresses.filter((other) => other !== address) });
    });
  }

  deleteLinks(names: readonly string[]): Promise<void> {
    const act = () => {
      for (const name of names) {
        const link = this.#kernel.named(name);
        if (!link) continue;
        this.#watcher('delete', link, this.#lookedAt);
        this.#kernel.delete(link.ifindex);
      }
    };
    return this.#calls.ask('kernel', `delete ${names.join(', ')}`, act, true);
  }

  watch(onChange: ChangeListener): Watch {
    const { timeline, random } = this.#machine;
    timeline.inLife(random.next() * 30, () => {
      this.#listeners.add(onChange);
      onChange('all');
    });
    return { stop: async () => void this.#listeners.delete(onChange) };
  }

  /** The kernel tells of a link: later, in any order, not at all, or only that something was lost. */
  linkChanged(name: string): void {
    if (this.#listeners.size === 0 || this.#monitor.isMute) return;
    const { random, timeline } = this.#machine;
    if (this.#monitor.loses > 0 && random.chance(this.#monitor.loses)) {
      this.#machine.meet('lost event');
      if (random.chance(0.5)) return;
      timeline.inLife(random.next() * 50, () => this.#tell('all'));
      return;
    }
    timeline.inLife(random.next() * 10, () => this.#tell([name]));
  }

  #tell(names: readonly string[] | 'all'): void {
    for (const listener of this.#listeners) listener(names);
  }

  #change(verb: string, name: string, act: (link: ModelLink) => void): Promise<void> {
    return this.#calls.ask(
      'kernel',
      `${verb} ${name}`,
      () => {
        const link = this.#kernel.named(name);
        if (!link) throw new Error(`Cannot find device "${name}"`);
        this.#watcher(verb, link, this.#lookedAt);
        act(link);
      },
      true,
    );
  }

  #set(link: ModelLink, property: LinkProperty, value: string) {
    switch (property) {
      case 'master': {
        const master = value === '' ? undefined : this.#kernel.named(value);
        if (value !== '' && master?.kind !== 'bridge') throw new Error('Operation not supported');
        return this.#kernel.set(link, { master: master?.ifindex });
      }
      case 'mode':
        if ([link.mode, value].includes('passthru') && link.mode !== value)
          throw new Error('Invalid argument');
        return this.#kernel.set(link, { mode: value });
      case 'mtu':
        return this.#setMtu(link, Number(value));
      case 'mac':
        return this.#kernel.set(link, { mac: value });
    }
  }

  #setMtu(link: ModelLink, mtu: number): void {
    if (!this.#kernel.canHaveMtu(link, mtu)) throw new Error('Invalid argument');
    this.#kernel.set(link, { mtu });
  }

  #seen(link: ModelLink): KernelLink {
    const { ifindex, name, kind, mode, mtu, mac, up } = link;
    const parent = link.parent === undefined ? undefined : this.#kernel.links.get(link.parent)?.name;
    const master = link.master === undefined ? undefined : this.#kernel.links.get(link.master)?.name;
    return {
      ifindex,
      name,
      up,
      carrier: this.#kernel.hasCarrier(link),
      mtu,
      mac,
      addresses: link.addresses.map((cidr) => ({ cidr, scope: 'global' })),
      ...(kind !== undefined && { kind }),
      ...(parent !== undefined && { parent }),
      ...(master !== undefined && { master }),
      ...(mode !== undefined && { mode }),
    };
  }
}
