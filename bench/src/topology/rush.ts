import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import type { Ending } from "./plain-process.ts";
import type { Topology } from "./topology.ts";

const report = z.object({
  ok: z.boolean(),
  faults: z.array(z.string()),
  acknowledged: z.int(),
  acknowledged_per_second: z.number(),
  verdicts: z.record(z.string(), z.int()),
  refusals: z.record(z.string(), z.int()),
  /** Answers after which a shopper came back, by what they said. */
  retries: z.record(z.string(), z.int()),
  gave_up: z.int(),
  latency_ms: z.object({ count: z.int(), p50: z.number(), p99: z.number(), max: z.number() }),
});

export type LoadReport = z.infer<typeof report>;

export interface RushOptions {
  readonly root: string;
  readonly saleId: string;
  readonly buyers: number;
  /** Shoppers a second, whether answered or not. */
  readonly rate: number;
  readonly seconds: number;
}

export interface Rush {
  readonly load: LoadReport;
  /** Processes that were stopped and started again while the crowd was there. */
  readonly restarts: readonly Ending[];
}

/** How long the crowd is there before anything is done to it. */
const LEAD_MS = 1_000;

/**
 * Sends a crowd through nginx, `flashgate load` as it is, and meanwhile restarts the apis in turn, as a new version would
 * be brought in: one is stopped, ends, is started and healthy before the next. Until the crowd is gone, and at least once each.
 */
export async function rush(topology: Topology, options: RushOptions): Promise<Rush> {
  let going = true;
  const crowd = sendCrowd(topology, options).finally(() => {
    going = false;
  });
  // what went wrong with it is told when the restarts are over
  crowd.catch(() => undefined);
  await delay(LEAD_MS);
  const restarts: Ending[] = [];
  for (let turn = 0; going; turn += 1) {
    const name = turn % 2 === 0 ? "api-1" : "api-2";
    const ending = await topology.stop(name);
    const underFire = going;
    await topology.start(name);
    if (underFire) restarts.push(ending);
  }
  return { load: await crowd, restarts };
}

async function sendCrowd(topology: Topology, options: RushOptions): Promise<LoadReport> {
  const { root, saleId, buyers, rate, seconds } = options;
  const words = ["load", "--json", "--sale", saleId, "--url", topology.plans.door("nginx", "http")];
  const numbers = ["--buyers", buyers, "--rate", rate, "--seconds", seconds].map(String);
  const { stdout, stderr } = await runFlashgate(topology, root, [...words, ...numbers]);
  if (stdout === "") throw new Error(`flashgate load said nothing but: ${stderr}`);
  return report.parse(JSON.parse(stdout));
}

/** The audit of a sale, by `flashgate verify`; what it finds, or nothing. */
export async function verify(topology: Topology, root: string, saleId: string): Promise<readonly string[]> {
  const { code, stdout, stderr } = await runFlashgate(topology, root, ["verify", "--sale", saleId]);
  return code === 0 ? [] : [`the audit fails: ${stdout}${stderr}`];
}

/** A command of this project, with the rights and the addresses of a worker. */
function runFlashgate(
  { plans }: Topology,
  root: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const env = { ...plans.inherited(), ...plans.settingsOf("worker-1") };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, "cli/bin/flashgate.js"), ...args],
      { env, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
    );
  });
}
