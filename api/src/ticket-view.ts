import { type Ticket, type TicketStatus, unitsOf, type Verdict } from "@flashgate/core";

/** When a client should ask again. */
const POLL_AFTER_MS = 250;

/** A checkout as its shopper sees it: what the 202 says and what every status answer says. */
export interface TicketView {
  readonly id: string;
  readonly ticket: string;
  readonly status: "queued" | Verdict["state"];
  readonly sale_id: string;
  readonly items: readonly { readonly item_id: string; readonly quantity: number }[];
  readonly quantity: number;
  readonly reserved_at: string;
  readonly expires_at?: string;
  readonly poll_after_ms?: number;
  readonly order_id?: string;
  readonly code?: string;
  readonly decided_at?: string;
  readonly links: { readonly self: string; readonly sale: string };
}

/** `expiresAtMs`: when an unsettled checkout is given up; null where that is not known. */
export function ticketView(
  ticket: Ticket,
  sealed: string,
  status: TicketStatus,
  expiresAtMs: number | null,
): TicketView {
  const lines = status.kind === "unknown_sale" ? ticket.lines : status.lines;
  const base = {
    id: ticket.checkoutId,
    ticket: sealed,
    sale_id: ticket.saleId,
    items: lines.map(({ itemId, quantity }) => ({ item_id: itemId, quantity })),
    quantity: unitsOf(lines),
    reserved_at: new Date(ticket.reservedAtMs).toISOString(),
    links: { self: statusUrl(sealed), sale: `/v1/sales/${ticket.saleId}` },
  };
  if (status.kind !== "decided") {
    const expires = expiresAtMs === null ? {} : { expires_at: new Date(expiresAtMs).toISOString() };
    return { ...base, status: "queued", ...expires, poll_after_ms: POLL_AFTER_MS };
  }
  const { verdict } = status;
  return {
    ...base,
    status: verdict.state,
    ...(verdict.state === "confirmed" ? { order_id: ticket.checkoutId } : {}),
    ...(verdict.state === "rejected" ? { code: verdict.reason } : {}),
    decided_at: new Date(status.decidedAtMs).toISOString(),
  };
}

/** Where a ticket's status is read. */
export function statusUrl(sealed: string): string {
  return `/v1/tickets/${sealed}`;
}
