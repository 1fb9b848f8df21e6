import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { type Rehearsal, rehearse } from "./topology/rehearsal.ts";
import { Topology } from "./topology/topology.ts";

interface Options {
  readonly items: number;
  readonly buyers: number;
  readonly rate: number;
  readonly seconds: number;
  readonly wait: number;
  readonly json?: boolean;
  readonly keep?: boolean;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

await new Command("topology")
  .description(
    "Runs what docker-compose.yml describes without an engine: each service of this project with the same command and settings as a plain process, local's Postgres and Redis and this machine's nginx in the place of their images. Then, through nginx: a stream and a long poll, a crowd under which each api is restarted, the audit; and stops everything within its grace. Exits with 1 where anything is not as promised.",
  )
  .option("--items <n>", "units on sale", whole, 100_000)
  .option("--buyers <n>", "connections of the crowd", whole, 128)
  .option("--rate <n>", "shoppers a second", whole, 400)
  .option("--seconds <s>", "how long the crowd comes", whole, 30)
  .option("--wait <s>", "how long the long poll is held back", whole, 30)
  .option("--json", "the account, for machines")
  .option("--keep", "keep secrets, data and logs, which are also kept where something is wrong")
  .action(run)
  .parseAsync();

async function run({ json = false, keep = false, wait, ...sizes }: Options): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "flashgate-topology-"));
  let kept = true;
  try {
    const topology = await Topology.start({ root: ROOT, folder, env: process.env });
    try {
      const account = await rehearse(topology, { ...sizes, waitS: wait, root: ROOT });
      process.stdout.write(json ? `${JSON.stringify(account, null, 2)}\n` : `${words(account)}\n`);
      kept = keep || !account.ok;
      if (!account.ok) process.exitCode = 1;
    } finally {
      await topology.end();
    }
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    if (kept) process.stderr.write(`kept: ${folder}\n`);
    else rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function words(account: Rehearsal): string {
  const { ran, leftOut, streamOpenedMs, streamEventMs, longPollMs, load, restarts, handedOn, endings } = account;
  const inMs = (ms: number | null) => (ms === null ? "never" : `${Math.round(ms)} ms`);
  const took = (all: Rehearsal["endings"]) => all.map(({ name, tookMs }) => `${name} ${inMs(tookMs)}`).join(", ");
  return [
    `ran        ${ran.join(", ")}`,
    `left out   ${leftOut.join(", ")}`,
    `stream     snapshot after ${inMs(streamOpenedMs)}, stock after ${inMs(streamEventMs)}, over TLS and HTTP/2`,
    `long poll  ${inMs(longPollMs)}`,
    `crowd      ${load.acknowledged.toLocaleString("en-US")} checkouts, ${load.acknowledged_per_second}/s; 202 p50 ${load.latency_ms.p50} ms, p99 ${load.latency_ms.p99} ms`,
    `restarted  ${took(restarts)} to end`,
    `handed on  ${handedOn} requests, from an api that failed to the other`,
    `stopped    ${took(endings)}`,
    "",
    ...account.faults,
    account.ok ? "All as promised." : "The topology is NOT as promised.",
  ].join("\n");
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new InvalidArgumentError("a whole number from 1 on is wanted");
}
