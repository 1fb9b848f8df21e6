import { readFileSync } from "node:fs";
import { createRegistry } from "@flashgate/monitoring";
import { expect, it } from "vitest";
import { scrape } from "./exposition.ts";

it("tells what runs, and Node's own state", async () => {
  const samples = await scrape(createRegistry({ service: "scheduler" }));
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  expect(samples.get(`flashgate_build_info{node="${process.versions.node}",version="${version}"}`)).toBe(1);
  expect(samples.get("process_start_time_seconds")).toBeGreaterThan(0);
  expect(samples.has("nodejs_eventloop_lag_p99_seconds")).toBe(true);
});

it("names the service on every sample", async () => {
  const text = await createRegistry({ service: "api" }).metrics();
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  expect(samples.length).toBeGreaterThan(20);
  expect(samples.filter((line) => !line.includes('service="api"'))).toEqual([]);
});
