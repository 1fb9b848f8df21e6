import { type CheckoutLedger, type Clock, readTicket, type Ticket, type TicketStatus } from "@flashgate/core";
import type { Verdicts } from "./verdicts.ts";

/** A waiting shopper's status is read again at least this often: events are at most once. */
const LOOK_AGAIN_MS = 3_000;

/** Reads ticket statuses: from the verdicts this process has heard of, else from the ledger; now, or when decided. */
export class StatusReader {
  readonly #ledger: CheckoutLedger;
  readonly #verdicts: Verdicts;
  readonly #clock: Clock;

  constructor(parts: { readonly ledger: CheckoutLedger; readonly verdicts: Verdicts; readonly clock: Clock }) {
    this.#ledger = parts.ledger;
    this.#verdicts = parts.verdicts;
    this.#clock = parts.clock;
  }

  /** The status once it is decided, or as it stands after `waitMs` or when nobody wants it any more. Throws when it is not known here and the ledger is away. */
  async read(ticket: Ticket, waitMs: number, abandoned: () => boolean): Promise<TicketStatus> {
    const untilMs = this.#clock.nowMs() + waitMs;
    for (;;) {
      const status = this.#heard(ticket) ?? (await this.#ask(ticket));
      const leftMs = untilMs - this.#clock.nowMs();
      if (status.kind !== "pending" || leftMs <= 0 || this.#verdicts.closed || abandoned()) return status;
      await this.#verdicts.wait(ticket.checkoutId, Math.min(leftMs, LOOK_AGAIN_MS));
    }
  }

  #heard(ticket: Ticket): TicketStatus | undefined {
    const judged = this.#verdicts.get(ticket.checkoutId);
    // A ticket that names no lines is of an answer that was lost: the ledger knows them.
    if (!judged || ticket.lines.length === 0) return undefined;
    return { kind: "decided", verdict: judged.verdict, decidedAtMs: judged.decidedAtMs, lines: ticket.lines };
  }

  async #ask(ticket: Ticket): Promise<TicketStatus> {
    const status = await readTicket(this.#ledger, ticket);
    if (status.kind === "decided") {
      this.#verdicts.note({ checkoutId: ticket.checkoutId, verdict: status.verdict, decidedAtMs: status.decidedAtMs });
    }
    return status;
  }
}
