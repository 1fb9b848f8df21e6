import type { Sale } from "../../domain/sale.ts";
import type { Opening } from "../ports/gate.ts";
import type { SaleLedger } from "../ports/ledger.ts";

export interface PauseParts {
  readonly ledger: Pick<SaleLedger, "setPaused">;
  readonly opening: Pick<Opening, "tellPaused">;
}

/**
 * `told`: whether the gate knows. Where it does not, being shut or away, it is told by its next opening or by the
 * scheduler's next look at it.
 */
export type PauseOutcome =
  | { readonly kind: "done"; readonly sale: Sale; readonly told: boolean }
  | { readonly kind: "sale_closed" }
  | { readonly kind: "unknown_sale" };

/**
 * Stops a sale's admission; what was admitted settles all the same, and used keys go on answering. The ledger's flag is
 * the truth, and the gate follows: once it was told, nothing is admitted. Repeatable.
 */
export function pauseSale(parts: PauseParts, saleId: string): Promise<PauseOutcome> {
  return setPaused(parts, saleId, true);
}

/** Admits again, by the same way as {@link pauseSale}. */
export function resumeSale(parts: PauseParts, saleId: string): Promise<PauseOutcome> {
  return setPaused(parts, saleId, false);
}

async function setPaused({ ledger, opening }: PauseParts, saleId: string, paused: boolean): Promise<PauseOutcome> {
  const reply = await ledger.setPaused(saleId, paused);
  switch (reply.kind) {
    case "set": {
      const { sale } = reply;
      const told = sale.state === "open" && (await isTold(opening, sale));
      return { kind: "done", sale, told };
    }
    case "closed":
      return { kind: "sale_closed" };
    case "unknown_sale":
      return reply;
    default:
      return reply satisfies never;
  }
}

/** The flag stands whatever happens here. */
async function isTold(opening: PauseParts["opening"], sale: Sale): Promise<boolean> {
  const reply = await opening.tellPaused(sale.id, sale.openEpoch, sale).catch(() => "gate_shut");
  return reply === "told";
}
