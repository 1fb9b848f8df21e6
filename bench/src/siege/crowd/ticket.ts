import { formatLines, mergeLines, parseTicket } from "@flashgate/core";
import type { TicketState } from "../history.ts";

/** A ticket as an answer tells it. */
export interface TicketTold {
  readonly checkoutId: string;
  /** The signed text that clients send back. */
  readonly sealed: string;
  /** The opening that the ticket names. */
  readonly epoch: number;
  readonly state: TicketState;
  /** As in core's formatLines, ordered by item; empty where none were told. */
  readonly lines: string;
  /** When an unsettled checkout is given up; null where that is not told. */
  readonly expiresAtMs: number | null;
  /** When the ledger decided; null while it did not. */
  readonly decidedAtMs: number | null;
}

interface Body {
  readonly id?: unknown;
  readonly ticket?: unknown;
  readonly status?: unknown;
  readonly code?: unknown;
  readonly items?: readonly { readonly item_id: string; readonly quantity: number }[];
  readonly expires_at?: string;
  readonly decided_at?: string;
}

/** Reads the body of an answer about a ticket; null for anything else. */
export function readTicketBody(text: string): TicketTold | null {
  const body = jsonOf(text);
  if (typeof body?.id !== "string" || typeof body.ticket !== "string" || typeof body.status !== "string") return null;
  const lines = mergeLines((body.items ?? []).map((item) => ({ itemId: item.item_id, quantity: item.quantity })));
  return {
    checkoutId: body.id,
    sealed: body.ticket,
    epoch: readSealed(body.ticket).epoch,
    state: (body.status === "rejected" ? `rejected:${String(body.code)}` : body.status) as TicketState,
    lines: formatLines(lines),
    expiresAtMs: momentOf(body.expires_at),
    decidedAtMs: momentOf(body.decided_at),
  };
}

/** A problem's stable code, and the ticket that it names where an outcome is unknown; null for anything else. */
export function readProblemBody(text: string): { readonly code: string; readonly sealed: string | null } | null {
  const body = jsonOf(text);
  if (typeof body?.code !== "string") return null;
  return { code: body.code, sealed: typeof body.ticket === "string" ? body.ticket : null };
}

/** What a signed ticket says in the clear; the signature is the api's to check. */
export function readSealed(sealed: string): { readonly checkoutId: string; readonly epoch: number } {
  const payload = sealed.split(".")[2] ?? "";
  return parseTicket(Buffer.from(payload, "base64url").toString());
}

function momentOf(text: string | undefined): number | null {
  return text === undefined ? null : Date.parse(text);
}

function jsonOf(text: string): Body | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Body) : null;
  } catch {
    return null;
  }
}
