import { ITEM_ID } from "../../domain/item.ts";
import { currentSale, type Sale } from "../../domain/sale.ts";
import type { SaleLedger } from "../ports/ledger.ts";

/** Sales among which the current one is looked for, newest first. */
const RECENT_SALES = 100;

/** The sale of an id, or the one that "current" means at `nowMs`; null where there is none. */
export async function findSale(
  ledger: Pick<SaleLedger, "find" | "list">,
  choice: string,
  nowMs: number,
): Promise<Sale | null> {
  if (choice === "current") return currentSale(await ledger.list({ limit: RECENT_SALES }), nowMs);
  // What cannot be an id is not asked for: the database would not even take all of it.
  return ITEM_ID.test(choice) ? ledger.find(choice) : null;
}
