import { type Fault, LogLines } from "@flashgate/monitoring";
import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { createFaultCounts } from "../src/faults.ts";
import { scrape } from "./exposition.ts";
import { writtenLines } from "./written-lines.ts";

const error = new Error("boom");

it.each<[string, (lines: LogLines) => void, Record<string, unknown>]>([
  ["pageFailed", (lines) => lines.pageFailed(error), { level: "warn" }],
  ["pageNotEnqueued", (lines) => lines.pageNotEnqueued("s1", error), { level: "warn", sale_id: "s1" }],
  ["dutyFailed", (lines) => lines.dutyFailed("sweep", error), { level: "error", duty: "sweep" }],
  ["requestFailed", (lines) => lines.requestFailed("request-1", error), { level: "error", request_id: "request-1" }],
  ["tracesLost", (lines) => lines.tracesLost(error), { level: "warn" }],
  ["attemptsDropped", (lines) => lines.attemptsDropped(3, error), { level: "warn", attempts: 3 }],
  ["boardStale", (lines) => lines.boardStale(error), { level: "warn" }],
  ["connectionLost", (lines) => lines.connectionLost("postgres", error), { level: "warn", dependency: "postgres" }],
  ["drainStepFailed", (lines) => lines.drainStepFailed("queue", error), { level: "warn", step: "queue" }],
  ["unhandledError", (lines) => lines.unhandledError(error), { level: "fatal" }],
])("%s tells its fields and its error", (_, say, fields) => {
  const { logger, records } = writtenLines();
  say(new LogLines(logger));
  expect(records()).toMatchObject([{ ...fields, msg: expect.any(String), err: { message: "boom" } }]);
});

it("a fault that comes by the thousands has one line with its stack, and every one is counted", async () => {
  const { logger, texts, records } = writtenLines();
  const registry = new Registry();
  const lines = new LogLines(logger, createFaultCounts(registry));
  const away = () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:5432"), { code: "ECONNREFUSED" });
    return new Error("Failed query: select", { cause: refused });
  };
  for (let nth = 0; nth < 100_000; nth += 1) lines.requestFailed(`request-${nth}`, away());
  lines.requestFailed("request-bug", new TypeError("undefined is not a function"));
  expect(records()).toMatchObject([
    { request_id: "request-0", err: { stack: expect.any(String), cause: { code: "ECONNREFUSED" } } },
    { request_id: "request-bug", err: { type: "TypeError" } },
  ]);
  expect(texts.join("").length).toBeLessThan(10_000);
  const counted = await scrape(registry);
  expect(counted.get('flashgate_faults_total{fault="request_failed"}')).toBe(100_001);
  const others = ["page_failed", "board_stale", "connection_lost"] satisfies Fault[];
  for (const fault of others) expect(counted.get(`flashgate_faults_total{fault="${fault}"}`)).toBe(0);
});

it("opsChanged tells who did what to which sale, and what came of it, at any log level", () => {
  const { logger, records } = writtenLines("error");
  const change = { holder: "ops:12345678", saleId: "x-1", outcome: "gate_told" };
  new LogLines(logger).opsChanged({ ...change, action: "pause_sale" });
  const { saleId, ...fields } = { ...change, action: "pause_sale" };
  expect(records()).toMatchObject([
    { level: "info", audit: true, ...fields, sale_id: saleId, time: expect.any(String) },
  ]);
});

it("opsChanged names the checkout where it was one", () => {
  const { logger, records } = writtenLines();
  const change = { holder: "ops:12345678", action: "retry_letter", saleId: "x-1", outcome: "sent" };
  new LogLines(logger).opsChanged({ ...change, checkoutId: "c1" });
  new LogLines(logger).opsChanged(change);
  expect(records().map((record) => record["checkout_id"])).toEqual(["c1", undefined]);
});

it("apiListening tells where", () => {
  const { logger, records } = writtenLines();
  new LogLines(logger).apiListening("http://127.0.0.1:3000");
  expect(records()).toMatchObject([{ level: "info", url: "http://127.0.0.1:3000", msg: expect.any(String) }]);
});

it("pageAbsent names the page and what builds it", () => {
  const { logger, records } = writtenLines();
  new LogLines(logger).pageAbsent("storefront");
  expect(records()).toMatchObject([
    { level: "warn", page: "storefront", msg: expect.stringContaining("npm run build") },
  ]);
});
