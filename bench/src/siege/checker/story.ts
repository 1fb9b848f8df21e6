import { parseLines, unitsOf } from "@flashgate/core";
import type { FinalState } from "../history.ts";

/** From when a request was sent to when its answer was there. */
export interface Moment {
  readonly invokedAtMs: number;
  readonly toldAtMs: number;
}

/** One acknowledgement: each says that the checkout was there at that moment. */
export interface Ack {
  readonly call: "reserve" | "add" | "purchase";
  readonly moment: Moment;
  /** The opening that took it; null where the answer does not say. */
  readonly epoch: number | null;
  /** What it was said to hold, as in core's formatLines; empty where the answer named no lines. */
  readonly lines: string;
}

/** What shoppers were told of one acknowledged checkout. */
export interface Story {
  readonly checkoutId: string;
  readonly saleId: string;
  readonly userId: string;
  /** Idempotency key; empty where none was sent. */
  readonly key: string;
  readonly mode: "cart" | "purchase";
  readonly demand: string;
  /** In the order in which they were told; never empty. */
  readonly acks: Ack[];
  /** Units that may have been added besides: their answers never came. */
  unitsUnknown: number;
  /** Whether a purchase of the cart was asked for that was not certainly refused. */
  purchaseTried: boolean;
  /** Whether a cancel was acknowledged to have made it cancelled. */
  cancelled: boolean;
}

/** A checkout that may exist: its request was never answered. `checkoutId`: null where nobody named it. */
export interface Rumour {
  readonly saleId: string;
  readonly userId: string;
  readonly key: string;
  readonly mode: "cart" | "purchase";
  readonly demand: string;
  readonly checkoutId: string | null;
}

/** The final state that a ticket's reader was told first. */
export interface Told {
  readonly state: FinalState;
  readonly atMs: number;
}

/** Whether `lines` hold at least what `part` says, item by item. Both as in core's formatLines. */
export function includesLines(lines: string, part: string): boolean {
  if (lines === part) return true;
  const units = new Map(parseLines(lines).map(({ itemId, quantity }) => [itemId, quantity]));
  return parseLines(part).every(({ itemId, quantity }) => (units.get(itemId) ?? 0) >= quantity);
}

/** Units in lines as in core's formatLines. */
export function unitsIn(lines: string): number {
  return unitsOf(parseLines(lines));
}

/** Names a user of a sale, and the user's idempotency key. */
export function userOf({ saleId, userId }: { readonly saleId: string; readonly userId: string }): string {
  return `${saleId}|${userId}`;
}

export function keyOf(of: { readonly saleId: string; readonly userId: string; readonly key: string }): string {
  return `${userOf(of)}|${of.key}`;
}
