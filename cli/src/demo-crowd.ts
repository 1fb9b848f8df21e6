import { faultLine } from "./fault-line.ts";

/** How far a crowd is, as the apis are told. */
export interface CrowdNews {
  readonly kind: "crowd";
  readonly state: "idle" | "preparing" | "buying" | "done" | "failed";
  readonly saleId: string | null;
  readonly fault: string | null;
}

export interface DemoCrowdParts {
  /** Runs a command of this program in a process of its own, and resolves to what it prints. */
  readonly run: (words: readonly string[]) => Promise<string>;
  readonly tell: (news: CrowdNews) => void;
}

const ITEMS = 10_000;
const BUYERS = 256;
/** Long enough to be looked at afterwards; then it is sealed like any other. */
const SALE_SECONDS = 1_800;

/**
 * The crowd of a demonstration: a sale of its own, and buyers until it is sold out.
 *
 * ```
 *   idle ── send() ──▶ preparing ── the sale is open ──▶ buying ── sold out, verdict good ──▶ done    send(), again ──▶ preparing
 *                          └───────────── a command fails ─┴────────────────────────────────▶ failed
 * ```
 */
export class DemoCrowd {
  readonly #parts: DemoCrowdParts;
  #news: CrowdNews = { kind: "crowd", state: "idle", saleId: null, fault: null };

  constructor(parts: DemoCrowdParts) {
    this.#parts = parts;
  }

  /** Tells how far it is: somebody may have come who does not know. */
  repeat(): void {
    this.#parts.tell(this.#news);
  }

  /** Resolves when it is over; at once where one is out. Never rejects. */
  async send(): Promise<void> {
    if (this.#news.state === "preparing" || this.#news.state === "buying") return this.repeat();
    this.#is({ state: "preparing", saleId: null });
    try {
      const made = await this.#parts.run(["sale", "new", `--items=${ITEMS}`, `--seconds=${SALE_SECONDS}`, "--json"]);
      const { id: saleId } = JSON.parse(made) as { readonly id: string };
      this.#is({ state: "buying", saleId });
      await this.#parts.run(["load", `--sale=${saleId}`, `--buyers=${BUYERS}`, "--json"]);
      this.#is({ state: "done", saleId });
    } catch (error) {
      this.#is({ state: "failed", saleId: this.#news.saleId, fault: faultLine(error) });
    }
  }

  #is(news: Pick<CrowdNews, "state" | "saleId"> & Partial<CrowdNews>): void {
    this.#news = { kind: "crowd", fault: null, ...news };
    this.repeat();
  }
}
