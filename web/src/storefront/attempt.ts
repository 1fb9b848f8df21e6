import { type ErrorCode, isDecided, type Ticket } from "@flashgate/client";

/** What was wanted, and what is known of it. Kept in this browser from before the request is sent, so that a refresh goes on. */
export interface Attempt {
  /** The idempotency key: the same attempt is one checkout however often it is sent. */
  readonly key: string;
  readonly saleId: string;
  /** `any` takes whatever is left. */
  readonly itemId: string;
  /** The item's name, once it is known. */
  readonly itemName: string | null;
  /** On this device's clock. */
  readonly clickedMs: number;
  readonly ticket: Ticket | null;
  /** From the click to the promise, in milliseconds. */
  readonly reservedAfterMs: number | null;
  readonly refusal: Refusal | null;
}

/** Why there is no ticket. */
export interface Refusal {
  readonly code: ErrorCode;
  /** `user_limit`: what this shopper may still reserve. */
  readonly unitsLeft: number | null;
  /** `unauthenticated`: whether there was a sign-in, which the shop did not take. */
  readonly signedIn?: boolean;
}

/**
 * ```
 *   asking ─▶ settling ─▶ confirmed | rejected | expired | cancelled
 *      └────▶ refused
 * ```
 */
export type Stage = "asking" | "settling" | "confirmed" | "rejected" | "expired" | "cancelled" | "refused";

export function stageOf({ ticket, refusal }: Pick<Attempt, "ticket" | "refusal">): Stage {
  if (refusal) return "refused";
  if (!ticket) return "asking";
  return ticket.status === "queued" || ticket.status === "reserved" ? "settling" : ticket.status;
}

export const isOver = (attempt: Attempt): boolean =>
  attempt.refusal !== null || (attempt.ticket !== null && isDecided(attempt.ticket));

/** From the click to the verdict, in milliseconds: this browser's part and then the server's, however late it was looked at. */
export function decidedAfterMs({ ticket, reservedAfterMs }: Attempt): number | null {
  if (ticket?.decided_at === undefined || reservedAfterMs === null) return null;
  return reservedAfterMs + Math.max(0, Date.parse(ticket.decided_at) - Date.parse(ticket.reserved_at));
}

/** How much of the time that an undecided checkout has is left, from 1 to 0. Null where it has no end. */
export function timeLeftShare({ expires_at, reserved_at }: Ticket, nowMs: number): number | null {
  if (expires_at === undefined) return null;
  const [fromMs, toMs] = [Date.parse(reserved_at), Date.parse(expires_at)];
  if (toMs <= fromMs) return 0;
  return Math.min(1, Math.max(0, (toMs - nowMs) / (toMs - fromMs)));
}

/** Units that this shopper has bought in a sale, as far as this browser knows. */
export function boughtIn(attempts: readonly Attempt[], saleId: string): number {
  return attempts
    .filter((attempt) => attempt.saleId === saleId && stageOf(attempt) === "confirmed")
    .reduce((units, { ticket }) => units + (ticket?.quantity ?? 0), 0);
}

/** Whether an attempt is, or became, one on that item. */
export function isOn({ itemId, ticket }: Attempt, id: string): boolean {
  return itemId === id || (ticket?.items.some((line) => line.item_id === id) ?? false);
}
