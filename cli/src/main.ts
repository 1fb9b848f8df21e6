import { createRequire } from "node:module";
import { Command, CommanderError } from "commander";
import { addDlq } from "./commands/dlq.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addLoad } from "./commands/load.ts";
import { addMigrate } from "./commands/migrate.ts";
import { addOpenApi } from "./commands/openapi.ts";
import { addProcesses } from "./commands/processes.ts";
import { addReconcile } from "./commands/reconcile.ts";
import { addRedisUsers } from "./commands/redis-users.ts";
import { addSale } from "./commands/sale.ts";
import { readSecrets } from "./commands/secrets.ts";
import { addUp } from "./commands/up.ts";
import { addVerify } from "./commands/verify.ts";
import { addWatch } from "./commands/watch.ts";
import { faultLine } from "./fault-line.ts";

const FAILED = 1;
const WRONG_USAGE = 2;

const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

const program = new Command("flashgate")
  .description("A flash-sale engine: one gate, one judge, exactly the stock sold.")
  .version(version)
  .hook("preAction", readSecrets)
  .exitOverride()
  .showSuggestionAfterError()
  .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
  .addHelpText(
    "after",
    '\nStart with "flashgate up", then "flashgate load" in another terminal, then "flashgate verify".',
  );

const SELLING = [addUp, addLoad, addSale, addWatch, addVerify, addReconcile, addDlq, addDoctor];
const DEPLOYING = [addProcesses, addMigrate, addRedisUsers, addOpenApi];
for (const add of [...SELLING, ...DEPLOYING]) add(program);

// Whoever reads our output may leave before it ends: that is no error of ours.
process.stdout.on("error", () => undefined);

await program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : WRONG_USAGE);
  process.stderr.write(`error: ${faultLine(error)}\n`);
  process.exit(FAILED);
});
