import type { Verdict } from "../../domain/checkout.ts";
import type { DeadLetterLedger } from "../ports/dead-letter-ledger.ts";
import type { Holds } from "../ports/gate.ts";
import type { CheckoutLedger, SaleLedger } from "../ports/ledger.ts";
import { tombOf, tombOfLetter } from "../tombs.ts";

export interface GiveUpParts {
  readonly ledger: Pick<CheckoutLedger, "entomb"> & Pick<DeadLetterLedger, "failureOf"> & Pick<SaleLedger, "find">;
  readonly holds: Pick<Holds, "read" | "finalise">;
}

/**
 * `decided`: the verdict that stands now, `cancelled` or the one that came first. `not_writable`: the fault keeps the ledger
 * from writing a verdict as well, so its units stay held. `unknown`: that checkout never failed.
 */
export type GiveUpOutcome =
  | { readonly kind: "decided"; readonly saleId: string; readonly verdict: Verdict }
  | { readonly kind: "not_writable"; readonly saleId: string }
  | { readonly kind: "unknown" };

/**
 * Gives a dead letter up, as its shopper could: the ledger's verdict first, then the gate gives the units back, or the
 * sweep does where the gate is shut. Repeatable: the verdict that stands is the answer.
 */
export async function giveUpDeadLetter({ ledger, holds }: GiveUpParts, checkoutId: string): Promise<GiveUpOutcome> {
  const letter = await ledger.failureOf(checkoutId);
  const sale = await ledger.find(letter?.saleId ?? "");
  if (!letter || !sale) return { kind: "unknown" };
  const { id: saleId, openEpoch } = sale;
  const [hold] = await holds.read(saleId, openEpoch, [checkoutId]);
  const tomb = hold ? tombOf(hold, openEpoch, "cancelled") : tombOfLetter(letter, { state: "cancelled" });
  const [judged] = await ledger.entomb(saleId, [tomb], { kind: "none" });
  if (!judged) return { kind: "not_writable", saleId };
  if (hold) await holds.finalise(saleId, openEpoch, [judged]).catch(() => undefined);
  return { kind: "decided", saleId, verdict: judged.verdict };
}
