import { Kernel, type ModelLink } from '../model/kernel.ts';
import type { Machine } from '../model/machine.ts';
import { Networkd } from '../model/networkd.ts';
import { readNetDev, type UnitFile, unitsOn } from '../model/units.ts';
import { pathChanged, watching } from '../modules/watcher.ts';
import { Calls } from './calls.ts';
import { adopting, ports } from './documents.ts';
import { type LinkWatcher, type MonitorState, SimulatedKernelClient } from './kernel-client.ts';
import { type BusState, SimulatedNetworkdClient } from './networkd-client.ts';
import type { Schedule } from './schedule.ts';

/** Where everything lives on a simulated host. */
export const places = {
  documents: '/etc/osa-net.d',
  units: '/etc/systemd/network',
  state: '/var/lib/osa-net',
  run: '/run/osa-net',
  inventory: '/var/lib/osa-net/inventory.json',
  status: '/run/osa-net/status.json',
  approval: '/var/lib/osa-net/prune-approved.json',
  history: '/var/lib/osa-net/history.json',
} as const;

/** Links that others have, and make anew after a boot. */
const foreign: readonly (readonly [name: string, kind: string | undefined, address: string])[] = [
  ['eth0', undefined, '198.51.100.7/24'],
  ['br-f', 'bridge', '192.0.2.1/24'],
  ['br-c', 'bridge', '203.0.113.1/24'],
];

/** Units that others have all the time, one of them under a name that documents want. */
const permanent = ['10-eth0.network', '05-osa-net-y.netdev'] as const;

/** Everything of the host besides the operator. */
export class Host {
  readonly machine: Machine;
  readonly kernel: Kernel;
  readonly networkd: Networkd;
  readonly bus: BusState = { isUp: true, isNetworkdOnIt: true, loses: 0 };
  readonly monitor: MonitorState = { loses: 0, isMute: false };
  readonly calls: Calls;
  /** Units that others put there, by name, with the inode that they are. */
  readonly foreignUnits = new Map<string, number>();
  /** Units of ours that somebody deleted, and when (uptime, ms), by path. */
  readonly deletedByHand = new Map<string, number>();
  /** Links (ifindex) that an operator has looked at in its first pass while nothing failed: it knows whose they are. */
  readonly lookedAt = new Set<number>();
  /** Whether there is a way out, and until when (uptime, ms) it does not answer. */
  readonly isWatched: boolean;
  /** networkd is about to read its files. */
  onReload: () => void = () => undefined;
  silentUntil = 0;
  readonly confirmTimeout: number | undefined;
  /** Others have a link that a document takes over. */
  readonly adopts: boolean;
  networkdClient: SimulatedNetworkdClient | undefined;
  kernelClient: SimulatedKernelClient | undefined;

  constructor(machine: Machine, { version, isWatched, confirmTimeout, adopts = false }: Schedule) {
    this.machine = machine;
    this.isWatched = isWatched;
    this.confirmTimeout = confirmTimeout;
    this.adopts = adopts;
    this.kernel = new Kernel(() => machine.timeline.uptime);
    this.calls = new Calls(machine);
    for (const path of [places.documents, places.units, places.state]) machine.disk.establish(path);
    machine.disk.establish('/run', true);
    machine.disk.onChange = pathChanged;
    this.kernel.listeners.push((_, name) => this.kernelClient?.linkChanged(name));
    this.networkd = new Networkd(version, {
      kernel: this.kernel,
      random: machine.random,
      now: () => machine.timeline.uptime,
      after: (ms, run) => void machine.timeline.after(ms, run),
      units: () => this.#units(),
      told: (ifindex) => this.networkdClient?.linkChanged(ifindex),
    });
    this.addUnit(permanent[0], '[Match]\nName=eth0\n[Network]\nAddress=198.51.100.7/24\n');
    this.addUnit(permanent[1], '[NetDev]\nName=y\nKind=vcan\n');
  }

  /** Whether a call on this path may fail, or may have done so within the last few ms. @param lately how many */
  isFailing(path: string, lately = 0): boolean {
    const { diskFaults, timeline } = this.machine;
    return diskFaults.some(({ under, until }) => timeline.uptime < until + lately && path.startsWith(under));
  }

  boot(): void {
    this.machine.disk.establish('/run', true);
    this.kernel.reboot();
    this.lookedAt.clear();
    // Whoever made them chose their MTU; the kernel would fit that of a bridge to ports that we plug in.
    const made = { up: true, isProtected: true, mtuIsChosen: true };
    for (const [name, kind, address] of foreign)
      this.kernel.add(name, kind, { addresses: [address], ...made });
    for (const name of Object.values(ports)) this.kernel.add(name, undefined, made);
    // What our .netdev makes by now others leave to it.
    if (this.adopts && !this.isClaimed(adopting.link, 'bridge'))
      this.kernel.add(adopting.link, 'bridge', { addresses: ['203.0.113.65/26'], mtu: 1600, ...made });
    this.bus.isUp = true;
    this.startNetworkd();
  }

