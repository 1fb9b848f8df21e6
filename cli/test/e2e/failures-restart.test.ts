import { afterAll, beforeAll, expect, it } from "vitest";
import { Instance } from "./instance.ts";
import { expectSold } from "./patient-client.ts";
import { SteadyCrowd } from "./steady-crowd.ts";

const instance = new Instance();
beforeAll(() => instance.up(["--api", "2", "--worker", "2", "--scheduler", "2"], { ROTATION: "off" }), 90_000);
afterAll(() => instance.dispose());

/** Sends SIGTERM to a process and waits until its successor does its work. */
async function restart(service: "api" | "worker" | "scheduler", index: number): Promise<void> {
  const pid = instance.state.pids[service]?.[index] ?? 0;
  process.kill(pid, "SIGTERM");
  const successor = () => {
    const { pids, ops_urls } = instance.state;
    return pids[service]?.includes(pid) === false && ops_urls[service]?.length === 2;
  };
  await expect.poll(successor, { timeout: 20_000, interval: 20 }).toBe(true);
}

it("a rolling restart of every process under load fails no request and loses no ticket", async () => {
  const sale = await instance.newSale("--items", "10000");
  const crowd = new SteadyCrowd({ urls: () => instance.state.api_urls, sale, shoppers: 24 });
  crowd.start();
  await crowd.proceeds(100);
  for (const service of ["api", "worker", "scheduler"] as const) {
    for (const index of [0, 1]) {
      await restart(service, index);
      await crowd.proceeds(100);
    }
  }
  const { acknowledged, confirmed, failures } = await crowd.stop();
  expect(failures).toEqual([]);
  expect(confirmed).toBe(acknowledged);
  expect(instance.output).not.toContain("was ended by");
  await expectSold(instance, sale, acknowledged);
}, 120_000);
