import { createContestMetrics, createLogger, createRegistry, createTelemetry, LogLines } from "@flashgate/monitoring";
import { expect, it } from "vitest";

it("shows the process's metrics and its own purchases, which the ops port leaves to who judges", async () => {
  const registry = createRegistry({ service: "api" });
  const lines = new LogLines(createLogger({ service: "api", level: "silent" }));
  const telemetry = createTelemetry({ service: "api", registry, lines, clock: { nowMs: () => 0 } });
  const contest = createContestMetrics(registry);
  telemetry.emit({ kind: "attempt", saleId: "x-1", outcome: "held", gateMs: 1 });
  contest.purchased();
  contest.purchased();

  const { type, text } = await contest.page();
  expect(type).toContain("text/plain");
  expect(text).toMatch(/^purchase_success_total 2$/m);
  expect(text.match(/^# TYPE purchase_success_total /gm)).toHaveLength(1);
  expect(text).toMatch(/^checkout_attempts_total\{outcome="held",service="api"\} 1$/m);
  expect(text).toMatch(/^process_cpu_seconds_total\{service="api"\} /m);
  expect(await registry.metrics()).not.toContain("purchase_success_total");
});
