import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { deathSignal } from "../src/death-signal.ts";
import type { LocalPids } from "../src/index.ts";
import { PRIVATE_ENV } from "./environment.ts";
import { pathWithout, testFolder } from "./folder.ts";
import { living } from "./living.ts";
import { startParent } from "./parent.ts";
import { query } from "./postgres-client.ts";
import { redisCommand } from "./redis-client.ts";

const nothingLives = (dataDir: string, pids: LocalPids) =>
  expect.poll(() => living(dataDir, pids), { timeout: 15_000, interval: 50 }).toEqual([]);

describe("no process is left behind", () => {
  test("when the parent exits without a word", async () => {
    const dataDir = testFolder();
    const { pids } = await startParent(dataDir, "exit");
    await nothingLives(dataDir, pids);
  });

  test("when the parent is killed", async () => {
    const dataDir = testFolder();
    const { pid, pids } = await startParent(dataDir, "hold");
    expect((await living(dataDir, pids)).length).toBeGreaterThanOrEqual(3);
    process.kill(pid, "SIGKILL");
    await nothingLives(dataDir, pids);
  });

  test("when the supervisor is killed: at once where the system sends a death signal, else by the next start", async () => {
    const dataDir = testFolder();
    const first = await startParent(dataDir, "hold");
    process.kill(first.pids.supervisor, "SIGKILL");
    const diesAlong = (await deathSignal("SIGTERM", process.env)).length > 0;
    if (diesAlong) await nothingLives(dataDir, first.pids);
    const second = await startParent(dataDir, "hold");
    for (const pid of [first.pid, second.pid]) process.kill(pid, "SIGKILL");
    await nothingLives(dataDir, first.pids);
    await nothingLives(dataDir, second.pids);
  });

  test("when the supervisor is killed and no death signal is to be had: by the next start, which keeps the data", async () => {
    const folder = testFolder();
    const dataDir = join(folder, "data");
    const env = { ...PRIVATE_ENV, PATH: pathWithout(folder, ["setpriv"]) };
    const first = await startParent(dataDir, "hold", env);
    await redisCommand(first.redisUrl, "SET colour red");
    await query(first.databaseUrl, "CREATE TABLE colours AS SELECT 'red' AS colour");
    process.kill(first.pids.supervisor, "SIGKILL");
    process.kill(first.pid, "SIGKILL");

    const second = await startParent(dataDir, "hold", env);
    await nothingLives("/nowhere", first.pids);
    expect(await redisCommand(second.redisUrl, "GET colour")).toContain("red");
    expect(await query(second.databaseUrl, "SELECT colour FROM colours")).toEqual([{ colour: "red" }]);
    process.kill(second.pid, "SIGKILL");
    await nothingLives(dataDir, second.pids);
  });

  test("when parent and supervisor are killed together", async () => {
    const dataDir = testFolder();
    const { pid, pids } = await startParent(dataDir, "hold");
    process.kill(pid, "SIGKILL");
    process.kill(pids.supervisor, "SIGKILL");
    await nothingLives(dataDir, pids);
  });

  test("after Ctrl-C, which leaves the parent its databases until it is done with them", async () => {
    const dataDir = testFolder();
    const { pid, pids, output } = await startParent(dataDir, "drain");
    process.kill(-pid, "SIGINT");
    expect(await output).toEqual(["drained"]);
    await nothingLives(dataDir, pids);
  });

  test("after Ctrl-C of a parent that does not listen for it", async () => {
    const dataDir = testFolder();
    const { pid, pids } = await startParent(dataDir, "hold");
    process.kill(-pid, "SIGINT");
    await nothingLives(dataDir, pids);
  });
});
