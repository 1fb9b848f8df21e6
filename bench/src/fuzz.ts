import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { count } from "./count-option.ts";
import { endProgram } from "./fleet/ending.ts";
import { type FuzzAccount, fuzz } from "./fuzz/fuzz-run.ts";
import { Target } from "./fuzz/target.ts";

interface Options {
  readonly requests: number;
  readonly seed: number;
  readonly connections: number;
  readonly json?: boolean;
}

await new Command("fuzz")
  .description(
    "Sends wrong requests to a whole deployment: bodies, headers, paths and methods bent from right ones, requests that no client library would send, slow ones. Exits with 1 on any 5xx but a 503 with Retry-After, an answer that is no problem or lets something out, a process that ended, an error in a log, memory that grows, or an audit that is not clean.",
  )
  .option("--requests <n>", "how many", count, 10_000)
  .option("--seed <n>", "of what is asked", count, 1)
  .option("--connections <n>", "requests at once", count, 32)
  .option("--json", "the account, for machines")
  .action(run)
  .parseAsync();

async function run({ requests, seed, connections, json = false }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "flashgate-fuzz-"));
  let kept = true;
  try {
    const target = await Target.start(folder);
    try {
      const account = await fuzz(target, { requests, seed, connections });
      process.stdout.write(json ? `${JSON.stringify(account, null, 2)}\n` : `${words(account)}\n`);
      kept = !account.ok;
      if (!account.ok) process.exitCode = 1;
    } finally {
      await target.stop();
    }
  } finally {
    if (kept) process.stderr.write(`kept: ${folder}\n`);
    else rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  endProgram();
}

function words({ ok, requests, wireAttacks, statuses, memoryGrowth, confirmedUnits, complaints }: FuzzAccount): string {
  const told = Object.entries(statuses).map(([status, times]) => `${status} × ${times.toLocaleString("en-US")}`);
  return [
    `${requests.toLocaleString("en-US")} requests and ${wireAttacks} attacks on the wire`,
    `answers: ${told.join(", ")}`,
    `memory: ${memoryGrowth === null ? "too short a run to tell" : `${(memoryGrowth * 100).toFixed(1)} % more at the end`}`,
    `sold: ${confirmedUnits.toLocaleString("en-US")} units`,
    "",
    ...complaints,
    ok ? "Nothing was wrong." : "The fuzz run FAILED.",
  ].join("\n");
}
