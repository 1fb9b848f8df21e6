import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createPool } from "@flashgate/drizzle";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { resume, suspend } from "./freezer.ts";
import { checkout, Instance, verdictOf } from "./instance.ts";
import { expectSold, insist } from "./patient-client.ts";
import { redisCommand } from "./redis-wire.ts";
import { SteadyCrowd } from "./steady-crowd.ts";

/** Each look is a process of its own, which a busy machine starts slowly. */
vi.setConfig({ testTimeout: 90_000 });

const PROGRAM = fileURLToPath(new URL("../../bin/flashgate.js", import.meta.url));

const instance = new Instance();
beforeAll(() => instance.up(["--api", "2", "--worker", "1", "--scheduler", "1"], { ROTATION: "off" }), 90_000);
afterAll(() => instance.dispose());

const watchOnce = async (sale: string, ...args: string[]) => {
  const run = await instance.flashgate("watch", "--sale", sale, "--times", "1", "--json", ...args);
  expect([run.code, run.stderr]).toEqual([0, ""]);
  return JSON.parse(run.stdout);
};

describe("flashgate watch", () => {
  it("counts what the audit counts: stock, attempts with reasons, verdicts, processes", async () => {
    const sale = await instance.newSale("--items", "300");
    const before = (await watchOnce(sale)).attempts;
    const load = await instance.flashgate("load", "--sale", sale, "--buyers", "16", "--json");
    expect(load.code).toBe(0);
    const { acknowledged, refusals } = JSON.parse(load.stdout);
    const seen = await watchOnce(sale);
    expect(seen).toMatchObject({
      sale_id: sale,
      phase: "open",
      units: { total: 300, available: 0, held: 0, sold: 300 },
      gate: { state: "open", epoch: 1 },
      checkouts: { confirmed: acknowledged },
      queue: { waiting: 0, active: 0, failed: 0, oldest_job_age_ms: null },
      instances: {
        api: { known: 2, answering: 2 },
        worker: { known: 1, answering: 1 },
        scheduler: { known: 1, answering: 1 },
      },
      faults: [],
    });
    expect(seen.attempts.held - (before.held ?? 0)).toBe(acknowledged);
    // An api that knows that nothing is left says so without the gate, and counts it all the same or not at all.
    expect(seen.attempts.sold_out - (before.sold_out ?? 0)).toBeLessThanOrEqual(refusals.sold_out);
    expect(seen.lag_ms.p50).toBeGreaterThan(0);
    expect(seen.lag_ms.p99).toBeGreaterThanOrEqual(seen.lag_ms.p50);
  });

  it("sees holds and pages pile up while no worker lives, and how old the oldest is", async () => {
    const sale = await instance.newSale("--items", "10");
    const workers = instance.state.pids["worker"] ?? [];
    suspend(workers);
    try {
      for (const user of ["ada", "bob"]) expect((await checkout(instance.url, sale, user)).status).toBe(202);
      const depth = async () => (await watchOnce(sale)).queue;
      await expect.poll(async () => (await depth()).waiting + (await depth()).active).toBeGreaterThan(0);
      const seen = await watchOnce(sale);
      expect(seen.units).toEqual({ total: 10, available: 8, held: 2, sold: 0 });
      expect(seen.queue.oldest_job_age_ms).toBeGreaterThan(0);
      expect(seen.instances.worker).toEqual({ known: 1, answering: 0 });
    } finally {
      resume(workers);
    }
    await expect.poll(async () => (await watchOnce(sale)).units.sold, { timeout: 20_000 }).toBe(2);
  });

  it("is one plain line a look in a pipe, and ends when nobody reads on", async () => {
    const sale = await instance.newSale("--items", "10");
    const args = ["watch", "--sale", sale, "--interval", "0.25", "--data", instance.dataDir];
    const two = await instance.flashgate("watch", "--sale", sale, "--interval", "0.25", "--times", "2");
    const lines = two.stdout.trimEnd().split("\n");
    expect([two.code, two.stderr, lines.length]).toEqual([0, "", 2]);
    for (const line of lines) expect(line).toMatch(/^\S+Z \S+ open sold=0 held=0 available=10 .*gate=open epoch=1/);
    expect(two.stdout).not.toContain("\x1b");

    const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (chunk) => (stderr += chunk));
    await once(child.stdout, "data");
    child.stdout.destroy();
    const [code, signal] = await once(child, "exit");
    expect([code, signal, stderr]).toEqual([0, null, ""]);
  });

  it("ends at once, and well, on any signal that asks it to", async () => {
    const sale = await instance.newSale("--items", "10");
    const args = ["watch", "--sale", sale, "--interval", "60", "--data", instance.dataDir];
    const ends = (["SIGINT", "SIGTERM", "SIGHUP"] as const).map(async (signal) => {
      const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ["ignore", "pipe", "inherit"] });
      await once(child.stdout, "data");
      child.kill(signal);
      return once(child, "exit");
    });
    for (const end of await Promise.all(ends)) expect(end).toEqual([0, null]);
  });

  it("is redrawn in place on a terminal, and Ctrl-C gives it back with its cursor", async () => {
    const sale = await instance.newSale("--items", "10");
    const shown = await inTerminal(`watch --sale ${sale} --interval 0.25 --data ${instance.dataDir}`, {});
    expect(shown).toContain("\x1b[?25l");
    expect(shown.split("\x1b[?2026h\x1b[H").length).toBeGreaterThan(3);
    expect(shown).not.toContain("\x1b[2J");
    expect(shown).toContain("\x1b[32m█ 0 sold");
    const end = shown.slice(shown.lastIndexOf("\x1b[?25h"));
    expect(end).toContain("\x1b[?1049l");
    expect(end).toContain(`Sale ${sale}`);
    const plain = await inTerminal(`watch --sale ${sale} --interval 0.25 --data ${instance.dataDir}`, {
      NO_COLOR: "1",
    });
    expect(plain).toContain("█ 0 sold");
    for (const colour of ["\x1b[32m", "\x1b[33m", "\x1b[1m", "\x1b[2m"]) expect(plain).not.toContain(colour);
  });

  it("says what is wrong with its options, on the error stream, in other codes than faults", async () => {
    const fast = await instance.flashgate("watch", "--interval", "0.1");
    expect(fast).toMatchObject({ code: 2, stdout: "" });
    expect(fast.stderr).toContain("Give a number of seconds from 0.25");
    const none = await instance.flashgate("watch", "--sale", "x-none");
    expect(none).toMatchObject({ code: 1, stdout: "" });
    expect(none.stderr).toBe('error: The ledger knows no sale "x-none": list them with "flashgate sale list"\n');
  });
});

