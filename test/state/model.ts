import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { ownerOf, sha256 } from '../../crds/unit.ts';
import type { Desired } from '../../state/desired.ts';
import type { Inventory } from '../../state/inventory.ts';
import { type Observed, type ObservedLink, unseenResolver } from '../../state/observed.ts';
import type { Step } from '../../state/step.ts';
import { Kernel, type ModelLink } from '../sim/model/kernel.ts';
import { Networkd } from '../sim/model/networkd.ts';
import { Random } from '../sim/model/random.ts';
import { Timeline } from '../sim/model/timeline.ts';

/** A link as a test sees it. */
type SeenLink = ObservedLink & { readonly madeBy: string | undefined };

interface UnitFile {
  readonly text: string;
  stamp: string;
}

/** The simulator's kernel and networkd, which come to rest after each step: for tests of the pure rooms. */
export class ModelHost {
  readonly version: number;
  readonly files = new Map<string, UnitFile>();
  readonly #timeline = new Timeline();
  readonly #kernel = new Kernel(() => this.#timeline.uptime);
  readonly #networkd: Networkd;
  #stamp = 0;

  constructor(version: number) {
    this.version = version;
    this.#networkd = new Networkd(version, {
      kernel: this.#kernel,
      random: new Random(version),
      now: () => this.#timeline.uptime,
      after: (ms, run) => void this.#timeline.after(ms, run),
      units: () => this.files,
      told: () => undefined,
    });
  }

  get links(): ReadonlyMap<string, SeenLink> {
    return new Map([...this.#kernel.links.values()].map((link) => [link.name, this.#seen(link)]));
  }

  /** A link that others made. */
  addForeign(name: string, kind: string | undefined, fields: Partial<ModelLink> = {}): void {
    this.#kernel.add(name, kind, { up: true, isProtected: true, ...fields });
    this.#settle();
  }

  writeFile(name: string, text: string): void {
    this.files.set(name, { text, stamp: `${++this.#stamp}` });
  }

  /** networkd starts and reads what is there. */
  start(): void {
    this.#networkd.start();
    this.#settle();
  }

  deleteLink(name: string): void {
    const link = this.#kernel.named(name);
    if (link) this.#kernel.delete(link.ifindex);
    this.#settle();
  }

  apply(step: Step): void {
    this.#act(step);
    this.#settle();
  }

  observe(desired: Desired, inventory: Inventory): Observed {
    const wanted = new Set([...desired.units.keys(), ...Object.keys(inventory.units)]);
    const units = [...this.files].filter(([name]) => wanted.has(name));
    return {
      networkd: { state: 'running', message: '', capabilities: capabilitiesOf(this.version), run: 1 },
      links: this.links,
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

  #act(step: Step): void {
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
        for (const file of step.units.flatMap((unit) => this.files.get(unit) ?? []))
          file.stamp = `${++this.#stamp}`;
        break;
      case 'reload':
        this.#networkd.reload();
        break;
      case 'restart-networkd':
        this.start();
        break;
      case 'reconfigure-link':
        this.#networkd.reconfigure(this.#existing(step.link).ifindex);
        break;
      case 'set-link':
        this.#set(step);
        break;
      case 'remove-address': {
        const link = this.#existing(step.link);
        this.#kernel.set(link, { addresses: link.addresses.filter((address) => address !== step.address) });
        break;
      }
      default:
        break;
    }
  }

  #set({ link: name, property, value }: Extract<Step, { kind: 'set-link' }>): void {
    const link = this.#existing(name);
    const master = value === '' ? undefined : this.#kernel.named(value)?.ifindex;
    if (property === 'master') this.#kernel.set(link, { master });
    else if (property === 'mtu') this.#kernel.set(link, { mtu: Number(value) });
    else if (property === 'mac') this.#kernel.set(link, { mac: value });
    else if ([link.mode, value].includes('passthru')) throw new Error('Invalid argument');
    else this.#kernel.set(link, { mode: value });
  }

  #existing(name: string): ModelLink {
    const link = this.#kernel.named(name);
    if (!link) throw new Error(`no link ${name}`);
    return link;
  }

  #seen({ ifindex, name, kind, parent, master, mode, mtu, mac, addresses, madeBy }: ModelLink): SeenLink {
    const managed = this.#networkd.links.get(ifindex);
    const nameOf = (index: number | undefined) =>
      index === undefined ? undefined : this.#kernel.links.get(index)?.name;
    return {
      ...{ ifindex, name, kind, mode, mtu, mac, addresses, madeBy },
      parent: nameOf(parent),
      master: nameOf(master),
      setup: managed?.setup ?? '-',
      operational: managed?.operational ?? '-',
      networkFile: this.#networkd.networkFile(ifindex),
    };
  }

  #settle(): void {
    for (let run = this.#timeline.next(Number.POSITIVE_INFINITY); run; ) {
      run();
      run = this.#timeline.next(Number.POSITIVE_INFINITY);
    }
  }
}
