import { auditSale } from "@flashgate/core";
import type { Command } from "commander";
import { chosenSale } from "../chosen-sale.ts";
import { steadyClock, wallClock } from "../clock.ts";
import { auditText, isClean, repairJson, repairText } from "../repair-report.ts";
import { type Repair, repairSale } from "../sale-repair.ts";
import { commandLine } from "./command-line.ts";
import { dataOption } from "./data-option.ts";
import { type Addresses, findAddresses, queueUrlOf, type Stores, withStores } from "./stores.ts";
import { colours, print, printJson } from "./terminal.ts";

const SILENT = { emit: () => undefined };

interface ReconcileOptions {
  readonly sale: string;
  readonly repair?: boolean;
  readonly data: string;
  readonly json?: boolean;
}

/** `flashgate reconcile` */
export function addReconcile(program: Command): void {
  program
    .command("reconcile")
    .summary("find where gate and ledger differ, and repair it")
    .description(
      'Audits a sale as "verify" does, and with --repair mends what may be mended: moves on the holds that are due, and has a gate whose books are wrong rebuilt from the ledger by the scheduler, in a new epoch, within seconds. Stock is written by nothing else.',
    )
    .option("--sale <id>", 'a sale\'s id, or "current"', "current")
    .option("--repair", "repair, then audit again")
    .option("--json", "for machines: the audit, and what the repair did")
    .addOption(dataOption())
    .addHelpText("after", HELP)
    .action(reconcile);
}

const HELP = `
Exits with 1 when anything is wrong: without --repair what was found, with it what is left.

Examples:
  flashgate reconcile
  flashgate reconcile --sale 2026112211 --repair`;

async function reconcile({ sale: choice, repair, data, json }: ReconcileOptions): Promise<void> {
  const addresses = await findAddresses(data);
  await withStores(addresses, async (stores) => {
    const { id } = await chosenSale(stores.ledger, choice, wallClock);
    const done = repair ? present(await repairNow(stores, addresses, id), id) : null;
    const report = done?.after ?? present(await auditSale(stores, id), id);
    const palette = colours(process.stdout);
    if (json) printJson(repairJson(report, done));
    else if (done) print(repairText(done, palette));
    else print(auditText(report, commandLine(`reconcile --sale ${id} --repair`, data), palette));
    if (!isClean(report) || done?.rebuilding === "late") process.exitCode = 1;
  });
}

async function repairNow(stores: Stores, addresses: Addresses, saleId: string): Promise<Repair | null> {
  const { BullSettlementQueue } = await import("@flashgate/redis");
  const queue = new BullSettlementQueue({ url: queueUrlOf(addresses), onFault: () => undefined });
  try {
    await queue.whenReady();
    return await repairSale({ ...stores, queue, clock: wallClock, steadyClock, telemetry: SILENT }, saleId);
  } finally {
    await queue.close();
  }
}

function present<Found>(found: Found | null, saleId: string): Found {
  if (found === null) throw new Error(`sale ${saleId} was in the ledger and is not there any more`);
  return found;
}
