import { clip } from "./clip.ts";

/** What a screen needs of a terminal. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
  on(event: "resize", listener: () => void): unknown;
  off(event: "resize", listener: () => void): unknown;
}

/** A frame is asked for its lines at the terminal's width. */
export type Frame = (columns: number) => readonly string[];

/** Of a terminal that does not say. */
const COLUMNS = 80;
const ROWS = 24;

/** The other screen, which leaves what was on the terminal alone; no cursor. */
const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
/** A frame is shown whole by terminals that know how to wait for its end; others ignore it. */
const BEGIN = "\x1b[?2026h\x1b[H";
const END = "\x1b[J\x1b[?2026l";
const REST_OF_LINE = "\x1b[K";

/**
 * A terminal drawn on again and again. Every frame overwrites the last one in place and in one write, so that nothing is
 * ever blank; it is cut to the terminal, and drawn anew when that changes its size.
 *
 * ```
 *   (the user's) ── first draw() ──▶ ours ── close() ──▶ (the user's, with its cursor and the last frame)
 * ```
 */
export class Screen {
  readonly #terminal: Terminal;
  readonly #onResize = () => this.#show();
  #frame: Frame | null = null;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  draw(frame: Frame): void {
    if (!this.#frame) {
      this.#terminal.write(ENTER);
      this.#terminal.on("resize", this.#onResize);
    }
    this.#frame = frame;
    this.#show();
  }

  /** Idempotent. */
  close(): void {
    if (!this.#frame) return;
    this.#terminal.off("resize", this.#onResize);
    this.#terminal.write(`${LEAVE}${this.#lines().join("\n")}\n`);
    this.#frame = null;
  }

  #show(): void {
    const lines = this.#lines().slice(0, (this.#terminal.rows ?? ROWS) - 1);
    this.#terminal.write(`${BEGIN}${lines.map((line) => `${line}${REST_OF_LINE}`).join("\r\n")}${END}`);
  }

  #lines(): string[] {
    const columns = this.#terminal.columns ?? COLUMNS;
    // The last column stays free: behind a full line some terminals erase the line after it.
    return (this.#frame?.(columns) ?? []).map((line) => clip(line, columns - 1));
  }
}
