import type { PurchaseReply } from "../../domain/outcomes.ts";
import type { Admission, CartStep } from "../ports/gate.ts";
import type { SettlementQueue } from "../ports/settlement-queue.ts";

/** Submits a cart and sends it to the judge; a replay is sent again, which the judge recognises. */
export async function purchaseCart(
  parts: { readonly admission: Admission; readonly queue: SettlementQueue },
  step: CartStep,
): Promise<PurchaseReply> {
  const reply = await parts.admission.purchase(step);
  if (reply.kind === "submitted") parts.queue.submit(step.saleId, reply.epoch, step.checkoutId);
  return reply;
}
