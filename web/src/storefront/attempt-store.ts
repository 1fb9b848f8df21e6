import type { Attempt } from "./attempt.ts";

/** As much of `localStorage` as is needed. */
export type Shelf = Pick<Storage, "length" | "key" | "getItem" | "setItem" | "removeItem">;

const PREFIX = "flashgate:attempt:";
/** After which an attempt is forgotten: its sale is long over. */
const KEPT_MS = 48 * 3_600_000;

/** Attempts in this browser, one entry each, so that two tabs never write over one another's. */
export class AttemptStore {
  readonly #shelf: Shelf;

  constructor(shelf: Shelf) {
    this.#shelf = shelf;
  }

  /** All of them, the latest first; what is too old is forgotten. */
  all(nowMs: number): Attempt[] {
    const names = Array.from({ length: this.#shelf.length }, (_, index) => this.#shelf.key(index) ?? "");
    const kept: Attempt[] = [];
    for (const name of names.filter((name) => name.startsWith(PREFIX))) {
      const attempt = parsed(this.#shelf.getItem(name));
      if (attempt && nowMs - attempt.clickedMs < KEPT_MS) kept.push(attempt);
      else this.#shelf.removeItem(name);
    }
    return kept.sort((a, b) => b.clickedMs - a.clickedMs);
  }

  put(attempt: Attempt): void {
    try {
      this.#shelf.setItem(PREFIX + attempt.key, JSON.stringify(attempt));
    } catch {
      // Full, or not to be written to: the attempt goes on in memory and is only lost to a refresh.
    }
  }

  forget(key: string): void {
    this.#shelf.removeItem(PREFIX + key);
  }
}

/** Whether a change of `localStorage` in another tab is one of attempts; a null name is all of it. */
export const isAttemptName = (name: string | null): boolean => name === null || name.startsWith(PREFIX);

function parsed(text: string | null): Attempt | null {
  try {
    const value = JSON.parse(text ?? "") as Attempt;
    return typeof value.key === "string" && typeof value.clickedMs === "number" ? value : null;
  } catch {
    return null;
  }
}
