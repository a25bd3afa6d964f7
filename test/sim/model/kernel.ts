/** A link of the simulated kernel. */
export interface ModelLink {
  readonly ifindex: number;
  readonly name: string;
  /** Undefined: hardware. */
  readonly kind: string | undefined;
  /** ifindex of the link below, or of the other end of a veth. */
  parent: number | undefined;
  master: number | undefined;
  mode: string | undefined;
  mtu: number;
  mac: string;
  addresses: readonly string[];
  /** Whether it gets a link-local address when it is set up, and whether it has one (or will, once there is carrier). */
  makesLinkLocal: boolean;
  linkLocal: boolean;
  up: boolean;
  /** Of a bridge: somebody chose its MTU, or its MAC address or ports; see `hasCarrier` and `#fitMtus`. */
  mtuIsChosen: boolean;
  isFresh: boolean;
  /** The .netdev of osa-net that networkd made it from; undefined: somebody else made it. */
  readonly madeBy: string | undefined;
  /** Kernel and networkd never stop giving these to somebody: nobody but their maker may touch them. */
  isProtected: boolean;
  /** When it was made, uptime in ms. */
  readonly bornAt: number;
}

type Made = Partial<Omit<ModelLink, 'ifindex' | 'name' | 'kind'>>;

/**
 * What the kernel tells of: links that are gone are told of once more. `hasLeft`: it is a port that its bridge let go,
 * which the kernel tells with an RTM_DELLINK of the family AF_BRIDGE (br_netlink.c).
 */
type LinkListener = (ifindex: number, name: string, hasLeft: boolean) => void;

/** Links of one boot. Whoever changes a link changes it here; all hear of it. */
export class Kernel {
  readonly links = new Map<number, ModelLink>();
  readonly listeners: LinkListener[] = [];
  readonly #now: () => number;
  #boots = 0;
  #index = 1;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Names the boot and the namespace. */
  get epoch(): string {
    return `boot-${this.#boots} net`;
  }

  /** Everything is gone; the indexes begin anew. */
  reboot(): void {
    this.links.clear();
    this.#boots += 1;
    this.#index = 1;
  }

  named(name: string): ModelLink | undefined {
    for (const link of this.links.values()) if (link.name === name) return link;
    return undefined;
  }

  add(name: string, kind: string | undefined, made: Made = {}): ModelLink {
    if (this.named(name)) throw new Error('File exists');
    const ifindex = ++this.#index;
    const mac = `02:00:00:00:00:${(ifindex & 255).toString(16).padStart(2, '0')}`;
    const base = { parent: undefined, master: undefined, mode: undefined, mtu: 1500, mac, addresses: [] };
    const flags = { up: false, madeBy: undefined, isProtected: false, bornAt: this.#now() };
    const own = {
      makesLinkLocal: true,
      linkLocal: true,
      mtuIsChosen: false,
      isFresh: made.mac === undefined,
    };
    const link: ModelLink = { ifindex, name, kind, ...base, ...flags, ...own, ...made };
    this.links.set(ifindex, link);
    this.#told(link);
    return link;
  }

  /** Both ends of a pair. */
  addPair(name: string, peer: string, made: Made = {}): void {
    if (this.named(peer)) throw new Error('File exists');
    const one = this.add(name, 'veth', made);
    const other = this.add(peer, 'veth', { ...made, parent: one.ifindex });
    one.parent = other.ifindex;
    this.#told(one);
  }

  /** The other end of a veth goes with a link, and what stands on it; ports are let go. */
  delete(ifindex: number): void {
    const gone = this.links.get(ifindex);
    if (!gone) return;
    this.links.delete(ifindex);
    for (const other of [...this.links.values()]) {
      if (other.parent === ifindex) this.delete(other.ifindex);
      else if (other.master === ifindex) this.set(other, { master: undefined });
    }
    this.#told(gone);
    this.#fitBridge(gone.master);
  }

  set(link: ModelLink, change: Partial<ModelLink>): void {
    const fields = Object.keys(change) as (keyof ModelLink)[];
    if (fields.every((field) => same(link[field], change[field]))) return;
    const { master, up, mtu } = link;
    Object.assign(link, change);
    if (!up && link.up) link.linkLocal = link.makesLinkLocal;
    if (change.mtu !== undefined) link.mtuIsChosen = true;
    if (change.mac !== undefined) link.isFresh = false;
    this.#told(link, master !== undefined && master !== link.master);
    if (master !== link.master) this.#fitBridge(master);
    if (master !== link.master || mtu !== link.mtu) this.#fitBridge(link.master);
    if (mtu > link.mtu) this.#fitStacked(link);
  }

  /** Neither a bridge nor what a macvlan stands on becomes a port (br_add_if). */
  canBePort({ kind, ifindex }: ModelLink): boolean {
    return (
      kind !== 'bridge' && ![...this.links.values()].some((l) => l.kind === 'macvlan' && l.parent === ifindex)
    );
  }

  /** A macvlan takes no more than its parent has (macvlan_change_mtu). */
  canHaveMtu({ kind, parent }: Pick<ModelLink, 'kind' | 'parent'>, mtu: number): boolean {
    const below = kind === 'macvlan' ? this.links.get(parent ?? 0)?.mtu : undefined;
    return below === undefined || mtu <= below;
  }

  /** The ports of a bridge changed: it has the least of their MTUs unless somebody chose one (br_mtu_auto_adjust). */
  #fitBridge(ifindex = 0): void {
    const bridge = this.links.get(ifindex);
    if (!bridge) return;
    bridge.isFresh = false;
    const ports = [...this.links.values()].filter(({ master }) => master === ifindex);
    const least = ports.length > 0 ? Math.min(...ports.map(({ mtu }) => mtu)) : 1500;
    if (!bridge.mtuIsChosen) this.#fitMtu(bridge, least);
  }

  /** A macvlan follows its parent down. */
  #fitStacked({ ifindex, mtu }: ModelLink): void {
    for (const link of this.links.values())
      if (link.parent === ifindex && !this.canHaveMtu(link, link.mtu)) this.#fitMtu(link, mtu);
  }

  #fitMtu(link: ModelLink, mtu: number): void {
    if (link.mtu === mtu) return;
    link.mtu = mtu;
    this.#told(link);
  }

  /** A bridge that never had a port nor a MAC address of somebody's choice has carrier of its own. */
  hasCarrier(link: ModelLink, depth = 0): boolean {
    if (!link.up || depth > 4) return false;
    if (link.kind === undefined || link.kind === 'dummy') return true;
    if (link.kind === 'bridge') {
      if (link.isFresh) return true;
      const ports = [...this.links.values()].filter(({ master }) => master === link.ifindex);
      return ports.some((port) => this.hasCarrier(port, depth + 1));
    }
    const below = link.parent === undefined ? undefined : this.links.get(link.parent);
    if (!below) return false;
    return link.kind === 'veth' ? below.up : this.hasCarrier(below, depth + 1);
  }

  #told({ ifindex, name }: ModelLink, hasLeft = false): void {
    for (const listener of this.listeners) listener(ifindex, name, hasLeft);
  }
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && a.join() === b.join());
}
