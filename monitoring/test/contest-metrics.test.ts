import { createContestMetrics } from "@flashgate/monitoring";
import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { scrape } from "./exposition.ts";

it("counts from nothing, by the names that the contest's tools look for", async () => {
  const registry = new Registry();
  const counts = createContestMetrics(registry);
  const read = async () => {
    const samples = await scrape(registry);
    return [samples.get("checkout_attempts_total"), samples.get("purchase_success_total")];
  };
  expect(await read()).toEqual([0, 0]);
  counts.checkoutAttempted();
  counts.checkoutAttempted();
  counts.purchased();
  expect(await read()).toEqual([2, 1]);
});
