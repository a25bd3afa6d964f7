import type { ModelLink } from '../model/kernel.ts';
import { type Host, places } from './host.ts';
import type { User } from './user.ts';

/** Notes which links an operator cannot help having seen: those that are there throughout its first pass, which looks at all. */
export class FirstLook {
  readonly #host: Host;
  readonly #user: User;
  #life = 0;
  #began = 0;
  #present: readonly number[] = [];

  constructor(host: Host, user: User) {
    this.#host = host;
    this.#user = user;
  }

  passBegins(): void {
    const { timeline } = this.#host.machine;
    this.#present = timeline.life === this.#life ? [] : this.#told();
    this.#life = timeline.life;
    this.#began = timeline.uptime;
  }

  passEnded(): void {
    if (this.#present.length === 0 || this.#hasHadTrouble()) return;
    const still = new Set(this.#told());
    for (const ifindex of this.#present) if (still.has(ifindex)) this.#host.lookedAt.add(ifindex);
  }

  /** Links on record whose .netdevs are there: nothing less tells whose they are. */
  #told(): readonly number[] {
    const { links = {} } = this.#user.inventory() ?? {};
    const { disk } = this.#host.machine;
    const isTold = ({ name, madeBy }: ModelLink) =>
      links[name] !== undefined && disk.find(`${places.units}/${madeBy}`) !== undefined;
    const told = this.#host.ours().filter(isTold);
    return told.map(({ ifindex }) => ifindex);
  }

  #hasHadTrouble(): boolean {
    const { diskFaults, callFaults } = this.#host.machine;
    return (
      diskFaults.some(({ until }) => until > this.#began) ||
      callFaults.some(({ how, until }) => how !== 'slow' && until > this.#began)
    );
  }
}
