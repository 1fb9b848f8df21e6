/** Something to be done; resolves to the milliseconds of rest that whoever did it wants after it. */
export type Chore = () => Promise<number>;

interface Due {
  readonly atMs: number;
  readonly chore: Chore;
}

/** What is to be done when: a binary heap by due time. Whoever is free takes what is due. */
export class Agenda {
  readonly #heap: Due[] = [];

  get size(): number {
    return this.#heap.length;
  }

  add(atMs: number, chore: Chore): void {
    const heap = this.#heap;
    const due = { atMs, chore };
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (!parent || parent.atMs <= atMs) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = due;
  }

  /** Takes the longest due; null where nothing is due by `nowMs`. */
  take(nowMs: number): Chore | null {
    const [first] = this.#heap;
    if (!first || first.atMs > nowMs) return null;
    const last = this.#heap.pop();
    if (last && last !== first) this.#sink(last);
    return first.chore;
  }

  clear(): void {
    this.#heap.length = 0;
  }

  /** Puts `due` in place of the first. */
  #sink(due: Due): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const [one, other] = [heap[left], heap[left + 1]];
      const below = other && one && other.atMs < one.atMs ? left + 1 : left;
      const child = heap[below];
      if (!child || child.atMs >= due.atMs) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = due;
  }
}
