import {
  type CheckoutLedger,
  readTicket,
  readTickets,
  type SaleLedger,
  type Ticket,
  type TicketStatus,
} from "@flashgate/core";

/** Tickets that one read is about, and reads under way at a time: they share the pool with everything else. */
export const BATCH_MAX = 500;
const READING_MAX = 2;

interface Asked {
  readonly ticket: Ticket;
  readonly resolve: (status: TicketStatus) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads statuses from the ledger together: what is asked while reads are under way is read next, in one go. Whoever asks
 * alone is answered at once; a thousand who ask at once cost a few reads.
 */
export class StatusBatch {
  readonly #ledger: CheckoutLedger & Pick<SaleLedger, "find">;
  /** By sale; the sale whose turn it is comes first. */
  readonly #asked = new Map<string, Asked[]>();
  #reading = 0;

  constructor(ledger: CheckoutLedger & Pick<SaleLedger, "find">) {
    this.#ledger = ledger;
  }

  /** What the ledger says. Rejects when it is away. */
  ask(ticket: Ticket): Promise<TicketStatus> {
    return new Promise((resolve, reject) => {
      const asked = this.#asked.get(ticket.saleId);
      if (asked) asked.push({ ticket, resolve, reject });
      else this.#asked.set(ticket.saleId, [{ ticket, resolve, reject }]);
      if (this.#reading >= READING_MAX) return;
      this.#reading += 1;
      // Whoever asks in the same breath is read for together.
      queueMicrotask(() => void this.#work());
    });
  }

  async #work(): Promise<void> {
    for (let batch = this.#next(); batch; batch = this.#next()) await this.#read(batch.saleId, batch.asked);
    this.#reading -= 1;
  }

  #next(): { readonly saleId: string; readonly asked: readonly Asked[] } | null {
    const [first] = this.#asked;
    if (!first) return null;
    const [saleId, asked] = first;
    this.#asked.delete(saleId);
    if (asked.length > BATCH_MAX) this.#asked.set(saleId, asked.slice(BATCH_MAX));
    return { saleId, asked: asked.slice(0, BATCH_MAX) };
  }

  async #read(saleId: string, asked: readonly Asked[]): Promise<void> {
    try {
      const tickets = asked.map(({ ticket }) => ticket);
      const [only] = tickets;
      const alone = only && tickets.length === 1;
      const statuses = alone
        ? [await readTicket(this.#ledger, only)]
        : await readTickets(this.#ledger, saleId, tickets);
      for (const [index, status] of statuses.entries()) asked[index]?.resolve(status);
    } catch (error) {
      for (const { reject } of asked) reject(error);
    }
  }
}
