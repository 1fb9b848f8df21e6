import type { Stores } from "../siege/stores.ts";
import { until } from "./until.ts";

const OPEN_MS_MAX = 60_000;

/** Resolves once a scheduler has opened the sale's gate and `admits` says that an api has heard of it. Throws where that takes too long. */
export async function whenSelling(stores: Stores, saleId: string, admits: () => Promise<boolean>): Promise<void> {
  const { opening } = await stores.gate();
  const sells = async () => {
    const sale = await stores.ledger.find(saleId);
    return sale?.state === "open" && (await opening.isOpen(saleId, sale.openEpoch)) && (await admits());
  };
  if (!(await until(sells, OPEN_MS_MAX))) throw new Error("the sale did not open: see the scheduler's log");
}
