import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { type LocalServices, type LocalServicesOptions, readLocalState, startLocalServices } from "../src/index.ts";
import { PRIVATE_ENV } from "./environment.ts";
import { testFolder } from "./folder.ts";
import { living } from "./living.ts";
import { query } from "./postgres-client.ts";
import { redisCommand } from "./redis-client.ts";

async function start(options: Partial<LocalServicesOptions> = {}): Promise<LocalServices & { dataDir: string }> {
  const dataDir = join(testFolder(), "data");
  const services = await startLocalServices({ dataDir, durable: true, env: PRIVATE_ENV, ...options });
  onTestFinished(services.stop);
  return Object.assign(services, { dataDir });
}

function kill(services: LocalServices, name: "postgres" | "redis"): number {
  const pid = services.pids()[name];
  if (pid === undefined) throw new Error(`no ${name} to kill`);
  process.kill(pid, "SIGKILL");
  return pid;
}

const restarted = (services: LocalServices, name: "postgres" | "redis", killedPid: number) =>
  expect.poll(() => services.pids()[name], { timeout: 15_000, interval: 20 }).not.toBe(killedPid);

test("a killed Redis comes back on its port, with what it had acknowledged", async () => {
  const services = await start();
  const { redis } = services;
  await redisCommand(services.redisUrl, "SET colour red");
  await restarted(services, "redis", kill(services, "redis"));
  expect(await redisCommand(services.redisUrl, "GET colour")).toContain("red");
  expect(services.redis).toEqual({ ...redis, pid: services.pids().redis });
  expect((await readLocalState(services.dataDir))?.redis).toEqual(services.redis);
});

test("a killed Postgres comes back on its port, with what it had committed, though its backends were busy", async () => {
  const services = await start();
  const { postgres } = services;
  await query(services.databaseUrl, "CREATE TABLE colours AS SELECT 'red' AS colour");
  const spin = "DO $$ BEGIN LOOP PERFORM 1; END LOOP; END $$";
  const busy = query(services.databaseUrl, spin).catch(() => "cut off");
  await expect
    .poll(() =>
      query(services.databaseUrl, "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'DO %' AND state = 'active'"),
    )
    .toHaveLength(1);
  await restarted(services, "postgres", kill(services, "postgres"));
  expect(await busy).toBe("cut off");
  expect(await query(services.databaseUrl, "SELECT colour FROM colours")).toEqual([{ colour: "red" }]);
  expect(services.postgres).toEqual({ ...postgres, pid: services.pids().postgres });
});

test("a server that dies again and again is given up: all is stopped, and the caller is told why", async () => {
  const reasons: string[] = [];
  const services = await start({
    restartLimit: { count: 1, withinMs: 60_000 },
    onDown: (reason) => reasons.push(reason),
  });
  await restarted(services, "redis", kill(services, "redis"));
  const { supervisor, postgres } = services.pids();
  kill(services, "redis");
  await expect
    .poll(() => reasons, { timeout: 15_000 })
    .toEqual([expect.stringMatching(/^redis was ended by SIGKILL\n/)]);
  expect(await living(services.dataDir, { supervisor, postgres })).toEqual([]);
  expect(await readLocalState(services.dataDir)).toBeUndefined();
});

test("the caller is told when the supervisor dies", async () => {
  const reasons: string[] = [];
  const services = await start({ onDown: (reason) => reasons.push(reason) });
  process.kill(services.pids().supervisor ?? 0, "SIGKILL");
  await expect.poll(() => reasons, { timeout: 15_000 }).toEqual([expect.stringContaining("supervisor.log")]);
});

test("stop() may be called twice, leaves nothing, and is not told as a failure", async () => {
  const reasons: string[] = [];
  const services = await start({ onDown: (reason) => reasons.push(reason) });
  const pids = services.pids();
  await Promise.all([services.stop(), services.stop()]);
  await services.stop();
  expect(await living(services.dataDir, pids)).toEqual([]);
  expect(reasons).toEqual([]);
});

test("stop() during a restart leaves nothing", async () => {
  const services = await start();
  const pids = services.pids();
  kill(services, "redis");
  kill(services, "postgres");
  await services.stop();
  expect(await living(services.dataDir, pids)).toEqual([]);
});
