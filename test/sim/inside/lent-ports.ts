import type { Inventory } from '../../../state/inventory.ts';
import { ports } from './documents.ts';
import type { Host } from './host.ts';

/** What tells that a port is lent. */
type Record = Pick<Inventory, 'units' | 'transaction' | 'unplug'>;

/** Ports of others that documents name, or that go back to where they were before one did. */
export class LentPorts {
  readonly #host: Host;
  readonly #records: () => readonly Record[];
  /** Which were lent when an operator started, or when others deleted the record, and when (uptime, ms). */
  readonly #until = new Map<string, number>();
  #life = 0;

  /** @param records those that a loss of power may leave */
  constructor(host: Host, records: () => readonly Record[]) {
    this.#host = host;
    this.#records = records;
  }

  passBegins(): void {
    const { life } = this.#host.machine.timeline;
    if (life !== this.#life) this.note();
    this.#life = life;
  }

  /** From now on the record may say otherwise. */
  note(): void {
    const { uptime } = this.#host.machine.timeline;
    for (const name of Object.values(ports)) if (this.#isLent(name)) this.#until.set(name, uptime);
  }

  /**
   * Whether something may be done to a port. What was asked before others deleted the record, or by an operator that died
   * since, may be carried out yet.
   * @param lookedAt when whoever asks had last looked at links (uptime, ms)
   */
  mayBeTouched(name: string, lookedAt: number): boolean {
    return this.#isLent(name) || lookedAt < (this.#until.get(name) ?? 0);
  }

  #isLent(name: string): boolean {
    if (!Object.values(ports).includes(name)) return false;
    return this.#records().some(({ units, transaction, unplug }) => {
      const isOnRecord = transaction?.scene[name] !== undefined || unplug?.[name] !== undefined;
      return isOnRecord || units[`05-osa-net-${name}.network`] !== undefined;
    });
  }
}
