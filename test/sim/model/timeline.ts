/** Something that happens at a virtual time. */
interface Task {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  /** Of which life of the operator; undefined: of the host. */
  readonly life: number | undefined;
  cancelled: boolean;
}

/** 2026-01-01T00:00:00Z */
const epoch = 1_767_225_600_000;

/**
 * Virtual time: tasks in the order of their times, and a clock that jumps from one to the next. What belongs to a life
 * of the operator that is over does not happen.
 */
export class Timeline {
  readonly #heap: Task[] = [];
  #count = 0;
  #now = 0;
  /** The life of the operator that runs now; 0: none. */
  life = 0;
  /** What somebody set the clock forward or (negative) back, ms. */
  offset = 0;

  /** ms since the simulation began. */
  get uptime(): number {
    return this.#now;
  }

  /** ms since the epoch, as the host's clock shows them. */
  get wall(): number {
    return Math.floor(epoch + this.#now + this.offset);
  }

  /** Something of the host. */
  after(ms: number, run: () => void): () => void {
    return this.#add(ms, run, undefined);
  }

  /** Something of the operator's life. */
  inLife(ms: number, run: () => void): () => void {
    return this.#add(ms, run, this.life);
  }

  /** Takes the next task that is due by a time; undefined when there is none. */
  next(until: number): (() => void) | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (!first || first.at > until) {
        if (until !== Number.POSITIVE_INFINITY) this.#now = Math.max(this.#now, until);
        return undefined;
      }
      this.#pop();
      if (first.cancelled || (first.life !== undefined && first.life !== this.life)) continue;
      this.#now = Math.max(this.#now, first.at);
      return first.run;
    }
  }

  #add(ms: number, run: () => void, life: number | undefined): () => void {
    const task: Task = { at: this.#now + Math.max(0, ms), order: ++this.#count, run, life, cancelled: false };
    this.#push(task);
    return () => {
      task.cancelled = true;
    };
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let i = heap.push(task) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      const above = heap[parent] as Task;
      if (!isBefore(task, above)) break;
      heap[i] = above;
      i = parent;
    }
    heap[i] = task;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Task;
    if (heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Task, heap[child] as Task)) child += 1;
      if (!isBefore(heap[child] as Task, last)) break;
      heap[i] = heap[child] as Task;
      i = child;
    }
    heap[i] = last;
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
