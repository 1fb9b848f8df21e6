import { expect, test } from "vitest";
import { Histogram } from "../src/histogram.ts";

function histogramOf(values: Iterable<number>): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

test("percentiles are within one percent of the exact ones", () => {
  const values = Array.from({ length: 10_000 }, (_, index) => (index + 1) / 10);
  const histogram = histogramOf(values);
  for (const share of [0.01, 0.1, 0.5, 0.9, 0.99, 0.999]) {
    const exact = values[Math.ceil(share * values.length) - 1] ?? 0;
    expect(Math.abs(histogram.percentile(share) / exact - 1), String(share)).toBeLessThan(0.01);
  }
});

test("the maximum is exact, and no percentile exceeds it", () => {
  const { count, p50, p99, max } = histogramOf([7.03, 7.03, 7.03]).summary();
  expect([count, max]).toEqual([3, 7.03]);
  expect(p50).toBeLessThanOrEqual(7.03);
  expect(p99).toBeLessThanOrEqual(7.03);
});

test("a few slow ones among many move the p99 and not the p50", () => {
  const { p50, p99 } = histogramOf([...Array(980).fill(2), ...Array(20).fill(3_000)]).summary();
  expect(p50).toBeCloseTo(2, 1);
  expect(p99).toBeGreaterThan(2_950);
});

test("zero, and what is out of reach, are counted too", () => {
  expect(histogramOf([0, 0, 0]).summary()).toMatchObject({ count: 3, max: 0 });
  expect(histogramOf([1e12]).summary()).toMatchObject({ count: 1, max: 1e12 });
});

test("nothing recorded is all zeroes", () => {
  expect(new Histogram().summary()).toEqual({ count: 0, p50: 0, p99: 0, max: 0 });
});
