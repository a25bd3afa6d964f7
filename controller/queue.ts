/** Time as the queue sees it; tests pass their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that only ever go forward, whoever sets the clock. */
  uptime(): number;
  /** Calls back once after so many milliseconds; the result cancels it. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  uptime: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};

/**
 * client-go's work queue for one worker that takes everything that is ready at once. A key that is added while it is
 * being processed is processed once more afterwards; adding it ten times is adding it once.
 */
export class WorkQueue<Key> {
  readonly #clock: Clock;
  /** Needs work. A key stays here until it is taken, also while it is being processed. */
  readonly #dirty = new Set<Key>();
  /** Being worked on; never handed out twice at a time. */
  readonly #processing = new Set<Key>();
  /** Keys that become dirty later, each with the one timer that counts: the earliest. */
  readonly #delayed = new Map<Key, { at: number; cancel: () => void }>();
  #wake: (() => void) | undefined;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(key: Key): void {
    if (this.#closed) return;
    this.#dirty.add(key);
    if (!this.#processing.has(key)) this.#wake?.();
  }

  /** Adds a key at a time (ms since the epoch); an earlier appointment of the same key stays. */
  addAt(key: Key, at: number): void {
    const known = this.#delayed.get(key);
    if (this.#closed || (known && known.at <= at)) return;
    known?.cancel();
    const cancel = this.#clock.after(Math.max(0, at - this.#clock.now()), () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, cancel });
  }

  /** Drops a key's appointment: it is as it should be. */
  forget(key: Key): void {
    this.#delayed.get(key)?.cancel();
    this.#delayed.delete(key);
  }

  /** Waits until something is ready and takes all of it; empty once the queue is closed. */
  async take(): Promise<ReadonlySet<Key>> {
    while (!this.#closed && !this.#hasReady()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    if (this.#closed) return new Set();
    const ready = new Set([...this.#dirty].filter((key) => !this.#processing.has(key)));
    for (const key of ready) {
      this.#dirty.delete(key);
      this.#processing.add(key);
    }
    return ready;
  }

  /** The worker is through with these; those that became dirty meanwhile are ready again. */
  done(keys: Iterable<Key>): void {
    for (const key of keys) this.#processing.delete(key);
    if (this.#hasReady()) this.#wake?.();
  }

  /** Ends the worker: `take` returns nothing from now on, and no timer is left. */
  close(): void {
    this.#closed = true;
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#wake?.();
  }

  #hasReady(): boolean {
    for (const key of this.#dirty) if (!this.#processing.has(key)) return true;
    return false;
  }
}
