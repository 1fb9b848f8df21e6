import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { FaultProxy } from "../src/fleet/fault-proxy.ts";
import { RedisServer } from "../src/fleet/redis-server.ts";
import { skewedClock } from "../src/fleet/skewed-clock.ts";
import { until } from "../src/fleet/until.ts";

const folder = mkdtempSync(join(tmpdir(), "flashgate-fleet-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const servers: RedisServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

const password = "let-me-in";
const deaths: string[] = [];

async function redis(name: string): Promise<RedisServer> {
  const place = { dataDir: mkdtempSync(join(folder, `${name}-`)), password, env: process.env };
  const server = await RedisServer.prepare(place, (how) => deaths.push(how));
  servers.push(server);
  await server.start();
  return server;
}

const read = (server: RedisServer) => server.admin.get("word").catch((error: Error) => error.message);

describe("a Redis of the fleet", () => {
  it("keeps what it answered over a kill -9, and nothing once it was wiped", async () => {
    const server = await redis("a");
    await server.admin.set("word", "kept");
    expect(await server.kill()).toBe(true);
    expect(server.pid).toBeUndefined();
    expect(await server.kill()).toBe(false);
    await server.start();
    await expect.poll(() => read(server)).toBe("kept");
    await server.kill();
    server.wipe();
    await server.start();
    await expect.poll(() => read(server)).toBeNull();
    expect(deaths).toEqual([]);
  });

  it("goes back to a copy that was taken while it ran", async () => {
    const server = await redis("a");
    await server.admin.set("word", "old");
    const copy = join(folder, "copy");
    server.copyTo(copy);
    await server.admin.set("word", "new");
    await server.kill();
    server.restore(copy);
    await server.start();
    await expect.poll(() => read(server)).toBe("old");
  });

  it("is promoted with what it had when it was cut off", async () => {
    const [first, second] = [await redis("a"), await redis("b")];
    const path = await FaultProxy.listen(first.port);
    await first.admin.config("SET", "repl-diskless-sync-delay", "0");
    await first.admin.set("word", "old");
    await second.follow(path.port, password);
    expect(await until(() => second.isInSync(), 10_000)).toBe(true);
    await path.afflict({ kind: "timeout" });
    await first.admin.set("word", "new");
    await second.promote();
    expect([await read(first), await read(second)]).toEqual(["new", "old"]);
    expect((await second.facts("replication"))["role"]).toBe("master");
    await path.close();
  });

  it("refuses to write without memory, and goes on when it has some", async () => {
    const server = await redis("a");
    await server.limitMemory(0);
    const write = () => server.admin.set("word", "x".repeat(100_000)).catch((error: Error) => error.message);
    expect(await write()).toMatch(/^OOM/);
    await server.limitMemory(null);
    expect(await write()).toBe("OK");
  });

  it.runIf(spawnSync("prlimit", ["--version"]).status === 0)(
    "ends when its disk is full, with what it answered on it",
    async () => {
      const server = await redis("a");
      await server.admin.set("word", "kept");
      expect(server.limitFiles(4_000)).toBe(true);
      const ended = server.ended();
      await server.admin.set("more", "x".repeat(8_000)).catch(() => undefined);
      await ended;
      await server.start();
      await expect.poll(() => read(server)).toBe("kept");
      expect(await server.admin.get("more")).toBeNull();
    },
  );

  it("tells of a death that nobody asked for", async () => {
    const server = await redis("a");
    process.kill(server.pid ?? 0, "SIGKILL");
    await expect.poll(() => deaths.splice(0)).toEqual(["was ended by SIGKILL"]);
  });

  it("answers nothing while it is frozen", async () => {
    const server = await redis("a");
    expect(await read(server)).toBeNull();
    expect(server.freeze()).toBe(true);
    await expect.poll(() => stateOf(server)).toMatch(/^T/);
    let answered = false;
    const late = server.admin.set("word", "late").finally(() => {
      answered = true;
    });
    await expect(until(() => answered, 200)).resolves.toBe(false);
    server.thaw();
    expect(await late).toBe("OK");
  });
});

/** As the system tells it: T for a process that is stopped. */
function stateOf(server: RedisServer): string {
  return spawnSync("ps", ["-o", "state=", "-p", String(server.pid)], { encoding: "utf8" }).stdout;
}

describe("a clock that is wrong", () => {
  it.each([45_000, -30_000])("by %i ms: every way to ask for the time of day, and no given date", (skewMs) => {
    const script =
      "console.log(JSON.stringify([Date.now(), +new Date(), +new Date(5), Date.parse(Date()), new Date() instanceof Date, performance.now()]))";
    const env = { ...process.env, NODE_OPTIONS: skewedClock(skewMs) };
    const before = Date.now();
    const { stdout, stderr } = spawnSync(process.execPath, ["-e", script], { env, encoding: "utf8" });
    const after = Date.now();
    expect(stderr).toBe("");
    const [now, made, given, told, isDate, passed] = JSON.parse(stdout);
    for (const time of [now, made, told + 999]) {
      expect(time - skewMs).toBeGreaterThanOrEqual(before);
      expect(time - skewMs).toBeLessThanOrEqual(after + 999);
    }
    expect([given, isDate]).toEqual([5, true]);
    expect(passed).toBeLessThan(60_000);
  });
});
