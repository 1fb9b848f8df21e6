import { type AuditReport, auditSale } from "@flashgate/core";
import type { Command } from "commander";
import { chosenSale } from "../chosen-sale.ts";
import { wallClock } from "../clock.ts";
import { CommandFault } from "../command-fault.ts";
import { verdictJson, verdictTables } from "../verdict-table.ts";
import { dataOption } from "./data-option.ts";
import { findAddresses, type Stores, withStores } from "./stores.ts";
import { colours, print, printJson } from "./terminal.ts";

const SALES_MAX = 100;

interface VerifyOptions {
  readonly sale: string;
  readonly data: string;
  readonly json?: boolean;
}

/** `flashgate verify` */
export function addVerify(program: Command): void {
  program
    .command("verify")
    .summary("audit a sale: ledger against gate, every counter against its rows")
    .description(
      "Audits a sale: reads the ledger and the gate, and checks every promise that can be checked from outside. Changes nothing, and may run at any time; what holds only at rest is checked when nothing is held. Exits with 1 on any violation.",
    )
    .option("--sale <id>", `a sale's id, "current", or "all" (the ${SALES_MAX} most recent)`, "current")
    .option("--json", "for machines: every violation of every sale")
    .addOption(dataOption())
    .addHelpText("after", "\nExamples:\n  flashgate verify\n  flashgate verify --sale all --json")
    .action(verify);
}

async function verify({ sale, data, json }: VerifyOptions): Promise<void> {
  const reports = await withStores(await findAddresses(data), (stores) => auditAll(stores, sale));
  if (json) printJson(verdictJson(reports));
  else print(verdictTables(reports, colours(process.stdout)));
  if (reports.some((report) => report.violations.length > 0)) process.exitCode = 1;
}

async function auditAll(stores: Stores, choice: string): Promise<AuditReport[]> {
  const reports: AuditReport[] = [];
  for (const id of await chosenSales(stores, choice)) {
    const report = await auditSale(stores, id);
    if (!report) throw new Error(`sale ${id} was in the ledger and is not there any more`);
    reports.push(report);
  }
  return reports;
}

async function chosenSales({ ledger }: Stores, choice: string): Promise<string[]> {
  if (choice !== "all") return [(await chosenSale(ledger, choice, wallClock)).id];
  const sales = await ledger.list({ limit: SALES_MAX });
  if (sales.length === 0) throw new CommandFault("The ledger has no sale to audit yet");
  return sales.map(({ id }) => id);
}
