import { type Ticket, unitsOf } from "@flashgate/core";
import type { z } from "zod";
import type { ticket as ticketBody } from "./openapi/bodies/ticket.ts";
import type { Standing } from "./status-reader.ts";

/** When a client should ask again. */
const POLL_AFTER_MS = 250;

/** A checkout as its shopper sees it: what the 202 says and what every status answer says. */
export type TicketView = z.infer<typeof ticketBody>;

/**
 * `settleUntilMs`: when a checkout that was not settled is given up; null where that is not known. One object to which is
 * added what there is: it is made for every answer, and copies of it would cost more than its words.
 */
export function ticketView(
  ticket: Ticket,
  sealed: string,
  standing: Standing,
  settleUntilMs: number | null,
): TicketView {
  const lines = linesOf(ticket, standing);
  const view: TicketView = {
    id: ticket.checkoutId,
    ticket: sealed,
    status: "queued",
    sale_id: ticket.saleId,
    items: lines.map(({ itemId, quantity }) => ({ item_id: itemId, quantity })),
    quantity: unitsOf(lines),
    reserved_at: instant(ticket.reservedAtMs),
    links: { self: statusUrl(sealed), sale: `/v1/sales/${ticket.saleId}` },
  };
  if (standing.kind === "decided") {
    const { verdict, decidedAtMs } = standing;
    view.status = verdict.state;
    if (verdict.state === "confirmed") view.order_id = ticket.checkoutId;
    if (verdict.state === "rejected") view.code = verdict.reason;
    view.decided_at = instant(decidedAtMs);
    return view;
  }
  view.poll_after_ms = POLL_AFTER_MS;
  const hold = standing.kind === "held" ? standing.hold : null;
  const expiresAtMs = hold ? hold.deadlineMs : settleUntilMs;
  if (expiresAtMs !== null) view.expires_at = instant(expiresAtMs);
  if (hold && hold.mode !== "submitted") {
    view.status = "reserved";
    view.links.lines = `${view.links.self}/lines`;
    view.links.purchase = `${view.links.self}/purchase`;
  }
  return view;
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

function linesOf(ticket: Ticket, standing: Standing) {
  if (standing.kind === "held") return standing.hold.lines;
  return standing.kind === "unknown_sale" ? ticket.lines : standing.lines;
}

/** Where a ticket's status is read. */
export function statusUrl(sealed: string): string {
  return `/v1/tickets/${sealed}`;
}