  startNetworkd(): void {
    this.onReload();
    this.networkd.start();
    this.bus.isNetworkdOnIt = this.bus.isUp;
    this.networkdClient?.ownerChanged();
  }

  deleteByHand(path: string): void {
    this.machine.disk.remove(path);
    this.deletedByHand.set(path, this.machine.timeline.uptime);
  }

  stopNetworkd(): void {
    this.networkd.stop();
    this.networkdClient?.ownerChanged();
  }

  loseBus(): void {
    this.bus.isUp = this.bus.isNetworkdOnIt = false;
    this.networkdClient?.ownerChanged();
  }

  /** Connects an operator that starts. */
  connect(watcher: LinkWatcher): { networkd: SimulatedNetworkdClient; kernel: SimulatedKernelClient } {
    const { machine, calls } = this;
    const reload = () => {
      this.onReload();
      this.networkd.reload();
    };
    this.networkdClient = new SimulatedNetworkdClient(machine, this.networkd, this.bus, calls, reload);
    this.kernelClient = new SimulatedKernelClient(machine, this.kernel, calls, this.monitor, watcher);
    return { networkd: this.networkdClient, kernel: this.kernelClient };
  }

  disconnect(): void {
    this.networkdClient = undefined;
    this.kernelClient = undefined;
  }

  /** Nothing is lost, slow or broken any more. */
  heal(): void {
    this.machine.diskFaults = [];
    this.machine.callFaults = [];
    this.bus.loses = this.monitor.loses = watching.loses = 0;
    this.bus.isUp = true;
    this.silentUntil = 0;
    if (!this.networkd.isRunning || !this.bus.isNetworkdOnIt) this.startNetworkd();
    this.removeForeignUnit('00-shadow.network');
    const isBase = ({ name, kind }: ModelLink) =>
      (name === adopting.link && kind === 'bridge') ||
      Object.values(ports).includes(name) ||
      foreign.some(([known]) => known === name);
    const theirs = [...this.kernel.links.values()].filter((link) => link.isProtected && !isBase(link));
    for (const { ifindex } of theirs) this.kernel.delete(ifindex);
    if (this.networkd.isStuck) this.startNetworkd();
  }

  /** Somebody gives a link another MTU, and no event tells of it. */
  changeMtuUnseen(name: string, mtu: number): void {
    const link = this.kernel.named(name);
    this.monitor.isMute = true;
    if (link) this.kernel.set(link, { mtu });
    this.monitor.isMute = false;
  }

  addUnit(name: string, text: string): void {
    this.foreignUnits.set(name, this.machine.disk.put(`${places.units}/${name}`, text).ino);
  }

  removeForeignUnit(name: string): void {
    if (!this.foreignUnits.delete(name)) return;
    this.machine.disk.remove(`${places.units}/${name}`);
  }

  /** A link that others make; theirs for good unless our .netdev of its name and kind already stands there. */
  addForeignLink(name: string, kind: string): void {
    if (this.kernel.named(name)) return;
    const isClaimed = this.isClaimed(name, kind);
    // v257+ does not adopt it ("File exists"), and its ports wait until networkd restarts: osa-net cannot help that yet.
    if (isClaimed && this.networkd.version >= 257) return;
    this.kernel.add(name, kind === 'hardware' ? undefined : kind, { up: true, isProtected: !isClaimed });
  }

  /** Whether a .netdev of ours makes such a link. */
  isClaimed(name: string, kind: string | undefined): boolean {
    const netdevs = [...this.#units()].filter(([unit]) => unit.endsWith('.netdev'));
    const claims = netdevs.map(([, { text }]) => readNetDev(text));
    return claims.some((file) => file?.isOurs && file.name === name && file.kind === kind);
  }

  /** Links that our .netdevs made. */
  ours(): readonly ModelLink[] {
    return [...this.kernel.links.values()].filter(({ madeBy }) => madeBy !== undefined);
  }

  /** What others have, as text. */
  foreignState(): string {
    const links = foreign.map(([name]) => {
      const link = this.kernel.named(name);
      return link && [name, link.kind, link.mtu, link.master, link.addresses.join(), link.isProtected];
    });
    const units = permanent.map((name) => {
      const inode = this.machine.disk.find(`${places.units}/${name}`);
      return [name, inode?.ino === this.foreignUnits.get(name), inode?.mtime, inode?.data.toString()];
    });
    return JSON.stringify([links, units]);
  }

  #units(): ReadonlyMap<string, UnitFile> {
    return unitsOn(this.machine.disk, places.units, this.networkd?.version);
  }
}
