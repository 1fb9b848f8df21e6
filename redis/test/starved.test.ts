import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";
import type { Hold } from "@flashgate/core";
import { startTestServices, type TestRedis } from "@flashgate/local/testing";
import type { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { connect, field, ready } from "../src/connection.ts";
import { openGate, type RedisGate } from "../src/gate.ts";
import { impatientClock, Shop, serverNowMs } from "./shop.ts";

let server: TestRedis;
let control: Redis;
let gate: RedisGate;
let shop: Shop;

async function start(durable: boolean): Promise<void> {
  server = await startTestServices({ redisOnly: true, redisDurable: durable });
  control = connect(server.redisUrl, "test-control", "wait");
  await ready(control);
  gate = await openGate({ url: server.redisUrl, name: "test", clock: impatientClock(), backlogMax: 10_000 });
  shop = new Shop(await serverNowMs(control), { a: 1, c: 10_000 });
  await shop.recover(gate, 1, 0);
}

afterEach(async () => {
  gate?.close();
  control?.disconnect();
  await server?.stop();
});

describe("a Redis out of memory", () => {
  beforeEach(() => start(false));

  it("refuses what it would have to write down, before the first write, and takes it all once there is room", async () => {
    const cart = await shop.hold(gate, { mode: "cart" });
    const before = await contents();
    await control.config("SET", "maxmemory", 1);
    const step = { saleId: shop.saleId, checkoutId: cart.checkoutId, userId: cart.userId };
    const demand = { lines: [], any: 1 };
    for (const mode of ["cart", "submitted"] as const) {
      expect(await shop.reserve(gate, { mode, demand, key: "k", fingerprint: "f" })).toEqual({ kind: "gate_shut" });
    }
    expect(await gate.admission.addLines({ ...step, demand })).toEqual({ kind: "gate_shut" });
    expect(await gate.admission.purchase(step)).toEqual({ kind: "gate_shut" });
    expect(await contents()).toEqual(before);

    await control.config("SET", "maxmemory", 0);
    expect(await gate.admission.purchase(step)).toMatchObject({ kind: "submitted" });
    expect((await shop.reserve(gate, { demand })).kind).toBe("held");
  });

  it("still applies verdicts whole, which is what makes room", async () => {
    const [sold, lost] = [await shop.hold(gate), await shop.hold(gate)];
    await control.config("SET", "maxmemory", 1);
    const judged = [
      { checkoutId: sold.checkoutId, verdict: { state: "confirmed" }, decidedAtMs: 1 },
      { checkoutId: lost.checkoutId, verdict: { state: "cancelled" }, decidedAtMs: 1 },
    ] as const;
    expect(await gate.holds.finalise(shop.saleId, 1, judged)).toBe("done");
    await control.config("SET", "maxmemory", 0);
    const facts = await gate.reader.inspect(shop.saleId);
    expect(facts).toMatchObject({ totals: { available: 10_000, held: 0, sold: 1 }, holds: [] });
    expect([...(facts?.buyers ?? [])]).toEqual([[sold.userId, 1]]);
  });

  it("leaves the opening before as it was when it cannot take another", async () => {
    const hold = await shop.hold(gate);
    const before = await contents();
    await control.config("SET", "maxmemory", 1);
    await expect(shop.shut(gate, 2, 1)).rejects.toThrow(/OOM/);
    expect(await contents()).toEqual(before);
    await control.config("SET", "maxmemory", 0);
    const { incarnation } = await shop.shut(gate, 2, 1);
    await control.config("SET", "maxmemory", 1);
    await expect(gate.opening.install(shop.snapshot(2, [hold]), incarnation)).rejects.toThrow(/OOM/);
    await control.config("SET", "maxmemory", 0);
    expect(await gate.opening.isOpen(shop.saleId, 2)).toBe(false);
    expect(await shop.recover(gate, 3, 1)).toEqual([hold]);
  });

  /** All that the server holds, as it would save it. */
  async function contents(): Promise<Record<string, unknown>> {
    const keys = (await control.keys("*")).sort();
    return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await control.dump(key)] as const)));
  }
});

/** What caps the size of a running process's files exists on Linux alone. */
const canCapFiles = (() => {
  try {
    execFileSync("prlimit", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe.runIf(canCapFiles)("a Redis whose disk is full", () => {
  beforeEach(() => start(true));

  it("dies rather than acknowledge what it cannot write down: all that was acknowledged is there after it", async () => {
    const acknowledged: Hold[] = [await shop.hold(gate)];
    const written = Number(field(await control.info("persistence"), "aof_current_size"));
    const died = new Promise((resolve) => control.once("close", resolve));
    const back = new Promise((resolve) => control.once("ready", resolve));
    await promisify(execFile)("prlimit", ["--pid", String(server.pid()), `--fsize=${written + 20_000}`]);
    let refused = 0;
    while (refused === 0) {
      const replies = await Promise.all(Array.from({ length: 10 }, () => shop.reserve(gate)));
      for (const reply of replies) {
        if (reply.kind === "held") acknowledged.push(reply.hold);
        else refused += 1;
      }
    }
    await died;
    expect(acknowledged.length).toBeGreaterThan(10);

    await back;
    await gate.whenReady();
    expect(await shop.reserve(gate)).toEqual({ kind: "gate_shut" });
    const survivors = await shop.recover(gate, 2, 1);
    expect(survivors).toEqual(expect.arrayContaining(acknowledged));
    expect((await shop.reserve(gate)).kind).toBe("held");
  });
});
