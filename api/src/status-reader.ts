import type { CheckoutLedger, Clock, Hold, Holds, SaleLedger, Ticket, TicketStatus } from "@flashgate/core";
import { BATCH_MAX, StatusBatch } from "./status-batch.ts";
import type { Verdicts } from "./verdicts.ts";

/** Where a checkout stands: what the ledger says, and, where it is `held` and the ticket says too little, the hold itself. */
export type Standing = TicketStatus | { readonly kind: "held"; readonly hold: Hold };

/** The ledger has adopted the checkout, and the gate that would tell how it stands is not in place again yet. */
type Untold = { readonly kind: "gate_shut" };

/**
 * Reads ticket statuses: from the verdicts this process has heard of, else from the ledger; now, or when decided. Those
 * who wait are woken by what is heard; {@link lookAgain} makes up for what was not, for all of them at once.
 */
export class StatusReader {
  readonly #batch: StatusBatch;
  readonly #holds: Holds;
  readonly #verdicts: Verdicts;
  readonly #clock: Clock;
  #looking: Promise<void> | undefined;

  constructor(parts: {
    readonly ledger: CheckoutLedger & Pick<SaleLedger, "find">;
    readonly holds: Holds;
    readonly verdicts: Verdicts;
    readonly clock: Clock;
  }) {
    this.#batch = new StatusBatch(parts.ledger);
    this.#holds = parts.holds;
    this.#verdicts = parts.verdicts;
    this.#clock = parts.clock;
  }

  /** The status once it is decided, or as it stands after `waitMs` or when nobody wants it any more. Throws when it is not known here and the ledger is away. */
  async read(ticket: Ticket, waitMs: number, abandoned: () => boolean): Promise<Standing | Untold> {
    const heard = this.#heard(ticket);
    if (heard) return heard;
    const untilMs = this.#clock.nowMs() + waitMs;
    const status = await this.ask(ticket);
    const leftMs = untilMs - this.#clock.nowMs();
    if (status.kind !== "pending" || leftMs <= 0) return this.#complete(ticket, status);
    await this.#verdicts.wait(ticket, leftMs, abandoned);
    return abandoned() ? status : this.#complete(ticket, this.#heard(ticket) ?? (await this.ask(ticket)));
  }

  /**
   * Looks up everybody who waits, since events are at most once; whoever is decided is woken. Repeatable while it runs.
   * Rejects when the ledger is away.
   */
  lookAgain(): Promise<void> {
    this.#looking ??= this.#lookAll().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookAll(): Promise<void> {
    const tickets = this.#verdicts.awaited();
    // One batch at a time, so that whoever asks now is not last in a long line.
    for (let from = 0; from < tickets.length; from += BATCH_MAX) {
      await Promise.all(tickets.slice(from, from + BATCH_MAX).map((ticket) => this.ask(ticket)));
    }
  }

  /** The same; `now` where it cannot be told. */
  async readOr(now: Standing, ticket: Ticket, waitMs: number, abandoned: () => boolean): Promise<Standing> {
    const standing = await this.read(ticket, waitMs, abandoned).catch(() => now);
    return standing.kind === "gate_shut" ? now : standing;
  }

  #heard(ticket: Ticket): TicketStatus | undefined {
    const judged = this.#verdicts.get(ticket.checkoutId);
    if (!judged || ticket.lines.length === 0) return undefined;
    return { kind: "decided", verdict: judged.verdict, decidedAtMs: judged.decidedAtMs, lines: ticket.lines };
  }

  /** What the ledger says. Throws when it is away. */
  async ask(ticket: Ticket): Promise<TicketStatus> {
    const status = await this.#batch.ask(ticket);
    if (status.kind === "decided") {
      this.#verdicts.note({ checkoutId: ticket.checkoutId, verdict: status.verdict, decidedAtMs: status.decidedAtMs });
    }
    return status;
  }

  /**
   * A ticket names no lines where they were not settled when it was made: it is a cart's, or of an answer that was lost.
   * Until the verdict, which is the ledger's, only the hold tells them, and whether the checkout was purchased.
   */
  async #complete(ticket: Ticket, status: TicketStatus): Promise<Standing | Untold> {
    if (status.kind !== "pending" || ticket.lines.length > 0) return status;
    const [hold] = await this.#holds.read(ticket.saleId, status.openEpoch, [ticket.checkoutId]);
    if (hold) return { kind: "held", hold };
    // It was judged or adopted since the ledger was asked, or never reserved.
    const since = await this.ask(ticket);
    const adopted = since.kind === "pending" && (since.lines.length > 0 || since.openEpoch > status.openEpoch);
    return adopted ? { kind: "gate_shut" } : since;
  }
}
