import type { VerdictState } from "@flashgate/core";
import {
  byCheckoutId,
  type Hold,
  type HoldMode,
  type Line,
  type RejectReason,
  type Tomb,
  unitsOf,
} from "@flashgate/core";
import { timestampOf } from "../column-types.ts";
import { chunksOf } from "./chunks.ts";
import type { Statements } from "./statements.ts";

/** A checkout about to get its row. */
export interface Entry {
  readonly checkoutId: string;
  readonly userId: string;
  readonly lines: readonly Line[];
  readonly mode: HoldMode | null;
  readonly key: string;
  readonly fingerprint: string;
  readonly deadlineMs: number | null;
  readonly epoch: number;
  readonly state: "held" | VerdictState;
  readonly reason: RejectReason | null;
  readonly reservedAtMs: number | null;
}

/** A hold to be entered as held: adopted, or claimed until this transaction has judged it. */
export function heldEntry(hold: Hold, epoch: number): Entry {
  return entryOf(hold, epoch, hold.sinceMs, hold.mode, hold.deadlineMs, "held", null);
}

export function confirmedEntry(hold: Hold, epoch: number): Entry {
  return entryOf(hold, epoch, hold.sinceMs, null, null, "confirmed", null);
}

export function tombEntry(tomb: Tomb): Entry {
  const { verdict } = tomb;
  const reason = verdict.state === "rejected" ? verdict.reason : null;
  return entryOf(tomb, tomb.epoch, tomb.reservedAtMs, null, tomb.deadlineMs, verdict.state, reason);
}

/** Every entry with the same shape, field by field: this is the hot path, and a spread costs as much as a row's insert. */
function entryOf(
  of: Pick<Hold, "checkoutId" | "userId" | "lines" | "key" | "fingerprint">,
  epoch: number,
  reservedAtMs: number | null,
  mode: HoldMode | null,
  deadlineMs: number | null,
  state: Entry["state"],
  reason: RejectReason | null,
): Entry {
  const { checkoutId, userId, lines, key, fingerprint } = of;
  return { checkoutId, userId, lines, key, fingerprint, epoch, reservedAtMs, mode, deadlineMs, state, reason };
}

/**
 * Enters what is not there yet, by id. Returns the ids entered, with the moment of those entered with a verdict; an id
 * that is missing has a row already, or its idempotency key belongs to another checkout. No id may come twice.
 */
export async function enter(
  run: Statements,
  saleId: string,
  entries: readonly Entry[],
): Promise<Map<string, number | null>> {
  const entered = new Map<string, number | null>();
  for (const chunk of chunksOf([...entries].sort(byCheckoutId))) {
    const rows = await run.enterCheckouts.execute({ saleId, ...entryColumns(chunk), ...lineColumns(chunk) });
    for (const row of rows) entered.set(row.checkoutId, row.decidedAtMs);
  }
  return entered;
}

function entryColumns(entries: readonly Entry[]) {
  return {
    checkoutIds: entries.map((entry) => entry.checkoutId),
    userIds: entries.map((entry) => entry.userId),
    units: entries.map((entry) => unitsOf(entry.lines)),
    modes: entries.map((entry) => entry.mode),
    keys: entries.map((entry) => entry.key),
    fingerprints: entries.map((entry) => entry.fingerprint),
    deadlines: entries.map((entry) => momentOf(entry.deadlineMs)),
    epochs: entries.map((entry) => entry.epoch),
    states: entries.map((entry) => entry.state),
    reasons: entries.map((entry) => entry.reason),
    reservedAts: entries.map((entry) => momentOf(entry.reservedAtMs)),
  };
}

/** The lines of many checkouts as parallel arrays. */
export function lineColumns(checkouts: readonly { readonly checkoutId: string; readonly lines: readonly Line[] }[]) {
  const lineCheckoutIds: string[] = [];
  const lineItemIds: string[] = [];
  const lineQuantities: number[] = [];
  for (const { checkoutId, lines } of checkouts) {
    for (const { itemId, quantity } of lines) {
      lineCheckoutIds.push(checkoutId);
      lineItemIds.push(itemId);
      lineQuantities.push(quantity);
    }
  }
  return { lineCheckoutIds, lineItemIds, lineQuantities };
}

function momentOf(ms: number | null): string | null {
  return ms === null ? null : timestampOf(ms);
}
