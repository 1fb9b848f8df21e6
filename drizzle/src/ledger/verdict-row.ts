import type { CheckoutRecord, Judged, RejectReason, Verdict, VerdictState } from "@flashgate/core";

/** A row's state and reason as the domain's status. Throws on a pair that the schema's checks rule out. */
export function statusOf(state: "held" | VerdictState, reason: RejectReason | null): CheckoutRecord["status"] {
  if (state !== "rejected") return { state };
  if (reason === null) throw new Error("rejected without a reason");
  return { state, reason };
}

/** A verdict that stands in a row. Throws on a row without its moment, which the schema's checks rule out. */
export function judgedOf(checkoutId: string, verdict: Verdict, decidedAtMs: number | null | undefined): Judged {
  if (decidedAtMs === null || decidedAtMs === undefined) throw new Error(`verdict of ${checkoutId} without its moment`);
  return { checkoutId, verdict, decidedAtMs };
}
