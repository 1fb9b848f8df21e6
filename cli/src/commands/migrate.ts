import { type Command, Option } from "commander";
import { CommandFault } from "../command-fault.ts";
import { faultLine } from "../fault-line.ts";
import { dataOption } from "./data-option.ts";
import { findDatabase } from "./stores.ts";
import { print, printJson } from "./terminal.ts";

/** As whom api, worker and scheduler work, unless another name is given; and as whom an exporter looks. */
export const PROCESS_ROLE = "flashgate_process";
const MONITOR_ROLE = "flashgate_monitor";
const ROLE_PASSWORD = "DATABASE_ROLE_PASSWORD";
const MONITOR_PASSWORD = "DATABASE_MONITOR_PASSWORD";
const PASSWORD_BYTES_MIN = 16;

interface MigrateOptions {
  readonly data: string;
  readonly role?: string;
  readonly monitorRole?: string;
  readonly json?: boolean;
}

/** `flashgate migrate` */
export function addMigrate(program: Command): void {
  program
    .command("migrate")
    .summary("bring the ledger's schema up to date")
    .description(
      'Brings the Postgres schema up to date, or finds that it is. Safe to run from several places at once: one applies, the others wait. "flashgate up" does it by itself.',
    )
    .addOption(dataOption())
    .addOption(
      new Option(
        "--role [name]",
        `then make, or bring up to date, the role for api, worker and scheduler: it can log in with ${ROLE_PASSWORD}, reads and writes rows, and can change no table`,
      ).preset(PROCESS_ROLE),
    )
    .addOption(
      new Option(
        "--monitor-role [name]",
        `likewise a role for exporters, with ${MONITOR_PASSWORD}: it reads what Postgres says of itself, and no row`,
      ).preset(MONITOR_ROLE),
    )
    .option("--json", "for machines: what is there now")
    .addHelpText("after", HELP)
    .action(migrateAs);
}

async function migrateAs({ data, role, monitorRole, json }: MigrateOptions): Promise<void> {
  const rolePassword = role === undefined ? "" : passwordIn(ROLE_PASSWORD);
  const monitorPassword = monitorRole === undefined ? "" : passwordIn(MONITOR_PASSWORD);
  const databaseUrl = await findDatabase(data);
  await migrateLedger(databaseUrl);
  if (role !== undefined) await grantRole(databaseUrl, rolePassword, role);
  if (monitorRole !== undefined) {
    const { grantMonitorRole } = await import("@flashgate/drizzle");
    await grantMonitorRole(databaseUrl, monitorRole, monitorPassword).catch(cannotMake("exporters"));
  }
  if (json) return printJson({ schema: "up_to_date", role: role ?? null, monitor_role: monitorRole ?? null });
  print("The ledger's schema is up to date.");
  if (role !== undefined) {
    print(`The role ${role} may work on it: name it in the DATABASE_URL of api, worker and scheduler.`);
  }
  if (monitorRole !== undefined) print(`The role ${monitorRole} may watch it.`);
}

const HELP = `
Environment: DATABASE_URL (else the instance that runs on --data), ${ROLE_PASSWORD}, ${MONITOR_PASSWORD}

Examples:
  flashgate migrate
  ${ROLE_PASSWORD}=… flashgate migrate --role`;

/** Throws a CommandFault with the reason when the schema cannot be brought up to date. */
export async function migrateLedger(databaseUrl: string): Promise<void> {
  const { migrate } = await import("@flashgate/drizzle");
  await migrate(databaseUrl).catch((error: unknown) => {
    throw new CommandFault(`The ledger cannot be migrated: ${faultLine(error)}`);
  });
}

/** The URL of the processes' role, made or brought up to date. Throws a CommandFault with the reason when it cannot be. */
export async function grantRole(databaseUrl: string, password: string, role = PROCESS_ROLE): Promise<string> {
  const { grantProcessRole } = await import("@flashgate/drizzle");
  return grantProcessRole(databaseUrl, role, password).catch(cannotMake("the processes"));
}

function cannotMake(whose: string): (error: unknown) => never {
  return (error) => {
    throw new CommandFault(`The role of ${whose} cannot be made: ${faultLine(error)}`);
  };
}

function passwordIn(variable: string): string {
  const password = process.env[variable] ?? "";
  if (Buffer.byteLength(password) >= PASSWORD_BYTES_MIN) return password;
  throw new CommandFault(
    `${variable} must have at least ${PASSWORD_BYTES_MIN} bytes: make one with "openssl rand -hex 16"`,
  );
}
