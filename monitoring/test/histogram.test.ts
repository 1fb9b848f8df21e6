import { Registry, Histogram as TheirHistogram } from "prom-client";
import { expect, it } from "vitest";
import { Histogram } from "../src/histogram.ts";
import { scrape } from "./exposition.ts";

it("puts a value into the first bucket whose bound it does not exceed, and counts cumulatively", async () => {
  const registry = new Registry();
  const series = new Histogram(registry, { name: "wait_seconds", help: "Wait.", bounds: [0.1, 1] }).series();
  for (const value of [0, 0.1, 0.5, 1, 7]) series.observe(value);
  expect(Object.fromEntries(await scrape(registry))).toEqual({
    'wait_seconds_bucket{le="0.1"}': 2,
    'wait_seconds_bucket{le="1"}': 4,
    'wait_seconds_bucket{le="+Inf"}': 5,
    wait_seconds_sum: 8.6,
    wait_seconds_count: 5,
  });
  expect(series.count).toBe(5);
});

it("writes what prom-client's own histogram writes", async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const options = { name: "wait_seconds", help: "Wait, \\ and\nmore." };
  const buckets = [0.001, 0.5, 2];
  const mine = new Histogram(ours, { ...options, bounds: buckets }).series({ route: 'a"b', method: "GET" });
  const other = new TheirHistogram({ ...options, buckets, labelNames: ["route", "method"], registers: [theirs] });
  for (const value of [0.0005, 0.5, 0.75, 100]) {
    mine.observe(value);
    other.labels('a"b', "GET").observe(value);
  }
  expect(await ours.metrics()).toBe(await theirs.metrics());
});

it("cannot have the name of another metric", () => {
  const registry = new Registry();
  const options = { name: "wait_seconds", help: "Wait.", bounds: [1] };
  const first = new Histogram(registry, options);
  expect(first.name).toBe("wait_seconds");
  expect(() => new Histogram(registry, options)).toThrow(/already been registered/);
});
