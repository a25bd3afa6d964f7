import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { ownerOf, parseUnit, sha256, type UnitSection } from '../../crds/unit.ts';
import type { Desired } from '../../state/desired.ts';
import type { Inventory } from '../../state/inventory.ts';
import { type Observed, type ObservedLink, unseenResolver } from '../../state/observed.ts';
import type { Step } from '../../state/step.ts';
import { deviceOf, isStale, lastOf, valuesOf } from './model-units.ts';

interface ModelLink extends Omit<ObservedLink, 'setup' | 'operational'> {
  readonly kind: string | undefined;
  parent?: string | undefined;
  master?: string | undefined;
  mode?: string | undefined;
  mtu: number;
  addresses: readonly string[];
  setup: string;
  /** The .netdev that made it; undefined where somebody else did. */
  readonly madeBy?: string | undefined;
  /** The .network that was applied, with its stamp. */
  configuredBy?: string | undefined;
}

interface UnitFile {
  readonly text: string;
  stamp: number;
}

/**
 * A host with a networkd as far as osa-net depends on it (reference: systemd's networkd-manager.c and netdev.c): a
 * reload makes independent netdevs, plugs ports into bridges that have a .netdev, makes stacked netdevs when their
 * parent is configured, and looks again only at units whose stamps changed. It deletes nothing, ever.
 */
export class ModelHost {
  readonly version: number;
  readonly files = new Map<string, UnitFile>();
  readonly links = new Map<string, ModelLink>();
  /** What networkd has read. */
  #loaded = new Map<string, { text: string; stamp: number }>();
  #stamp = 0;
  #index = 0;

  constructor(version: number) {
    this.version = version;
  }

  /** A link that others made. */
  addForeign(name: string, kind: string | undefined, fields: Partial<ModelLink> = {}): void {
    const made = {
      name,
      kind,
      ifindex: ++this.#index,
      mtu: 1500,
      addresses: [],
      setup: 'unmanaged',
      ...fields,
    };
    this.links.set(name, made);
  }

  writeFile(name: string, text: string): void {
    this.files.set(name, { text, stamp: ++this.#stamp });
  }

  /** networkd starts and reads what is there. */
  start(): void {
    this.#loaded.clear();
    this.#reload();
  }

  apply(step: Step): void {
    switch (step.kind) {
      case 'remove-unit':
        this.files.delete(step.unit);
        break;
      case 'write-unit':
        this.writeFile(step.unit.name, step.unit.text);
        break;
      case 'delete-link':
        this.deleteLink(step.link);
        break;
      case 'touch-dependents':
        for (const unit of step.units) this.#touch(unit);
        break;
      case 'reload':
        this.#reload();
        break;
      case 'restart-networkd':
        this.start();
        break;
      case 'reconfigure-link':
        this.#configure(this.#existing(step.link), true);
        break;
      case 'set-link':
        this.#set(step);
        break;
      default:
        break;
    }
  }

  /** As the kernel does: the other end of a veth goes with it, and what stands on it; ports are let go. */
  deleteLink(name: string): void {
    const gone = this.links.get(name);
    if (!gone) return;
    this.links.delete(name);
    for (const other of [...this.links.values()]) {
      if (other.parent === name) this.deleteLink(other.name);
      if (other.master === name) other.master = undefined;
    }
  }

  observe(desired: Desired, inventory: Inventory): Observed {
    const wanted = new Set([...desired.units.keys(), ...Object.keys(inventory.units)]);
    const units = [...this.files].filter(([name]) => wanted.has(name));
    return {
      networkd: { state: 'running', message: '', capabilities: capabilitiesOf(this.version) },
      links: new Map([...this.links.values()].map((link) => [link.name, this.#seen(link)])),
      units: new Map(
        units.map(([name, { text }]) => {
          const owner = ownerOf(text);
          return [name, { hash: sha256(text), intactOwner: owner?.intact ? owner.owner : undefined }];
        }),
      ),
      epoch: 'boot',
      defaultRoutes: [],
      resolver: unseenResolver,
    };
  }

  #seen(link: ModelLink): ObservedLink {
    const { configuredBy, madeBy: _, ...rest } = link;
    const file = configuredBy?.split('@')[0];
    const hasPorts = [...this.links.values()].some(({ master }) => master === link.name);
    const up = link.kind !== 'bridge' || hasPorts;
    const operational = up ? (link.addresses.length > 0 ? 'routable' : 'degraded') : 'no-carrier';
    return { ...rest, operational, ...(file && { networkFile: `/etc/systemd/network/${file}` }) };
  }

  #existing(name: string): ModelLink {
    const link = this.links.get(name);
    if (!link) throw new Error(`no link ${name}`);
    return link;
  }

  #touch(unit: string): void {
    const file = this.files.get(unit);
    if (file) file.stamp = ++this.#stamp;
  }

  #set({ link: name, property, value }: Extract<Step, { kind: 'set-link' }>): void {
    const link = this.#existing(name);
    if (property === 'master') link.master = value === '' ? undefined : this.#existing(value).name;
    else if (property === 'mode') {
      if ([link.mode, value].includes('passthru')) throw new Error('Invalid argument');
      link.mode = value;
    } else if (property === 'mtu') link.mtu = Number(value);
    else throw new Error(`the model cannot set ${property}`);
  }

  #reload(): void {
    const before = this.#loaded;
    this.#loaded = new Map();
    for (const [name, file] of this.files) {
      const known = before.get(name);
      // Up to v256 a .netdev is not read again while its device is there, and a stacked one not even then.
      const keeps = name.endsWith('.netdev') && known !== undefined && this.version <= 256;
      const stale = keeps && (this.links.has(deviceOf(known.text)) || isStale(known.text, this.version));
      this.#loaded.set(name, stale ? { text: known.text, stamp: known.stamp } : { ...file });
    }
    for (const name of this.#unitsOf('.netdev')) this.#makeIndependent(name);
    // Links that come up while others are configured are configured too.
    for (let round = 0; round < 3; round++) {
      for (const link of [...this.links.values()]) this.#configure(link, false);
    }
  }

  #unitsOf(ending: string): readonly string[] {
    return [...this.#loaded.keys()].filter((name) => name.endsWith(ending)).sort();
  }

  #sectionsOf(unit: string): readonly UnitSection[] {
    return parseUnit(this.#loaded.get(unit)?.text ?? '');
  }

  #makeIndependent(unit: string): void {
    const sections = this.#sectionsOf(unit);
    const [name = '', kind = '', peer] = [
      lastOf(sections, 'NetDev', 'Name'),
      lastOf(sections, 'NetDev', 'Kind'),
      lastOf(sections, 'Peer', 'Name'),
    ];
    if (!['bridge', 'dummy', 'veth'].includes(kind) || this.links.has(name)) return;
    if (peer !== undefined && this.links.has(peer)) return;
    this.#make({ name, kind, parent: peer, madeBy: unit });
    if (peer !== undefined) this.#make({ name: peer, kind, parent: name, madeBy: unit });
  }

