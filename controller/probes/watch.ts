import type { ResourceKey } from '../../crds/resource.ts';
import { equal } from '../../state/equal.ts';
import type { Probe, ProbeAnswers } from '../../state/probe.ts';
import type { World } from '../world.ts';

/** Between two looks at the probes of documents while nothing is changed, ms. */
const interval = 60_000;

/**
 * Asks the probes of documents while the host is at rest, for the status alone: what they say changes nothing of the
 * host. Wakes the loop only when an answer is another than before.
 */
export class ProbeWatch {
  readonly #world: Pick<World, 'clock' | 'probes'>;
  readonly #wake: (key: ResourceKey) => void;
  #probes: readonly Probe[] = [];
  #answers: ProbeAnswers = new Map();
  #cancelTimer = () => {};
  /** Counts what makes an answer stale that is still on its way. */
  #round = 0;

  constructor(world: Pick<World, 'clock' | 'probes'>, wake: (key: ResourceKey) => void) {
    this.#world = world;
    this.#wake = wake;
  }

  /** What documents want to be asked from now on; asks at once where that is news. */
  follow(probes: readonly Probe[]): void {
    if (probes === this.#probes || equal(probes, this.#probes)) return;
    const same = (probe: Probe) => this.#probes.some((other) => equal(other, probe));
    const known = new Set<string>(probes.filter(same).map(({ id }) => id));
    this.#answers = new Map([...this.#answers].filter(([id]) => known.has(id)));
    this.#probes = probes;
    this.stop();
    if (probes.length > 0) void this.#look(this.#round);
  }

  /** The last answer of each probe that was asked. */
  answers(): ProbeAnswers {
    return this.#answers;
  }

  stop(): void {
    this.#round += 1;
    this.#cancelTimer();
  }

  async #look(round: number): Promise<void> {
    const { clock, probes } = this.#world;
    const asked = this.#probes;
    const troubles = await Promise.all(asked.map((probe) => probes.check(probe)));
    if (round !== this.#round) return;
    const before = this.#answers;
    const now = clock.now();
    this.#answers = new Map(
      asked.map(({ id }, i) => {
        const trouble = troubles[i] ?? '';
        const last = before.get(id);
        // The words may differ from time to time; that it fails does not.
        const isSame = last !== undefined && (last.trouble === '') === (trouble === '');
        return [id, isSame ? last : { trouble, since: now }];
      }),
    );
    this.#cancelTimer = clock.after(interval, () => void this.#look(round));
    for (const [id, answer] of this.#answers) if (before.get(id) !== answer) this.#wake(id as ResourceKey);
  }
}
