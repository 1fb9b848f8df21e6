import type { CheckoutRecord, Hold } from "../../domain/checkout.ts";
import { UNSEALED_STATES } from "../../domain/sale.ts";
import type { Holds } from "../ports/gate.ts";
import type { CheckoutLedger, HistoryLedger, RecordedAttempt, SaleLedger } from "../ports/ledger.ts";

export interface TimelineParts {
  readonly ledger: SaleLedger & CheckoutLedger & HistoryLedger;
  readonly holds: Pick<Holds, "read">;
}

/** All that is known of one checkout: what was tried, what the gate holds, what the ledger says. */
export interface Timeline {
  readonly saleId: string;
  readonly attempts: readonly RecordedAttempt[];
  /** Null where the gate holds nothing of it. */
  readonly hold: Hold | null;
  /** Null while nobody judged or adopted it. */
  readonly record: CheckoutRecord | null;
}

/** Gates looked through for a checkout that the ledger does not know yet. */
const GATES_MAX = 200;

/** Finds a checkout wherever it is. Null where it is nowhere. Throws where a store that may know of it is away. */
export async function readTimeline({ ledger, holds }: TimelineParts, checkoutId: string): Promise<Timeline | null> {
  const saleId = await ledger.saleOf(checkoutId);
  if (saleId === null) {
    const sales = await ledger.list({ states: UNSEALED_STATES, limit: GATES_MAX });
    for (const { id, openEpoch } of sales) {
      const [hold] = await holds.read(id, openEpoch, [checkoutId]);
      if (hold) return { saleId: id, attempts: [], hold, record: null };
    }
    return null;
  }
  const sale = await ledger.find(saleId);
  const [hold = null] = sale ? await holds.read(saleId, sale.openEpoch, [checkoutId]) : [];
  const [record = null] = await ledger.records(saleId, [checkoutId]);
  return { saleId, attempts: await ledger.attempts({ saleId, checkoutId, limit: 1 }), hold, record };
}
