import type { Inventory } from '../../../state/inventory.ts';
import type { ModelLink } from '../model/kernel.ts';
import { adopting } from './documents.ts';
import { type Host, places } from './host.ts';
import type { User } from './user.ts';

type Known = Pick<Inventory, 'links' | 'transaction' | 'hold'>;
type Settings = Pick<ModelLink, 'addresses' | 'mtu' | 'master'>;

/** What becomes of the link of others that a document takes over: it is theirs again unless the change lasts. */
export class Adoption {
  readonly #host: Host;
  readonly #user: User;
  readonly #known: () => Known;
  /** How it was when it was theirs. */
  #former: Settings | undefined;
  /** The change that did so; undefined: none that could be taken back. */
  #generation: number | undefined;
  /** `gone`: deleted to be made anew; `over`: what was ours for good is deleted. */
  #state: 'theirs' | 'ours' | 'gone' | 'over' = 'theirs';
  /** The operator deletes it just now. */
  #isDeleted = false;
  /** Its document was there when the pass began. */
  #wasWanted = false;
  /** When others deleted what the operator knows (uptime, ms). */
  #forgottenAt = Number.NEGATIVE_INFINITY;
  /** Others deleted it, or what the operator knows of it: nobody can give it back. */
  isExcused = false;

  constructor(host: Host, user: User, known: () => Known) {
    this.#host = host;
    this.#user = user;
    this.#known = known;
    host.kernel.listeners.push((_, name) => {
      if (name !== adopting.link || this.#link !== undefined) return;
      this.isExcused ||= !this.#isDeleted;
      this.#isDeleted = false;
    });
  }

  get #link(): ModelLink | undefined {
    return this.#host.kernel.named(adopting.link);
  }

  get #isWanted(): boolean {
    const { directory } = this.#user;
    // An earlier generation that the host is held on may have it, and a file that is broken hides that it is gone.
    const isHidden = [...directory.pages.values()].some(({ damage }) => damage !== undefined);
    return directory.fileOf(adopting.key) !== undefined || isHidden || this.#known().hold !== undefined;
  }

  passBegins(): void {
    this.#wasWanted = this.#isWanted;
  }

  /** The host was booted. */
  booted(): void {
    this.#state = this.#link?.isProtected ? 'theirs' : 'gone';
  }

  /** Something is about to be done to a link: what is taken over by right is no longer protected. */
  takesOver(link: ModelLink): void {
    if (link.name !== adopting.link || !link.isProtected) return;
    const { links, transaction } = this.#known();
    if (!links[link.name]) return;
    this.#noteChange(transaction, true);
    this.#state = 'ours';
    link.isProtected = false;
  }

  /**
   * Until the change that took it over is over, it may be put back again; what was asked of it before others deleted the
   * record may be carried out yet.
   */
  mayBeTouched(what: string, { name }: ModelLink, lookedAt: number): boolean {
    const { transaction } = this.#known();
    const isGoingBack = transaction?.phase === 'reverting' && transaction.scene[name] !== undefined;
    return (what === 'restore' && isGoingBack) || (lookedAt < this.#forgottenAt && name === adopting.link);
  }

  /** Others deleted what the operator knows. */
  forget(): void {
    this.isExcused = true;
    this.#forgottenAt = this.#host.machine.timeline.uptime;
  }

  /** networkd hears of our .netdev. */
  onReload(): void {
    const link = this.#link;
    if (!link || !this.#host.isClaimed(link.name, link.kind)) return;
    this.takesOver(link);
    this.#noteChange(this.#known().transaction, false);
  }

  /** Where its document comes with a change, that says whether it lasts; what had it before has it for good. */
  #noteChange(transaction: Inventory['transaction'], isNew: boolean): void {
    const change = transaction?.phase === 'trial' ? transaction.changes[adopting.key] : undefined;
    const isAdded = change?.before === '' && change.specHash !== '';
    if (isNew || (isAdded && !this.#lasts()))
      this.#generation = isAdded ? transaction?.generation : undefined;
  }

  /** @returns what is wrong with a deletion; empty: nothing */
  onDelete({ name }: ModelLink): string {
    if (name !== adopting.link) return '';
    this.#isDeleted = true;
    if (this.#state !== 'ours') return '';
    if (!this.#isWanted && !this.#wasWanted && !this.#lasts() && !this.isExcused)
      return `${name} is deleted, which generation ${this.#generation} took over, and did not last`;
    this.#state = this.#lasts() ? 'over' : 'gone';
    return '';
  }

  /** @returns what is wrong with it now; empty: nothing */
  look(): string {
    if (!this.#host.adopts) return '';
    const link = this.#link;
    if (link && !link.isProtected && this.#state === 'gone') this.#state = 'ours';
    if (link?.isProtected && !this.#host.isClaimed(link.name, link.kind)) this.#remember(link);
    if (!link || link.isProtected || (this.#state !== 'ours' && !this.isExcused)) return '';
    const isOurs = this.#known().links[link.name] || this.#host.isClaimed(link.name, link.kind);
    if (isOurs) return '';
    Object.assign(link, { isProtected: true, madeBy: undefined });
    this.#state = 'theirs';
    return this.isExcused ? '' : this.#differences();
  }

  #remember({ addresses, mtu, master }: ModelLink): void {
    this.#former = { addresses, mtu, master };
  }

  /** What is wrong with it once all has come to rest. */
  wrong(): readonly string[] {
    if (this.isExcused || !this.#host.adopts || this.#isWanted) return [];
    if (this.#state === 'ours') return [`${adopting.link} is not given back`];
    if (this.#state === 'over') return [];
    return [this.#differences()].filter((text) => text !== '');
  }

  #differences(): string {
    const link = this.#link;
    if (!link) return `${adopting.link} of others is gone`;
    const { addresses, mtu, master } = this.#former ?? link;
    const lost = addresses.filter((address) => !link.addresses.includes(address));
    if (lost.length === 0 && link.mtu === mtu && link.master === master) return '';
    const [is, was] = [link, this.#former ?? link].map((settings) =>
      [...settings.addresses, settings.mtu, settings.master].join(' '),
    );
    return `${link.name} is given back otherwise than it was: ${is} instead of ${was}`;
  }

  /** Whether the change that took it over was confirmed. */
  #lasts(): boolean {
    if (this.#generation === undefined) return true;
    const text = this.#host.machine.disk.text(places.history);
    const { entries } = JSON.parse(text ?? '{"entries":[]}') as {
      entries: { generation: number; result: string; changes: { key: string }[] }[];
    };
    return entries.some(
      ({ generation, result, changes }) =>
        generation === this.#generation &&
        result === 'confirmed' &&
        changes.some(({ key }) => key === adopting.key),
    );
  }
}
