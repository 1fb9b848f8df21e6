import type { Command } from "commander";
import { CommandFault } from "../command-fault.ts";
import { faultLine } from "../fault-line.ts";
import { dataOption } from "./data-option.ts";
import { findDatabase } from "./stores.ts";
import { print } from "./terminal.ts";

/** `flashgate migrate` */
export function addMigrate(program: Command): void {
  program
    .command("migrate")
    .summary("bring the ledger's schema up to date")
    .description(
      'Brings the Postgres schema up to date, or finds that it is. Safe to run from several places at once: one applies, the others wait. "flashgate up" does it by itself.',
    )
    .addOption(dataOption())
    .addHelpText("after", "\nEnvironment: DATABASE_URL (else the instance that runs on --data)")
    .action(async ({ data }: { data: string }) => {
      await migrateLedger(await findDatabase(data));
      print("The ledger's schema is up to date.");
    });
}

/** Throws a CommandFault with the reason when the schema cannot be brought up to date. */
export async function migrateLedger(databaseUrl: string): Promise<void> {
  const { migrate } = await import("@flashgate/drizzle");
  await migrate(databaseUrl).catch((error: unknown) => {
    throw new CommandFault(`The ledger cannot be migrated: ${faultLine(error)}`);
  });
}
