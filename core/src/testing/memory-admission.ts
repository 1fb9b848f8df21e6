import type { CartStep, ReserveRequest } from "../application/ports/gate.ts";
import { CART_MS, type Hold } from "../domain/checkout.ts";
import type { GateSnapshot } from "../domain/gate-snapshot.ts";
import { type Demand, mergeLines } from "../domain/lines.ts";
import type { CartReply, PurchaseReply, ReserveReply } from "../domain/outcomes.ts";
import { type MemoryOpening, refusalAt } from "./memory-opening.ts";

/** What a leased script finds once its lease was honoured. Times by the gate's clock. */
export interface Opened {
  readonly epoch: number;
  readonly opening: MemoryOpening;
  readonly terms: GateSnapshot["sale"];
  readonly nowMs: number;
  readonly backlogMax: number;
}

/** How long a submitted hold is left to its page before the sweep looks after it. */
export const PAGE_GRACE_MS = 2_000;

/** `reserve.lua` for a new hold. */
export function reserve({ epoch, opening, terms, nowMs, backlogMax }: Opened, request: ReserveRequest): ReserveReply {
  const { checkoutId, userId, mode, demand, key, fingerprint } = request;
  const known = key === "" ? undefined : opening.keys.get(`${userId}|${key}`);
  if (known && known.fingerprint !== fingerprint) return { kind: "key_reused" };
  if (known) {
    const hold = opening.holds.get(known.checkoutId) ?? null;
    return { kind: "replayed", epoch, checkoutId: known.checkoutId, hold };
  }
  const refusal = refusalAt(terms, nowMs);
  if (refusal) return refusal;
  if (opening.holds.size >= backlogMax) return { kind: "backlog_full" };
  const taken = opening.take(userId, demand, terms.limitPerUser);
  if (taken.kind !== "taken") return taken;

  const deadlineMs = mode === "cart" ? Math.min(nowMs + CART_MS, terms.settleUntilMs) : terms.settleUntilMs;
  const hold: Hold = { checkoutId, userId, mode, lines: taken.lines, key, fingerprint, sinceMs: nowMs, deadlineMs };
  opening.holds.set(checkoutId, hold);
  opening.dueAtMs.set(checkoutId, mode === "cart" ? deadlineMs : nowMs + PAGE_GRACE_MS);
  if (key !== "") opening.keys.set(`${userId}|${key}`, { userId, key, fingerprint, checkoutId });
  return { kind: "held", epoch, hold, totals: opening.totals };
}

/** `reserve.lua` for more lines in a cart. */
export function addLines(opened: Opened, step: CartStep & { readonly demand: Demand }): CartReply {
  const { epoch, opening, terms, nowMs } = opened;
  const { checkoutId, userId, demand } = step;
  const hold = opening.holds.get(checkoutId);
  if (!hold || hold.userId !== userId) return { kind: "not_found" };
  if (hold.mode === "lapsed" || nowMs >= hold.deadlineMs) return { kind: "expired" };
  if (hold.mode !== "cart") return { kind: "not_a_cart" };
  const refusal = refusalAt(terms, nowMs);
  if (refusal) return refusal;
  const taken = opening.take(userId, demand, terms.limitPerUser);
  if (taken.kind !== "taken") return taken;
  const grown = { ...hold, lines: mergeLines([...hold.lines, ...taken.lines]) };
  opening.holds.set(checkoutId, grown);
  return { kind: "held", epoch, hold: grown, totals: opening.totals };
}

/** `purchase.lua`. */
export function purchase({ epoch, opening, terms, nowMs }: Opened, { checkoutId, userId }: CartStep): PurchaseReply {
  const hold = opening.holds.get(checkoutId);
  if (!hold || hold.userId !== userId) return { kind: "not_found" };
  if (hold.mode === "submitted") return { kind: "submitted", epoch, hold, again: true };
  if (hold.mode !== "cart" || nowMs >= hold.deadlineMs) return { kind: "expired" };
  const submitted: Hold = { ...hold, mode: "submitted", deadlineMs: terms.settleUntilMs };
  opening.holds.set(checkoutId, submitted);
  opening.dueAtMs.set(checkoutId, nowMs + PAGE_GRACE_MS);
  return { kind: "submitted", epoch, hold: submitted, again: false };
}

/** `lapse.lua`: the ids that are lapsed now. */
export function lapse({ opening, nowMs }: Opened, checkoutIds: readonly string[]): string[] {
  return checkoutIds.filter((id) => {
    const hold = opening.holds.get(id);
    if (hold?.mode !== "cart" || nowMs < hold.deadlineMs) return hold?.mode === "lapsed";
    opening.holds.set(id, { ...hold, mode: "lapsed" });
    return true;
  });
}
