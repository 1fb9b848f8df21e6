import { type Clock, currentSale, ITEM_ID, type Sale, type SaleLedger } from "@flashgate/core";
import { CommandFault } from "./command-fault.ts";

/** Sales among which the current one is looked for, newest first. */
const RECENT_SALES = 100;

/** The sale of an id, or the one that "current" means now. Throws a CommandFault that says how to find an id. */
export async function chosenSale(
  ledger: Pick<SaleLedger, "find" | "list">,
  choice: string,
  clock: Clock,
): Promise<Sale> {
  if (choice === "current") {
    const current = currentSale(await ledger.list({ limit: RECENT_SALES }), clock.nowMs());
    if (current) return current;
    throw new CommandFault('No sale runs or is to come: put one on with "flashgate sale new --items 1000"');
  }
  // What cannot be an id is not asked for: the database would not even take all of it.
  const sale = ITEM_ID.test(choice) ? await ledger.find(choice) : null;
  if (sale) return sale;
  throw new CommandFault(`The ledger knows no sale "${choice}": list them with "flashgate sale list"`);
}