/** Runs a command of the program on a terminal of 100 columns until it drew some frames, then types Ctrl-C. */
async function inTerminal(words: string, env: NodeJS.ProcessEnv): Promise<string> {
  const command = `stty rows 30 cols 100; exec ${process.execPath} ${PROGRAM} ${words}`;
  const child = spawn("script", ["-qfec", command, "/dev/null"], {
    env: { ...process.env, TERM: "xterm", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let shown = "";
  const drawn = new Promise<void>((resolve, reject) => {
    child.once("error", (error) => reject(new Error(`script of util-linux must be installed: ${error.message}`)));
    child.once("exit", () => resolve());
    child.stdout.on("data", (chunk) => {
      shown += chunk;
      if (shown.split("\x1b[?2026h").length > 3) resolve();
    });
  });
  await drawn;
  const ended = once(child, "exit");
  child.stdin.write("\x03");
  expect((await ended)[0]).toBe(0);
  return shown;
}

describe("flashgate sale pause and resume", () => {
  it("stop and start admission under a crowd, who is told to come back, and lose nothing", async () => {
    const sale = await instance.newSale("--items", "5000");
    const crowd = new SteadyCrowd({ urls: () => instance.state.api_urls, sale, shoppers: 8 });
    crowd.start();
    await crowd.proceeds(50);
    const paused = await instance.flashgate("sale", "pause", sale, "--json");
    expect([paused.code, paused.stderr]).toEqual([0, ""]);
    expect(JSON.parse(paused.stdout)).toMatchObject({ id: sale, paused: true, changed: true, gate: "told" });
    const refused = await checkout(instance.url, sale, "late");
    expect(refused.body.code).toBe("sale_paused");
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    const { acknowledged, confirmed, failures } = await crowd.stop();
    expect(failures.length).toBeGreaterThan(0);
    expect(failures.filter((failure) => !failure.endsWith(" sale_paused"))).toEqual([]);
    expect(confirmed).toBe(acknowledged);
    await expectSold(instance, sale, acknowledged);

    const again = await instance.flashgate("sale", "pause", sale);
    expect(again.stdout).toMatch(/was paused already, and stays so\.\nThe gate was told/);
    const resumed = await instance.flashgate("sale", "resume", sale);
    expect(resumed.stdout).toMatch(/is resumed since \d\d:\d\d:\d\d UTC.*\nThe gate was told/);
    expect((await instance.flashgate("sale", "resume", sale)).stdout).toContain("was not paused, and is not now");
    expect((await checkout(instance.url, sale, "late")).status).toBe(202);
    await expectSold(instance, sale, acknowledged + 1);
  });

  it("say which sale is not there, or closed", async () => {
    const none = await instance.flashgate("sale", "pause", "x-none");
    expect(none).toMatchObject({ code: 1, stdout: "" });
    expect(none.stderr).toContain('knows no sale "x-none": list them with "flashgate sale list"');
    const over = await instance.newSale("--items", "1", "--seconds", "8", "--settle-seconds", "0");
    const pause = () => instance.flashgate("sale", "pause", over);
    await expect
      .poll(async () => (await pause()).stderr, { timeout: 30_000, interval: 200 })
      .toMatch(/is closed and admits nobody/);
  });
});

describe("flashgate reconcile", () => {
  it("finds nothing wrong with a sale that sold", async () => {
    const sale = await instance.newSale("--items", "10");
    const { body } = await checkout(instance.url, sale, "ada");
    await verdictOf(instance.url, body.ticket);
    await expectSold(instance, sale, 1);
    const found = await instance.flashgate("reconcile", "--sale", sale, "--json");
    expect([found.code, JSON.parse(found.stdout).repair]).toEqual([0, null]);
    const repaired = await instance.flashgate("reconcile", "--sale", sale, "--repair");
    expect([repaired.code, repaired.stderr]).toEqual([0, ""]);
    expect(repaired.stdout).toContain("The gate was left as it is.");
  });

  it("names drift and the line that repairs it, has the gate rebuilt, and the sale goes on", async () => {
    const sale = await instance.newSale("--items", "10");
    const { body } = await checkout(instance.url, sale, "ada");
    await verdictOf(instance.url, body.ticket);
    await expectSold(instance, sale, 1);
    const { redis } = await instance.databases();
    await redisCommand(redis.url, "HINCRBY", `flashgate:{${sale}}:1:totals`, "available", 3);
    const found = await instance.flashgate("reconcile", "--sale", sale);
    expect(found.code).toBe(1);
    expect(found.stdout).toContain("broken");
    expect(found.stdout).toContain(`reconcile --sale ${sale} --repair --data ${instance.dataDir}`);

    const repaired = await instance.flashgate("reconcile", "--sale", sale, "--repair", "--json");
    expect([repaired.code, repaired.stderr]).toEqual([0, ""]);
    expect(JSON.parse(repaired.stdout)).toMatchObject({ ok: true, repair: { gate: "rebuilt" } });
    const init = {
      method: "POST",
      headers: { "x-user-id": "bob" },
      json: { items: [{ item_id: "any", quantity: 1 }] },
    };
    const later = await insist(instance, `/v1/sales/${sale}/checkouts`, init);
    expect(later.status).toBe(202);
    await expectSold(instance, sale, 2);
  });

  it("leaves what is wrong in the ledger in the report, and exits with 1", async () => {
    const sale = await instance.newSale("--items", "10");
    const { postgres } = await instance.databases();

    const pool = createPool({ url: postgres.url, max: 1, applicationName: "operator", onError: () => undefined });
    await pool.query("UPDATE flashgate.sales SET items_sold = 1 WHERE id = $1", [sale]);
    await pool.end();
    const repaired = await instance.flashgate("reconcile", "--sale", sale, "--repair");
    expect(repaired.code).toBe(1);
    expect(repaired.stdout).toContain("sale says 1 sold, its rows 0");
    expect(repaired.stdout).toContain("What is listed above is left");
  });
});
