import type { ResourceKey } from '../../../crds/resource.ts';
import { ownerOf } from '../../../crds/unit.ts';
import type { Inventory } from '../../../state/inventory.ts';
import { conditionOf, type StatusItem, type StatusList } from '../../../state/status.ts';
import type { Step } from '../../../state/step.ts';
import type { Inode } from '../model/disk.ts';
import type { ModelLink } from '../model/kernel.ts';
import { Adoption } from './adoption.ts';
import { ports } from './documents.ts';
import { type Host, places } from './host.ts';
import { LentPorts } from './lent-ports.ts';
import { Presence } from './presence.ts';
import type { User } from './user.ts';

/** Something that must never happen, happened. */
export class Violation extends Error {}

type Known = Pick<Inventory, 'units' | 'links' | 'transaction' | 'rolledBack' | 'held' | 'hold' | 'unplug'>;

const nothing: Known = { units: {}, links: {}, rolledBack: {} };
const inventories = new WeakMap<Buffer, Known>();
const owners = new WeakMap<Buffer, ResourceKey | ''>();

function read(bytes: Buffer | undefined): Known {
  if (!bytes) return nothing;
  const known = inventories.get(bytes) ?? parsed(bytes);
  inventories.set(bytes, known);
  return known;
}

function parsed(bytes: Buffer): Known {
  try {
    const value = JSON.parse(bytes.toString()) as Known;
    return value.units && value.links ? value : nothing;
  } catch {
    return nothing; // torn: nothing is known from it
  }
}

function signedBy({ data, type }: Inode): ResourceKey | '' {
  if (type !== 'file') return '';
  const known = owners.get(data) ?? ownerOf(data.toString())?.owner ?? '';
  owners.set(data, known);
  return known;
}

/** What must hold after every step. */
export class Invariants {
  readonly #host: Host;
  readonly #user: User;
  readonly #foreign: string;
  readonly adoption: Adoption;
  /** Units that nobody can be asked to know any more: their record was deleted by others. */
  excused: ReadonlySet<string> = new Set();
  #itemsBefore: readonly StatusItem[] = [];
  /** The step that is being carried out. */
  #step: Step | undefined;
  /** Steps of the pass with a call that failed, and the call. */
  readonly #failed = new Map<Step, string>();
  readonly #presence: Presence;
  readonly #lent: LentPorts;
  /** Resources that vanished in a way that looks like an accident. */
  readonly guarded = new Set<ResourceKey>();
  #guardedOf = 0;
  #passBegan = 0;
  #isUnchecked = true;

