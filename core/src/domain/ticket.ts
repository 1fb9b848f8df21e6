import { formatLines, type Line, parseLines } from "./lines.ts";

/**
 * What the shopper is handed: names the checkout, its sale and the epoch that took it, so that its status can be told
 * from the ledger alone. `lines` are what was reserved; empty where the answer of the gate never arrived.
 */
export interface Ticket {
  readonly checkoutId: string;
  readonly saleId: string;
  readonly epoch: number;
  readonly userId: string;
  readonly reservedAtMs: number;
  readonly lines: readonly Line[];
}

const SEPARATOR = "|";

/** A ticket as the text that is signed. No part may hold the separator: ids are `[A-Za-z0-9_-]`. */
export function formatTicket(ticket: Ticket): string {
  const { checkoutId, saleId, epoch, userId, reservedAtMs, lines } = ticket;
  return [checkoutId, saleId, epoch, userId, reservedAtMs.toString(36), formatLines(lines)].join(SEPARATOR);
}

/** The reverse of {@link formatTicket}; only for text whose signature was verified. Throws on anything else. */
export function parseTicket(text: string): Ticket {
  const [checkoutId, saleId, epoch, userId, reservedAt, lines, ...rest] = text.split(SEPARATOR);
  if (!checkoutId || !saleId || !epoch || !userId || !reservedAt || lines === undefined || rest.length > 0) {
    throw new Error("not a ticket");
  }
  return {
    checkoutId,
    saleId,
    epoch: Number(epoch),
    userId,
    reservedAtMs: parseInt(reservedAt, 36),
    lines: parseLines(lines),
  };
}
