import { type Clock, findSale, type Sale, type SaleLedger } from "@flashgate/core";
import { CommandFault } from "./command-fault.ts";

/** The sale of an id, or the one that "current" means now. Throws a CommandFault that says how to find an id. */
export async function chosenSale(
  ledger: Pick<SaleLedger, "find" | "list">,
  choice: string,
  clock: Clock,
): Promise<Sale> {
  const sale = await findSale(ledger, choice, clock.nowMs());
  if (sale) return sale;
  if (choice === "current") {
    throw new CommandFault('No sale runs or is to come: put one on with "flashgate sale new --items 1000"');
  }
  throw new CommandFault(`The ledger knows no sale "${choice}": list them with "flashgate sale list"`);
}
