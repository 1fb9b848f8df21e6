import { type Ticket, unitsOf } from "@flashgate/core";
import type { z } from "zod";
import type { ticket as ticketBody } from "./openapi/bodies/ticket.ts";
import type { Standing } from "./status-reader.ts";

/** When a client should ask again. */
const POLL_AFTER_MS = 250;

/** A checkout as its shopper sees it: what the 202 says and what every status answer says. */
export type TicketView = z.infer<typeof ticketBody>;

/** `settleUntilMs`: when a checkout that was not settled is given up; null where that is not known. */
export function ticketView(
  ticket: Ticket,
  sealed: string,
  standing: Standing,
  settleUntilMs: number | null,
): TicketView {
  const lines = linesOf(ticket, standing);
  const base = {
    id: ticket.checkoutId,
    ticket: sealed,
    sale_id: ticket.saleId,
    items: lines.map(({ itemId, quantity }) => ({ item_id: itemId, quantity })),
    quantity: unitsOf(lines),
    reserved_at: new Date(ticket.reservedAtMs).toISOString(),
    links: { self: statusUrl(sealed), sale: `/v1/sales/${ticket.saleId}` },
  };
  if (standing.kind !== "decided") {
    const expiresAtMs = standing.kind === "held" ? standing.hold.deadlineMs : settleUntilMs;
    const expires = expiresAtMs === null ? {} : { expires_at: new Date(expiresAtMs).toISOString() };
    const open = { ...base, ...expires, poll_after_ms: POLL_AFTER_MS };
    if (standing.kind !== "held" || standing.hold.mode === "submitted") return { ...open, status: "queued" };
    return { ...open, status: "reserved", links: { ...base.links, ...stepsOf(sealed) } };
  }
  const { verdict } = standing;
  return {
    ...base,
    status: verdict.state,
    ...(verdict.state === "confirmed" ? { order_id: ticket.checkoutId } : {}),
    ...(verdict.state === "rejected" ? { code: verdict.reason } : {}),
    decided_at: new Date(standing.decidedAtMs).toISOString(),
  };
}

function linesOf(ticket: Ticket, standing: Standing) {
  if (standing.kind === "held") return standing.hold.lines;
  return standing.kind === "unknown_sale" ? ticket.lines : standing.lines;
}

/** What can be done with a cart. */
function stepsOf(sealed: string) {
  return { lines: `${statusUrl(sealed)}/lines`, purchase: `${statusUrl(sealed)}/purchase` };
}

/** Where a ticket's status is read. */
export function statusUrl(sealed: string): string {
  return `/v1/tickets/${sealed}`;
}