  #make(fields: Pick<ModelLink, 'name' | 'kind' | 'parent' | 'madeBy' | 'mode'>): void {
    const base = { ifindex: ++this.#index, mtu: 1500, addresses: [], setup: 'unmanaged' };
    this.links.set(fields.name, { ...base, ...fields });
  }

  #configure(link: ModelLink, force: boolean): void {
    const unit = this.#unitsOf('.network').find(
      (name) => lastOf(this.#sectionsOf(name), 'Match', 'Name') === link.name,
    );
    if (unit === undefined) {
      if (link.configuredBy !== undefined)
        Object.assign(link, { setup: 'unmanaged', configuredBy: undefined });
      return;
    }
    const sections = this.#sectionsOf(unit);
    const id = `${unit}@${this.#loaded.get(unit)?.stamp}`;
    if (link.configuredBy !== id || force) {
      link.addresses = valuesOf(sections, 'Network', 'Address');
      link.mtu = Number(lastOf(sections, 'Link', 'MTUBytes') ?? link.mtu);
      Object.assign(link, { setup: 'configured', configuredBy: id });
      this.#plug(link, sections);
      this.#stack(link, sections);
    } else if (this.version >= 257) {
      this.#plug(link, sections);
      this.#stack(link, sections);
    }
  }

  #plug(link: ModelLink, sections: readonly UnitSection[]): void {
    const bridge = lastOf(sections, 'Network', 'Bridge');
    const keeps = lastOf(sections, 'Network', 'KeepMaster') === 'yes';
    if (bridge === undefined) {
      if (!keeps) link.master = undefined;
      return;
    }
    const known = this.#unitsOf('.netdev').some(
      (unit) => lastOf(this.#sectionsOf(unit), 'NetDev', 'Name') === bridge,
    );
    if (known && this.links.has(bridge)) link.master = bridge;
  }

  #stack(link: ModelLink, sections: readonly UnitSection[]): void {
    for (const name of valuesOf(sections, 'Network', 'MACVLAN')) {
      if (this.links.has(name)) continue;
      const unit = this.#unitsOf('.netdev').find(
        (one) => lastOf(this.#sectionsOf(one), 'NetDev', 'Name') === name,
      );
      if (unit === undefined) continue;
      const mode = lastOf(this.#sectionsOf(unit), 'MACVLAN', 'Mode');
      this.#make({ name, kind: 'macvlan', parent: link.name, mode, madeBy: unit });
    }
  }
}
