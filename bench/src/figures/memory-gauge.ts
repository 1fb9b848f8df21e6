import { residentBytes } from "../fuzz/memory.ts";

const EVERY_MS = 100;
const MB = 1e6;

/** What a process has resident, looked at ten times a second. In MB of a million bytes; NaN where the system does not tell. */
export class MemoryGauge {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #most = Number.NaN;
  #least = Number.NaN;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#look(), EVERY_MS);
  }

  /** The most and the least since this was asked last. */
  since(): { readonly most: number; readonly least: number } {
    this.#look();
    const { most, least } = { most: this.#most, least: this.#least };
    [this.#most, this.#least] = [Number.NaN, Number.NaN];
    return { most, least };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = (residentBytes(this.#pid) ?? Number.NaN) / MB;
    // a comparison with NaN is false: the first look counts, whatever it is
    if (!(now <= this.#most)) this.#most = now;
    if (!(now >= this.#least)) this.#least = now;
  }
}