  constructor(host: Host, user: User) {
    this.#host = host;
    this.#user = user;
    this.#presence = new Presence(user);
    this.#foreign = host.foreignState();
    host.kernel.listeners.push(() => {
      this.#isUnchecked = true;
    });
    this.#lent = new LentPorts(host, () => this.#candidates().map(read));
    this.adoption = new Adoption(host, user, () => read(this.#candidates().at(-1)));
    host.onReload = () => {
      this.#mistakeHeirs();
      this.adoption.onReload();
    };
  }

  passBegins(items: readonly StatusItem[]): void {
    this.#itemsBefore = items;
    this.#user.passBegins();
    this.adoption.passBegins();
    this.#step = undefined;
    this.#failed.clear();
    this.#lent.passBegins();
    this.#passBegan = this.#host.machine.timeline.uptime;
    this.#presence.passBegins();
    this.directoryChanged();
    // What cannot be read counts as there, and so hides how much vanished.
    if (this.#host.isFailing(places.documents)) this.guarded.clear();
  }

  /** What failed is told, also where a later look finds that it was done nevertheless. */
  passEnded(items: readonly StatusItem[]): void {
    this.#step = undefined;
    // A pass that could not be finished is told for the operator as a whole.
    if (items === this.#itemsBefore) return;
    this.#user.passEnded();
    for (const [{ owner }, call] of this.#failed) {
      if (owner === undefined && this.#isToldOfOperator()) continue;
      const concerned = items.filter(({ kind, metadata }) =>
        [undefined, `${kind}/${metadata.name}`].includes(owner),
      );
      const isReady = ({ status }: StatusItem) => conditionOf(status, 'Ready')?.status === 'True';
      if (concerned.length > 0 && concerned.every(isReady))
        throw new Violation(`${call} failed, and ${owner ?? 'everything'} is said to be Ready`);
    }
  }

  /** Whether the published status says that something could not be done which is for all resources. */
  #isToldOfOperator(): boolean {
    const text = this.#host.machine.disk.text(places.status) ?? '{}';
    const { operator } = JSON.parse(text) as Partial<StatusList>;
    return operator?.conditions.some(({ reason }) => reason === 'ApplyFailed') ?? false;
  }

  onFailure(call: string): void {
    if (this.#step) this.#failed.set(this.#step, call);
  }

  /** The user did something. */
  directoryChanged(): void {
    this.#presence.directoryChanged();
    for (const key of this.guarded) if (this.#user.directory.fileOf(key)) this.guarded.delete(key);
    // Some came back, or may stand in a file that broke, before anybody looked: then it is no accident any more.
    const isHidden = [...this.#user.directory.pages.values()].some(({ damage }) => damage !== undefined);
    if (this.guarded.size * 2 > this.#guardedOf && !isHidden) return;
    const held = new Set(read(this.#candidates().at(-1)).held);
    for (const key of this.guarded) if (!held.has(key)) this.guarded.delete(key);
  }

  /** These vanished at once; the operator knew of so many resources. */
  guard(keys: readonly ResourceKey[], known: number): void {
    for (const key of keys) this.guarded.add(key);
    this.#guardedOf = known;
  }

  /** Somebody deleted the inventory. */
  excuseAll(): void {
    const { networkd, machine, kernel } = this.#host;
    const isInOurs = (port: string) =>
      kernel.links.get(kernel.named(port)?.master ?? 0)?.madeBy !== undefined;
    const units = this.#host.ours().flatMap(({ madeBy }) => madeBy ?? []);
    this.excused = new Set([
      ...this.excused,
      ...units,
      ...machine.disk.list(places.units),
      ...machine.disk.namesAfterPowerLoss(places.units).keys(),
      ...networkd.known,
      // That a port is to leave its bridge stands nowhere else.
      ...Object.values(ports)
        .filter(isInOurs)
        .map((port) => `05-osa-net-${port}.network`),
    ]);
    this.#lent.note();
    this.guarded.clear();
    this.adoption.forget();
  }

  /** A call that changes the disk is about to be made. */
  onWrite(call: string, path: string): void {
    this.check();
    this.#isUnchecked ||= path.startsWith(places.units) || path.startsWith(places.state);
    if (!path.startsWith(`${places.units}/`)) return;
    const name = path.slice(places.units.length + 1);
    const ino = this.#host.foreignUnits.get(name);
    if (ino !== undefined && this.#host.machine.disk.find(path)?.ino === ino)
      throw new Violation(`${call} of ${name}, which others wrote`);
  }

  onLink(what: string, link: ModelLink, lookedAt: number): void {
    this.adoption.takesOver(link);
    const trouble = what === 'delete' ? this.adoption.onDelete(link) : '';
    if (trouble) throw new Violation(trouble);
    // Our .network may have plugged it in: networkd goes by the name.
    const master = this.#host.kernel.links.get(link.master ?? 0);
    if (what === 'plug' && master?.madeBy !== undefined) return;
    if (this.adoption.mayBeTouched(what, link, lookedAt)) return;
    if (what !== 'delete' && this.#lent.mayBeTouched(link.name, lookedAt)) return;
    // Nobody can know of a link that came after the last look before the change.
    if (!link.isProtected || link.bornAt >= lookedAt) return;
    throw new Violation(`${what} of ${link.name} (${link.ifindex}), which others made`);
  }

  onStep(step: Step): void {
    this.check();
    this.#step = step;
    const { owner } = step;
    if (owner === undefined || step.reason !== `${owner} is gone`) return;
    const { transaction, rolledBack, hold } = read(this.#candidates().at(-1));
    if (transaction?.phase === 'reverting' || rolledBack?.[owner] || hold) return;
    // A way back that cannot be recorded is gone all the same.
    if (transaction?.changes[owner]?.before === '' && this.#host.isFailing(places.state, 1_000)) return;
    if (!this.#presence.mayBeMissed(owner))
      throw new Violation(`${step.kind} although the document of ${owner} is there`);
    if (this.guarded.has(owner))
      throw new Violation(`${step.kind} although ${owner} vanished with most others`);
  }

  /** Everything of ours is on record, whenever the power goes. */
  check(): void {
    if (!this.#isUnchecked) return;
    this.#isUnchecked = false;
    const trouble = this.adoption.look();
    if (trouble) throw new Violation(trouble);
    const { disk } = this.#host.machine;
    const names = new Map([
      ...disk.namesAfterPowerLoss(places.units),
      ...(disk.find(places.units)?.names ?? []),
    ]);
    const units = [...names].filter(([name, inode]) => !name.startsWith('.') && signedBy(inode) !== '');
    this.#excuseHeirs();
    const links = this.#host.ours();
    for (const bytes of this.#candidates()) {
      const known = read(bytes);
      const unit = units.find(([name]) => !known.units[name] && !this.excused.has(name));
      if (unit) throw new Violation(`${unit[0]} of ${signedBy(unit[1])} is not on record`);
      const link = links.find(({ name, madeBy = '' }) => !known.links[name] && !this.excused.has(madeBy));
      if (link) throw new Violation(`link ${link.name} from ${link.madeBy} is not on record`);
    }
  }

  /**
   * What took the name of a link of ours after the look of the pass, and before networkd makes that, cannot be told from
   * it afterwards.
   */
  #mistakeHeirs(): void {
    const { kernel } = this.#host;
    const isMistaken = ({ bornAt, isProtected, name, kind }: ModelLink) =>
      isProtected && bornAt >= this.#passBegan && this.#host.isClaimed(name, kind);
    for (const link of kernel.links.values()) if (isMistaken(link)) link.isProtected = false;
  }

  /**
   * Links of which nothing tells any more whose they are: networkd makes one from a .netdev that somebody has deleted, or,
   * between its deletion and the reload, on a link of others that has just taken the name of its parent.
   */
  #excuseHeirs(): void {
    const { deletedByHand, machine, kernel } = this.#host;
    const heirs = this.#host.ours().filter(({ madeBy, bornAt, parent }) => {
      const path = `${places.units}/${madeBy}`;
      const isStranded = parent !== undefined && kernel.links.get(parent)?.isProtected === true;
      const isInherited = bornAt >= (deletedByHand.get(path) ?? Number.POSITIVE_INFINITY);
      return (isInherited || isStranded) && !machine.disk.find(path);
    });
    if (heirs.length > 0)
      this.excused = new Set([...this.excused, ...heirs.flatMap(({ madeBy }) => madeBy ?? [])]);
  }

  checkForeign(): void {
    const now = this.#host.foreignState();
    if (now !== this.#foreign) throw new Violation(`what others have changed: ${this.#foreign} to ${now}`);
  }

  #candidates(): readonly (Buffer | undefined)[] {
    return this.#host.machine.disk.afterPowerLoss(places.inventory);
  }
}
