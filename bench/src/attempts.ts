import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { count } from "./count-option.ts";
import { endProgram } from "./fleet/ending.ts";
import { Deployment } from "./recording/deployment.ts";
import { measure, type Plan } from "./recording/measure.ts";
import { reportText } from "./recording/report.ts";
import { provenanceOf } from "./simulation/provenance.ts";

interface Options extends Plan {
  readonly json?: boolean;
}

await new Command("attempts")
  .description(
    "Measures what keeping attempts costs: one deployment sells out sale after sale that keeps none, the accepted or all of them, in turn, and refuses whoever comes later. CPU time is the kernel's account of each process. Exits with 1 where a sale did not keep exactly what it was to keep.",
  )
  .option("--rounds <n>", "sales of each kind", count, 7)
  .option("--checkouts <n>", "units of a sale", count, 10_000)
  .option("--refusals <n>", "shoppers who come when it is sold out", count, 10_000)
  .option("--connections <n>", "shoppers at once", count, 64)
  .option("--json", "every measurement, for machines")
  .action(run)
  .parseAsync();

async function run({ json = false, ...plan }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "flashgate-attempts-"));
  try {
    const deployment = await Deployment.start(folder, randomBytes(24).toString("hex"), process.env);
    try {
      const all = await measure(deployment, plan, (round, attempts) => {
        process.stderr.write(`round ${round} of ${plan.rounds}: ${attempts}\n`);
      });
      const provenance = await provenanceOf("attempts", process.argv.slice(2));
      const report = json ? JSON.stringify({ ...provenance, plan, all }, null, 2) : reportText(all, plan, provenance);
      process.stdout.write(`${report}\n`);
    } finally {
      await deployment.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  endProgram();
}
